# SPDX-License-Identifier: Apache-2.0
"""`fitsm migrate`: running cases to another version of their process."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

import click
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from engine import Engine, Migration, Plan, Rehearsal
from engine.errors import Invalid
from engine.values import Actor, Shift
from webapp.cli import show
from webapp.cli.session import acting, as_json, as_login, data_option, key_option, opened, read_data

Moving = Callable[[Callable[[Migration], None], Callable[[], bool]], Migration]


@click.command()
@click.argument("process_id", metavar="[PROCESS]", required=False)
@click.option("--to", "version", type=click.IntRange(min=1), help="The version to move to; the newest without it.")
@click.option("--case", "cases", metavar="ID", multiple=True, help="Only this case; may be given again.")
@click.option(
    "--map", "pairs", metavar="OLD=NEW", multiple=True, help="An element whose id is another; again for more."
)
@click.option("--plan", "what", flag_value="plan", default=True, help="Show what would happen (this is the default).")
@click.option("--rehearse", "what", flag_value="rehearse", help="Try it on copies, and the --steps after it.")
@click.option("--apply", "what", flag_value="apply", help="Move the cases that can move.")
@click.option("--continue", "resumed", metavar="ID", help="Go on with a migration that was stopped.")
@click.option("--undo", "undone", metavar="ID", help="Move back the cases of a migration that took no step since.")
@click.option("--list", "what", flag_value="list", help="List the migrations (of PROCESS).")
@click.option("--steps", type=click.IntRange(0, 100), default=0, help="Steps that a rehearsal goes on for.")
@click.option("--comment", default="", help="Why; kept in the history.")
@data_option
@as_login
@key_option
@as_json
def migrate(
    process_id: str | None,
    version: int | None,
    cases: tuple[str, ...],
    pairs: tuple[str, ...],
    what: str,
    resumed: str | None,
    undone: str | None,
    steps: int,
    comment: str,
    text: str,
    login: str | None,
    key: str | None,
    as_json: bool,
) -> int:
    """Move running cases of PROCESS to another version: plan, --rehearse, --apply; --undo takes it back.

    --data gives a rehearsal answers: {"element": {form data}}. Exit status 1 if a case could not be moved.
    """
    with opened() as (engine, _):
        actor = acting(engine, login)
        if undone or resumed:
            return _go_on(engine, actor, undone, resumed, key, as_json=as_json)
        if what == "list":
            return _show_list(engine.migrations(actor, process_id), as_json=as_json)
        if not process_id:
            raise Invalid("Name a process.", hint="For example: fitsm migrate PR9_ISRM_manage_incidents --plan")
        plan = engine.plan_migration(actor, process_id, version, cases or None, _mapping(pairs))
        if what == "rehearse":
            found = engine.rehearse_migration(actor, plan, steps, read_data(text), cases or None)
            return _show_rehearsals(found, as_json=as_json)
        if what == "apply" and plan.moving:
            begun = engine.begin_migration(actor, plan, comment, key)
            done = _run(lambda progress, stop: engine.continue_migration(
                actor, begun.id, progress=progress, stop=stop), begun, as_json=as_json)  # fmt: skip
            return _show_migration(done, plan, as_json=as_json)
        return _show_plan(plan, as_json=as_json)


def _go_on(
    engine: Engine, actor: Actor, undone: str | None, resumed: str | None, key: str | None, *, as_json: bool
) -> int:
    begun = engine.begin_undo(actor, undone, key) if undone else engine.migration(actor, str(resumed))
    done = _run(
        lambda progress, stop: engine.continue_migration(actor, begun.id, progress=progress, stop=stop),
        begun,
        as_json=as_json,
    )
    return _show_migration(done, None, as_json=as_json)


def _mapping(pairs: Sequence[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        old, sign, new = pair.partition("=")
        if not (old and sign and new):
            raise Invalid(f"--map {pair} is no pair.", hint="Write --map OLD=NEW with the ids of two elements.")
        found[old] = new
    return found


# --- the work ------------------------------------------------------------------------------------------------------


def _run(work: Moving, begun: Migration, *, as_json: bool) -> Migration:
    """Do the work with a bar, until it is done or somebody presses Ctrl-C: the case at hand is finished first."""
    with _interrupted() as stop:
        if as_json or not show.out.is_terminal:
            return work(lambda _: None, stop)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=show.out, transient=True) as progress:
            bar = progress.add_task("Moving back" if begun.state == "undoing" else "Moving", total=begun.total)
            return work(lambda migration: progress.update(bar, completed=migration.done), stop)


@contextmanager
def _interrupted() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed within the block."""
    pressed: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        pressed.append(number)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)


# --- what came of it -----------------------------------------------------------------------------------------------


def _show_plan(plan: Plan, *, as_json: bool) -> int:
    if as_json:
        show.json(
            {"plan": plan, "moving": [c.case_id for c in plan.moving], "refused": [c.case_id for c in plan.refused]}
        )
        return 1 if plan.refused else 0
    if not plan.cases:
        show.out.print(f"No running case of '{plan.process_id}' is on another version than {plan.to_version}.")
        return 0
    show.out.print(
        f"{plan.name}: to version {plan.to_version}. {len(plan.moving)} cases move, {len(plan.refused)} cannot."
    )
    for group in plan.groups():
        where = ", ".join(group.at) or "held before it began"
        colour, word = ("green", "moves") if group.moves else ("red", "cannot move")
        show.out.print(
            f"\n[{colour}]{_cases(len(group.cases))} {word}[/{colour}] from version {group.version}, at {escape(where)}"
        )
        for obstacle in group.obstacles:
            show.out.print(f"    {escape(obstacle.sentence)}")
            show.out.print(f"    {escape(obstacle.hint)}", style="dim")
        for shift in group.shifts:
            if shift.change != "kept":
                show.out.print(f"    {escape(_told(shift))}")
        listed = ", ".join(c.case_id for c in group.cases[:5])
        more = f" and {len(group.cases) - 5} more" if len(group.cases) > 5 else ""
        show.out.print(f"    {listed}{more}", style="dim")
    for gone in plan.gone if plan.refused else ():
        renamed = [own for own, name in gone.candidates if name == gone.name]
        if len(renamed) == 1 and gone.element not in plan.mapping:
            show.out.print(f"\n'{escape(gone.name)}' has the id {renamed[0]} now? --map {gone.element}={renamed[0]}")
    return 1 if plan.refused else 0


def _told(shift: Shift) -> str:
    differs = "; ".join(f"{c.name} {c.before or '–'} → {c.after or '–'}" for c in shift.changes)
    return f"{shift.what} '{shift.name}' ({shift.to or shift.element}): {shift.change}" + (
        f": {differs}" if differs else ""
    )


def _show_rehearsals(found: Sequence[Rehearsal], *, as_json: bool) -> int:
    bad = sum(one.state in {"refused", "failed"} for one in found)
    if as_json:
        show.json(found)
        return 1 if bad else 0
    rows = []
    for one in found:
        told = one.failure["message"] if one.failure else " ".join(o.sentence for o in one.obstacles)
        way = " → ".join(step.element for step in one.ahead)
        rows.append((one.case_id, one.state, ", ".join(one.open), way, told))
    show.table(["CASE", "STATE", "WAITS AT", "STEPS", "BECAUSE"], rows, empty="There is no case to rehearse with.")
    show.out.print("Nothing was kept.", style="dim")
    return 1 if bad else 0


def _show_migration(done: Migration, plan: Plan | None, *, as_json: bool) -> int:
    left_behind = done.counts.get("refused", 0) + done.counts.get("stays", 0) + (len(plan.refused) if plan else 0)
    if as_json:
        show.json(done)
        return 1 if left_behind or done.left else 0
    told = ", ".join(f"{number} {state}" for state, number in sorted(done.counts.items()))
    show.good(f"Migration {done.id} to version {done.to_version}: {done.state} ({told}).")
    for case in done.cases:
        if case.reason:
            show.out.print(f"    {case.case_id}: {escape(case.reason)}")
    for planned in plan.refused if plan else ():
        show.out.print(f"    {planned.case_id}: {escape(' '.join(o.sentence for o in planned.obstacles))}")
    if done.left:
        show.out.print(f"Stopped; {_cases(done.left)} left. Go on with: fitsm migrate --continue {done.id}")
    elif done.state == "moved":
        show.out.print(f"To take it back: fitsm migrate --undo {done.id}", style="dim")
    return 1 if left_behind or done.left else 0


def _show_list(found: Sequence[Migration], *, as_json: bool) -> int:
    if as_json:
        show.json(found)
        return 0
    rows = [
        (
            m.id,
            m.process_id,
            m.to_version,
            m.state,
            ", ".join(f"{n} {s}" for s, n in sorted(m.counts.items())),
            m.comment,
        )
        for m in found
    ]
    show.table(["MIGRATION", "PROCESS", "TO", "STATE", "CASES", "WHY"], rows, empty="Nothing was migrated yet.")
    return 0


def _cases(number: int) -> str:
    return f"{number} case" if number == 1 else f"{number} cases"
