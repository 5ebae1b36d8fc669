# SPDX-License-Identifier: Apache-2.0
"""Pages on which a process owner moves running cases to another version: plan, rehearsal, progress, undo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import Plan, Rehearsal
from engine.errors import Invalid
from webapp.ext import current_actor, get_engine, require
from webapp.replies import is_htmx, posted_key, see
from webapp.studio import present

BATCH = 10  #: cases moved in one request, so that the bar moves and no request lasts long
LOOK_AHEAD = (0, 1, 5, 20)  #: steps after the move that a rehearsal may go on for
_CHANGES = {"kept": "stays as it is", "changed": "changes", "rescheduled": "is due at another time",
            "new": "is new", "withdrawn": "is withdrawn"}  # fmt: skip
_THINGS = {"task": "Task", "timer": "Timer", "message": "Message", "signal": "Signal", "call": "Service call",
           "conditional": "Condition", "error": "Error handling", "escalation": "Escalation"}  # fmt: skip


def plan(process_id: str) -> ResponseReturnValue:
    """What would become of the running cases on another version; with ``rehearse`` also what they would do next."""
    require("definition.migrate")
    engine, actor = get_engine(), current_actor()
    definition = engine.definition(process_id)
    made, fault = _planned(process_id)
    steps = request.args.get("rehearse", type=int)
    tried = engine.rehearse_migration(actor, made, min(max(steps, 0), 100)) if steps is not None and made.moving else ()
    shown = _shown(made)
    return render_template(
        "studio/migrate.html", definition=definition, folder=present.folder_of(definition), plan=made, fault=fault,
        versions=engine.versions(process_id), shown=shown, steps=steps, tried=tried, ahead=LOOK_AHEAD,
        before=_marks(made, shown), after=_marks_after(made), names=_names(made), changes=_CHANGES, things=_THINGS,
        past=engine.migrations(actor, process_id), rehearsed=_alike(tried),
        kept={"to": made.to_version, **{f"map.{old}": new for old, new in made.mapping.items()}},
    )  # fmt: skip


def begin(process_id: str) -> ResponseReturnValue:
    """Note the cases that the plan moves; the page it leads to moves them."""
    require("definition.migrate")
    engine, actor = get_engine(), current_actor()
    made = engine.plan_migration(actor, process_id, _version(), None, _mapping())
    begun = engine.begin_migration(actor, made, request.form.get("comment", ""), posted_key())
    return see(url_for("studio.migration", migration_id=begun.id, go="on"))


def migration(migration_id: str) -> ResponseReturnValue:
    """One migration: how far it is, and what became of each case."""
    require("definition.migrate")
    return render_template("studio/migration.html", **_context(migration_id, going=request.args.get("go") == "on"))


def go_on(migration_id: str) -> ResponseReturnValue:
    """Move, or move back, the next few cases; the piece sent back asks for the ones after them."""
    require("definition.migrate")
    get_engine().continue_migration(current_actor(), migration_id, limit=BATCH)
    if not is_htmx():
        return see(url_for("studio.migration", migration_id=migration_id))
    return render_template("studio/_migration.html", **_context(migration_id, going=True))


def undo(migration_id: str) -> ResponseReturnValue:
    """From now on the cases are moved back."""
    require("definition.migrate")
    get_engine().begin_undo(current_actor(), migration_id, posted_key())
    return see(url_for("studio.migration", migration_id=migration_id, go="on"))


# --- what the pages show -------------------------------------------------------------------------------------------


def _context(migration_id: str, *, going: bool) -> dict[str, Any]:
    engine = get_engine()
    found = engine.migration(current_actor(), migration_id)
    return {"migration": found, "definition": engine.definition(found.process_id), "going": going and bool(found.left)}


def _planned(process_id: str) -> tuple[Plan, str]:
    """The plan for what the address asks; without the mapping, and with the reason, when that does not fit."""
    engine, actor = get_engine(), current_actor()
    try:
        return engine.plan_migration(actor, process_id, _version(), None, _mapping()), ""
    except Invalid as error:
        return engine.plan_migration(actor, process_id, _version()), f"{error.sentence} {error.hint}"


def _alike(tried: Iterable[Rehearsal]) -> list[tuple[Rehearsal, ...]]:
    """Rehearsals with the same result together."""
    groups: dict[Any, list[Rehearsal]] = {}
    for one in tried:
        message = one.failure["message"] if one.failure else ""
        way = tuple((step.what, step.element) for step in one.ahead)
        groups.setdefault((one.state, one.open, way, message, one.obstacles), []).append(one)
    return [tuple(group) for group in groups.values()]


def _version() -> int | None:
    return request.values.get("to", type=int)


def _mapping() -> dict[str, str]:
    """``map.OLD=NEW`` of the form, for those that were chosen."""
    given = request.form if request.method == "POST" else request.args
    return {name.removeprefix("map."): new for name, new in given.items() if name.startswith("map.") and new}


def _shown(made: Plan) -> int:
    """The version of the left diagram: the one asked for, else the one that most cases are on."""
    versions = made.versions()
    wanted = request.args.get("shown", type=int)
    if wanted in versions:
        return int(wanted)
    return max(versions, key=lambda v: sum(c.version == v for c in made.cases), default=made.to_version)


def _marks(made: Plan, version: int) -> dict[str, Any]:
    """Where cases of a version stand, and where those stand that cannot move."""
    refused = {e for c in made.refused if c.version == version for e in (*c.at, *(o.element for o in c.obstacles))}
    standing = made.before(version)
    active = [element for element in standing if element not in refused]
    return {"active": active, "failed": sorted(refused), "counts": standing}


def _marks_after(made: Plan) -> dict[str, Any]:
    return {"active": list(made.after()), "counts": made.after()}


def _names(made: Plan) -> dict[int, Mapping[str, str]]:
    """Version -> element -> name, of all versions in question."""
    engine = get_engine()
    known = {d.version: d.digest for d in engine.versions(made.process_id)}
    return {v: engine.outline(known[v]) for v in (*made.versions(), made.to_version) if v in known}
