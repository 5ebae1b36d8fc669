# SPDX-License-Identifier: Apache-2.0
"""`fitsm upload`: hand a file in, so that the data of a task, a start or a record can name it."""

from __future__ import annotations

from pathlib import Path

import click

from engine import check_file_size
from engine.errors import Invalid
from webapp.cli import show
from webapp.cli.session import acting, as_json, as_login, key_option, opened
from webapp.wire import dumps


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@as_login
@key_option
@as_json
def upload(file: Path, login: str | None, key: str | None, as_json: bool) -> None:
    """Upload FILE and print how data names it: {"document": {"name": …, "size": …, "sha256": …}}.

    Name it soon: of the files that nothing names yet, the ten newest of a person stay.
    """
    content = _content(file)
    with opened() as (engine, _):
        kept = engine.keep_file(acting(engine, login), file.name, content, key=key)
    if as_json:
        show.json(kept)
        return
    show.good(f"'{kept.name}' is here. In the data of a form it is:")
    click.echo(dumps(kept).decode())


def _content(file: Path) -> bytes:
    """What is in it, looked at only if it is not too large."""
    try:
        check_file_size(file.name, file.stat().st_size)
        return file.read_bytes()
    except OSError as error:
        raise Invalid(f"{file} cannot be read: {error.strerror}.", hint="Look whether the path is right.") from error
