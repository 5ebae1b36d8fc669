# SPDX-License-Identifier: Apache-2.0
"""`fitsm start` and `fitsm case`."""

from __future__ import annotations

import click

from engine.values import CaseView, Task
from webapp.cli import show
from webapp.cli.session import acting, as_json, as_login, data_option, key_option, opened, read_data


@click.command()
@click.argument("process")
@data_option
@as_login
@key_option
@as_json
def start(process: str, text: str, login: str | None, key: str | None, as_json: bool) -> None:
    """Start a case of PROCESS, for example PR12_CHM_approve_changes."""
    with opened() as (engine, _):
        actor = acting(engine, login)
        case = engine.start(actor, process, read_data(text), key=key)
        view = engine.case(actor, case.id)
    tasks = open_tasks(view)
    if as_json:
        show.json({"case": case, "tasks": tasks})
        return
    show.good(f"Started {case.process_name or case.process_id}: case {case.id}")
    show.table(
        ["TASK", "NAME", "ROLE"],
        task_rows(view),
        empty="It has no open task.",
    )


@click.command()
@click.argument("case_id", metavar="ID")
@as_login
@as_json
def case(case_id: str, login: str | None, as_json: bool) -> None:
    """Show the case ID: where it stands, what it waits for and what it knows."""
    with opened() as (engine, config):
        view = engine.case(acting(engine, login), case_id)
    if as_json:
        show.json(view)
    else:
        _show(view, config.timezone)


def open_tasks(view: CaseView) -> tuple[Task, ...]:
    """The tasks of a case that somebody still has to do."""
    return tuple(task for task in view.tasks if task.state == "open")


def task_rows(view: CaseView) -> list[tuple[str, str, str]]:
    """The open tasks as a table; of those that nobody may take it says so."""
    nobodys = dict.fromkeys(view.nobodys, " (nobody may take it)")
    return [(task.id, show.task_name(task), task.role + nobodys.get(task.id, "")) for task in open_tasks(view)]


def _show(view: CaseView, zone: str) -> None:
    found = view.case
    show.pairs(
        [
            ("case", f"{found.id}  {found.title}"),
            ("process", f"{found.process_id} version {found.version}"),
            ("state", found.state + (f": {found.outcome}" if found.outcome else "")),
            ("business key", found.business_key),
            ("started", f"{show.when(found.started_at, zone)} by {found.started_by}"),
            ("ended", show.when(found.ended_at, zone)),
            ("stands still", f"{found.fault.element}: {found.fault.message}" if found.fault else ""),
            ("records", ", ".join(record.id for record in view.records)),
            ("related cases", ", ".join(f"{case.id} ({case.state})" for case in view.related)),
        ]
    )
    waiting = [
        ("task", task.id, show.task_name(task), task.claimed_by or task.assignee or task.role)
        for task in open_tasks(view)
    ]
    waiting += [("timer", timer.id, timer.name, show.when(timer.due_at, zone)) for timer in view.timers]
    waiting += [("message", wait.message, wait.element, wait.key) for wait in view.waiting]
    show.out.print()
    show.table(["WAITS FOR", "ID", "NAME", "WHO / WHEN / KEY"], waiting, empty="It waits for nothing.")
    show.out.print()
    show.table(["VARIABLE", "VALUE"], sorted(view.data.items()), empty="It has no variables.")
