# SPDX-License-Identifier: Apache-2.0
"""`fitsm tasks` and `fitsm complete`."""

from __future__ import annotations

import click

from engine.values import TaskFilter
from webapp.cli import show
from webapp.cli.cases import open_tasks, task_rows
from webapp.cli.session import acting, as_json, as_login, data_option, key_option, opened, read_data


@click.command()
@as_login
@click.option("--scope", type=click.Choice(["mine", "group", "all"]), default="all", show_default=True)
@click.option("--limit", type=click.IntRange(1, 500), default=100, show_default=True)
@as_json
def tasks(login: str | None, scope: str, limit: int, as_json: bool) -> None:
    """List the open tasks of a person."""
    with opened() as (engine, config):
        page = engine.tasks(acting(engine, login), TaskFilter(scope=scope, limit=limit))  # type: ignore[arg-type]
    if as_json:
        show.json(page)
        return
    rows = [
        (
            task.id,
            task.priority,
            show.when(task.due_at, config.timezone),
            show.task_name(task),
            task.case_title,
            task.claimed_by or task.role,
        )
        for task in page.items
    ]
    show.table(["TASK", "PRIO", "DUE", "NAME", "CASE", "WHO"], rows, empty="No open tasks.")
    if page.has_more:
        more = f"{page.total - len(page.items)} more" if page.exact else "many more"
        show.out.print(f"… and {more}; see --limit")


@click.command()
@click.argument("task_id", metavar="TASK")
@data_option
@as_login
@key_option
@as_json
def complete(task_id: str, text: str, login: str | None, key: str | None, as_json: bool) -> None:
    """Complete the task TASK with form data; begin or finish what is only offered."""
    with opened() as (engine, _):
        actor = acting(engine, login)
        case = engine.complete(actor, task_id, read_data(text), key=key)
        view = engine.case(actor, case.id)
    if as_json:
        show.json({"case": case, "tasks": open_tasks(view)})
        return
    show.good(f"Completed. Case {case.id} is {case.state}.")
    show.table(
        ["TASK", "NAME", "ROLE"],
        task_rows(view),
        empty="It has no open task.",
    )
