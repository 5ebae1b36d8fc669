# SPDX-License-Identifier: Apache-2.0
"""`fitsm calls`: service calls that failed, and what to do about them."""

from __future__ import annotations

import click
import orjson

from engine.errors import Invalid
from engine.values import Call
from webapp.cli import show
from webapp.cli.session import acting, as_json, as_login, key_option, opened


@click.group(invoke_without_command=True)
@click.pass_context
def calls(ctx: click.Context) -> None:
    """Service calls that failed. Without a command: list them."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(listed)


@calls.command("list")
@as_login
@as_json
def listed(login: str | None, as_json: bool) -> None:
    """List the calls that were given up, and those that failed and will be made again."""
    with opened() as (engine, config):
        found = engine.troubled_calls(acting(engine, login))
    if as_json:
        show.json(found)
        return
    rows = [
        (one.id, one.operator, one.case_title, one.error, _attempts(one), _next(one, config.timezone)) for one in found
    ]
    show.table(["CALL", "OPERATOR", "CASE", "WHY", "ATTEMPTS", "NEXT"], rows, empty="No call has failed.")


@calls.command()
@click.argument("call_id", metavar="CALL")
@as_login
@key_option
@as_json
def retry(call_id: str, login: str | None, key: str | None, as_json: bool) -> None:
    """Make the failed CALL again, with all its retries and the same request key. A running server does it at once."""
    with opened() as (engine, _):
        case = engine.retry_call(acting(engine, login), call_id, key=key)
    if as_json:
        show.json(case)
    else:
        show.good(f"The service will be called again for case {case.id}.")


@calls.command()
@click.argument("call_id", metavar="CALL")
@click.option("--reason", required=True, help="Why the case can go on without it; stays in the history.")
@click.option("--result", "text", metavar="JSON", default="null", help="What the service would have answered.")
@as_login
@key_option
@as_json
def skip(call_id: str, reason: str, text: str, login: str | None, key: str | None, as_json: bool) -> None:
    """Go on without the failed CALL, as if it had answered."""
    try:
        result = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Invalid(f"--result: {error}", hint='Give a JSON value, e.g. \'{"number": "4711"}\'.') from error
    with opened() as (engine, _):
        case = engine.skip_call(acting(engine, login), call_id, reason, result, key=key)
    if as_json:
        show.json(case)
    else:
        show.good(f"Skipped; case {case.id} is {case.state}.")


def _attempts(call: Call) -> str:
    return f"{call.attempts} of {call.retries + 1}"


def _next(call: Call, zone: str) -> str:
    return "given up" if call.state == "failed" else show.when(call.next_at, zone)
