# SPDX-License-Identifier: Apache-2.0
"""`fitsm`, the command. One file per noun; a command asks the engine once and shows the answer.

No rules and no queries here. `--json` gives machines what people see as a table; an error is one red line with a hint
and exit status 1.
"""

from __future__ import annotations

import sys
from importlib import import_module

import click

from webapp.cli.show import complain

#: command -> module of this package that defines it; loaded only when it is asked for, so that a command starts fast
COMMANDS = {
    "up": "up",
    "worker": "up",
    "deploy": "definitions",
    "validate": "definitions",
    "coverage": "coverage",
    "style": "style",
    "layout": "layout",
    "migrate": "migrate",
    "run": "trial",
    "start": "cases",
    "case": "cases",
    "calls": "calls",
    "tasks": "tasks",
    "complete": "tasks",
    "upload": "files",
    "replay": "replay",
    "verify": "audit",
    "seal": "seals",
    "heads": "seals",
    "consistency": "seals",
    "export": "seals",
    "rehearse": "rehearse",
    "calendar": "calendar",
    "demo": "demo",
    "user": "user",
}


class Fitsm(click.Group):
    """The group of all commands, each loaded from its module when named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"webapp.cli.{COMMANDS[cmd_name]}"), cmd_name)
        return command


@click.group(cls=Fitsm, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fitsm-flow", prog_name="fitsm")
@click.option("--debug", is_flag=True, help="Show where in the program an unexpected error came from.")
@click.pass_context
def fitsm(ctx: click.Context, debug: bool) -> None:
    """Run the FitSM processes as BPMN diagrams, with a history that can be replayed and verified.

    The database is FITSM_DATABASE_URL, by default var/fitsm.db below the current folder.
    """
    ctx.obj = {"debug": debug}


def main(arguments: list[str] | None = None) -> None:
    """The entry point: runs one command and ends the process with its exit status."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str]) -> int:
    """Run one command; the exit status is 0 (done), 1 (refused, with a reason) or 2 (wrong usage)."""
    try:
        result = fitsm.main(arguments, prog_name="fitsm", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except Exception as error:
        if "--debug" in arguments:
            raise
        return complain(error, as_json="--json" in arguments)
    return result if isinstance(result, int) else 0
