# SPDX-License-Identifier: Apache-2.0
"""What every command needs: the configuration, an open engine, and who acts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import orjson

from engine import Engine, open_engine
from engine.errors import Invalid, NotFound
from engine.values import SYSTEM, Actor
from webapp.config import WebConfig, read_config

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

as_json: Decorator = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
as_login: Decorator = click.option(
    "--as", "login", metavar="LOGIN", envvar="FITSM_AS", help="Who acts; else the operator of this machine."
)
key_option: Decorator = click.option(
    "--key", metavar="TEXT", help="Idempotency key: the same command with the same key is carried out once."
)
data_option: Decorator = click.option(
    "--data",
    "text",
    metavar="JSON|@FILE",
    default="{}",
    help="A JSON object, or @ and the file that holds it; @- reads stdin.",
)


@contextmanager
def opened(config: WebConfig | None = None) -> Iterator[tuple[Engine, WebConfig]]:
    """An engine on the configured database, closed at the end; the configuration has the time zone that counts there."""
    config = config or read_config()
    make_room(config)
    engine = open_engine(config.engine)
    try:
        yield engine, replace(config, timezone=str(engine.time_zone()))
    finally:
        engine.close()


def make_room(config: WebConfig) -> None:
    """Create the folder of an SQLite file if it is not there."""
    path = database_file(config)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)


def database_file(config: WebConfig) -> Path | None:
    """The file of an SQLite database; None for memory and for servers."""
    scheme, _, path = config.database_url.partition(":///")
    return Path(path) if scheme.startswith("sqlite") and path not in ("", ":memory:") else None


def acting(engine: Engine, login: str | None) -> Actor:
    """The person with this login, or the operator (`system`) when none is named."""
    if not login:
        return SYSTEM
    known = engine.people.by_login(login)
    if known is None:
        raise NotFound(f"Nobody signs in as '{login}'.", hint="See: fitsm user list")
    return engine.people.actor(known[0].id)


def read_data(text: str) -> dict[str, Any]:
    """The JSON object that `--data` gives, from the text itself, a file (`@file`) or standard input (`@-`)."""
    raw: str | bytes = text
    if text.startswith("@"):
        try:
            raw = sys.stdin.buffer.read() if text == "@-" else Path(text[1:]).read_bytes()
        except OSError as error:
            raise Invalid(f"{text[1:]} cannot be read: {error.strerror}.", hint="Give --data @file.json") from error
    try:
        data = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Invalid(
            f"--data is not JSON: {error}.", hint="""Write it as in --data '{"title": "Mail is down"}'"""
        ) from error
    if not isinstance(data, dict):
        raise Invalid("--data must be a JSON object.", hint="""Write it as in --data '{"title": "Mail is down"}'""")
    return data
