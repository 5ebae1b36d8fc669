# SPDX-License-Identifier: Apache-2.0
"""Pages of the calendar: its three sheets, one item with its next two years, and moving a review or a diagram's timer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, NotFound

from engine.errors import EngineError
from webapp import rehearsal
from webapp.calendar import moving, sheets
from webapp.calendar.items import KINDS, MONTHS, SCOPES, Book, Entry, Item, open_book, plus_months
from webapp.ext import current_actor, get_engine, may, require, site_zone
from webapp.replies import posted_key, see

VIEWS = {"month": "Month", "list": "List", "year": "Two years"}
BACK = 12  #: months that one may leaf back


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for."""

    view: str
    scope: str
    process: str
    deadlines: bool
    ahead: bool
    month: date

    def url(self, **changed: Any) -> str:
        """The same page with something else."""
        own = replace(self, **changed)
        args: dict[str, Any] = {"view": own.view, "scope": own.scope}
        args |= {name: 1 for name in ("deadlines", "ahead") if getattr(own, name)}
        args |= {"process": own.process} if own.process else {}
        args |= {"month": f"{own.month:%Y-%m}"} if own.view == "month" else {}
        return url_for("calendar.index", **args)


def index() -> ResponseReturnValue:
    """A month, the list or two years, of what is mine, of my processes or all."""
    engine, actor = get_engine(), current_actor()
    wanted = _wanted(engine.clock.now().astimezone(site_zone()).date())
    book = open_book(engine, actor, site_zone(), deadlines=wanted.deadlines)
    folders = list(dict.fromkeys(book.folders.values()))
    if wanted.process and wanted.process not in folders:
        raise BadRequest("There is no such process.")
    items = book.in_scope(wanted.scope, wanted.process)
    ahead, rehearsed = list[Entry](), None
    if wanted.ahead and wanted.view == "month" and wanted.month >= book.days.today.replace(day=1):
        require("case.read")
        rehearsed = rehearsal.rehearse(engine, _end(wanted.month))
        ahead = book.foreseen(rehearsed.found, wanted.scope, wanted.process, actor, deadlines=wanted.deadlines)
    return render_template(
        "calendar/index.html", wanted=wanted, book=book, items=items, views=VIEWS, scopes=SCOPES, kinds=KINDS,
        counts={scope: len(book.in_scope(scope, wanted.process)) for scope in SCOPES}, folders=folders,
        rehearsed=rehearsed, seconds=rehearsal.SECONDS, **_sheet(wanted, book, items, ahead),
    )  # fmt: skip


def _sheet(wanted: Wanted, book: Book, items: tuple[Item, ...], ahead: list[Entry]) -> dict[str, Any]:
    if wanted.view == "list":
        groups, left_out = sheets.groups(book, items)
        return {"groups": groups, "left_out": left_out}
    if wanted.view == "year":
        return {"plan": sheets.plan(book, items)}
    last = plus_months(wanted.month, 1)
    entries = sorted([*book.entries(items, wanted.month, last), *ahead], key=lambda e: (e.day, e.kind == "ahead"))
    first = book.days.today.replace(day=1)
    leaves = (plus_months(wanted.month, -1), plus_months(wanted.month, 1))
    return {
        "sheet": sheets.month(book.days, entries, wanted.month),
        "before": leaves[0] if leaves[0] >= plus_months(first, -BACK) else None,
        "after": leaves[1] if leaves[1] <= plus_months(first, MONTHS) else None,
        "this_month": first,
    }


def _wanted(today: date) -> Wanted:
    args = request.args
    view, scope, process = args.get("view", "month"), args.get("scope", "mine"), args.get("process", "")
    if view not in VIEWS or scope not in SCOPES:
        raise BadRequest("There is no such sheet.")
    first = today.replace(day=1)
    try:
        month = date.fromisoformat(f"{args['month']}-01") if args.get("month") else first
    except ValueError as error:
        raise BadRequest("A month is written as in 2026-10.") from error
    month = min(max(month, plus_months(first, -BACK)), plus_months(first, MONTHS))
    return Wanted(view, scope, process, "deadlines" in args, "ahead" in args, month)


def _end(month: date) -> datetime:
    return datetime.combine(plus_months(month, 1), datetime.min.time(), site_zone())


# --- one item ------------------------------------------------------------------------------------------------------


def item(process_id: str, element: str, record_id: str = "") -> ResponseReturnValue:
    """One item with its next two years, and what another date or period would make of them (``?on=``)."""
    book, found = _item(process_id, element, record_id)
    return _item_page(book, found, moving.asked(request.args, found, book), {})


def move(process_id: str, element: str, record_id: str) -> ResponseReturnValue:
    """Write another date into the record of a review, with the reason; what goes round for a record stands on the diagram."""
    book, found = _item(process_id, element, record_id)
    p = found.planned
    if p.on_diagram:
        return _publish(book, found)
    if not p.field:
        raise NotFound
    require("register.write", p.register)
    wish = moving.asked(request.form, found, book)
    faults, reason = _faults(wish), wish.reason
    if not faults:
        engine = get_engine()
        try:
            engine.write_record(current_actor(), p.register, wish.fields, p.record_id, reason, posted_key())
        except EngineError as error:
            faults["on"] = error.sentence
        else:
            return see(url_for("calendar.item", process_id=process_id, element=element, record_id=record_id),
                       f"Moved to {wish.first:%-d %B %Y}." if wish.first else "Saved.")  # fmt: skip
    return _item_page(book, found, wish, faults), 422


def retime(process_id: str, element: str) -> ResponseReturnValue:
    """Publish a process with another cycle of a start event, with the reason."""
    return _publish(*_item(process_id, element, ""))


def _publish(book: Book, found: Item) -> ResponseReturnValue:
    require("definition.publish")
    if not found.planned.on_diagram:
        raise BadRequest("Its time does not stand on the diagram as it is. Change it in the studio.")
    wish = moving.asked(request.form, found, book)
    faults, new = _faults(wish), wish.retimed
    if new and not faults:
        base = request.form.get("base") or new.digest
        try:
            definition = get_engine().publish(current_actor(), new.xml, new.file, wish.reason, base, posted_key())
        except EngineError as error:
            faults["on" if moving.has_pair(found) else "cycle"] = error.sentence
        else:
            return see(found.url, f"Version {definition.version} is published. Running cases keep theirs.")
    return _item_page(book, found, wish, faults), 422


def _faults(wish: moving.Wish) -> dict[str, str]:
    return {**wish.faults, **({} if wish.reason else {"reason": "Say why, for those who ask later."})}


def _item(process_id: str, element: str, record_id: str) -> tuple[Book, Item]:
    book = open_book(get_engine(), current_actor(), site_zone())
    own = (process_id, element, record_id)
    for one in book.items:
        p = one.planned
        if p.what in ("start", "review") and (p.process_id, p.element, p.record_id) == own:
            return book, one
    raise NotFound


def _item_page(book: Book, found: Item, wish: moving.Wish, faults: dict[str, str]) -> str:
    p = found.planned
    months = sheets.months_from(book.days.today)
    last = plus_months(months[-1], 1)
    now = [e for e in book.entries([found], months[0], last) if e.kind != "done"]
    then = wish.entries(book, found) if wish.asked else []
    definition = get_engine().definition(p.process_id) if p.on_diagram else None
    return render_template(
        "calendar/item.html", item=found, p=p, book=book, months=months, now=now, then=then, wish=wish,
        years=sheets.years(months), now_cells=sheets.cells(months, now), then_cells=sheets.cells(months, then),
        faults={**wish.faults, **faults}, may_move=bool(p.field) and may("register.write", p.register),
        periods=moving.periods(found), definition=definition, has_pair=moving.has_pair(found),
    )  # fmt: skip
