# SPDX-License-Identifier: Apache-2.0
"""How commands speak: tables for people, JSON for machines, one red line for what went wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from engine.errors import DiagramInvalid, EngineError, FormInvalid, RecordInvalid
from engine.values import Finding, Task
from webapp.wire import dumps

out = Console(highlight=False, soft_wrap=True)
err = Console(highlight=False, soft_wrap=True, stderr=True)


def json(value: Any) -> None:
    """Print a value as JSON, for machines."""
    click.echo(dumps(value, pretty=True), nl=False)


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]], *, empty: str) -> None:
    """Print rows below heads; `empty` is the sentence for no rows at all."""
    cells = [[_cell(value) for value in row] for row in rows]
    if not cells:
        out.print(empty)
    elif not out.is_terminal:
        _aligned([list(heads), *cells])
    else:
        grid = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 3, 0, 0))
        for number, head in enumerate(heads):
            grid.add_column(head, overflow="fold", no_wrap=number == 0)
        for row in cells:
            grid.add_row(*map(escape, row))
        out.print(grid)


def pairs(rows: Iterable[tuple[str, Any]]) -> None:
    """Print name and value side by side; rows without a value are left out."""
    cells = [[name, _cell(value)] for name, value in rows if value not in (None, "", ())]
    if not out.is_terminal:
        _aligned(cells)
        return
    grid = Table(box=None, pad_edge=False, show_header=False, padding=(0, 3, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in cells:
        grid.add_row(name, escape(value))
    out.print(grid)


def _aligned(rows: Sequence[Sequence[str]]) -> None:
    """Rows for a pipe: whole, one a line, so that grep and awk can read them."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def when(moment: datetime | None, zone: str) -> str:
    """A moment as people of `zone` write it; empty for none."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") if moment else ""


def task_name(task: Task) -> str:
    """A task's name; of what is only offered, what may be done with it in front."""
    return {"begin": f"begin: {task.name}", "finish": f"finish: {task.name}"}.get(task.purpose, task.name)


def good(sentence: str) -> None:
    out.print(f"[green]{escape(sentence)}[/green]")


def complain(error: Exception, *, as_json: bool = False) -> int:
    """One red line with the sentence, the hint below it, and the findings if there are several. Exit status 1."""
    if not isinstance(error, EngineError):
        err.print(f"[red]{escape(f'{type(error).__name__}: {error}'.rstrip(': '))}[/red]")
        err.print("This was not expected. Run the command as 'fitsm --debug …' to see where it came from.", style="dim")
        return 1
    if as_json:
        told = {"code": error.code, "sentence": error.sentence, "hint": error.hint}
        details = {name: getattr(error, name) for name in ("errors", "findings") if hasattr(error, name)}
        click.echo(dumps({**told, **details}, pretty=True), nl=False, err=True)
        return 1
    if isinstance(error, DiagramInvalid):
        findings(error.findings)
    else:
        err.print(f"[red]{escape(error.sentence)}[/red]")
    if isinstance(error, FormInvalid | RecordInvalid):
        for fault in error.errors[5:]:
            err.print(f"  {escape('.'.join(map(str, fault.path)))}: {escape(fault.message)}")
    if error.hint:
        err.print(escape(error.hint), style="dim")
    return 1


def findings(found: Iterable[Finding]) -> None:
    """Findings as compilers print them: file:line element rule message, and the hint below."""
    for one in found:
        colour = "red" if one.severity == "error" else "yellow"
        place = f"{one.file}:{one.line}"
        err.print(
            f"{escape(place)}: [{colour}]{one.severity}[/{colour}] "
            + escape(f"{one.element} [{one.rule}] {one.message}")
        )
        if one.hint:
            err.print(f"    {escape(one.hint)}", style="dim")


def verdict(found: Sequence[Finding], files: int, *, as_json: bool) -> int:
    """What a check of so many files has found; exit status 1 if one of the findings is an error."""
    errors = sum(one.severity == "error" for one in found)
    if as_json:
        json({"ok": not errors, "findings": found})
    else:
        findings(found)
        out.print(f"{files} file{'' if files == 1 else 's'}: {errors} errors, {len(found) - errors} warnings.")
    return 1 if errors else 0


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, frozenset | set):
        return ", ".join(sorted(value))
    return value if isinstance(value, str) else dumps(value).decode()
