# SPDX-License-Identifier: Apache-2.0
"""Measures: named figures over the registers, from which the sources of key performance indicators are chosen (FitSM-1 GR6).

Each is an entry of ``processes/measures.json``:

    {"id": "incidents_in_time", "title": "Incidents resolved in time", "unit": "%", "process": "PR9", "date": "resolved_on",
     "register": "incident", "where": {"ticket_type": "incident"}, "share": {"late": false}}

``register``, ``where`` and ``date`` say which records count in a period: those whose date lies in it. The value is how many
there are; with ``share``, how many per cent of them keep these conditions too; with ``average``, the mean of a field. A
diagram asks the data store ``measure``: ``{"measure": id, "from": day, "to": day}`` gives ``{"value", "count", "unit",
"title"}``; the value is None where nothing was there to be measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from engine import definitions, queries
from engine.errors import Invalid, NotFound
from engine.store.transaction import Tx
from engine.values import Json

STORE = "measure"  #: the name of the data store
_NEEDED, _OPTIONAL = (
    {"id", "title", "unit", "process", "register", "date"},
    {"where", "share", "average", "description"},
)
Schema = Callable[[str], Mapping[str, Any]]


def every(tx: Tx) -> list[Mapping[str, Any]]:
    """All measures, as they are written."""
    return [one for listed in definitions.asset_json(tx, "measures").values() for one in listed]


def ask(tx: Tx, question: Mapping[str, Json], schema: Schema) -> dict[str, Json]:
    """The figure of a period.

    Raises:
        NotFound: there is no such measure.
        Invalid: the question has no period.
    """
    wanted, begin, end = (question.get(name) for name in ("measure", "from", "to"))
    if not (isinstance(begin, str) and isinstance(end, str)) or set(question) != {"measure", "from", "to"}:
        raise Invalid(
            "A measure needs a period and nothing else.", hint='Write {"measure": …, "from": day, "to": day}.'
        )
    measure = next((one for one in every(tx) if one["id"] == wanted), None)
    if measure is None:
        raise NotFound(f"There is no measure '{wanted}'.", hint="Measures stand in processes/measures.json.")
    counted = {**measure.get("where", {}), measure["date"]: {"from": begin, "to": _whole_day(end)}}
    return {"title": measure["title"], "unit": measure["unit"], **_figure(tx, measure, counted, schema)}


def _whole_day(day: str) -> str:
    """A last day counts to its end, also for date-times."""
    return f"{day}T23:59:59Z" if len(day) == 10 else day


def _figure(tx: Tx, measure: Mapping[str, Any], where: Mapping[str, Json], schema: Schema) -> dict[str, Json]:
    register = measure["register"]
    described = schema(register)

    def count(more: Mapping[str, Json]) -> Any:
        return queries.ask(tx, register, described, {"where": {**where, **more}, "count": True})

    there = count({})
    if "share" in measure:
        return {"count": there, "value": round(100 * count(measure["share"]) / there, 1) if there else None}
    if "average" in measure:
        each = (one.get(measure["average"]) for one in _records(tx, register, described, where))
        values = [value for value in each if isinstance(value, int | float)]
        return {"count": len(values), "value": round(sum(values) / len(values), 2) if values else None}
    return {"count": there, "value": there}


def _records(
    tx: Tx, register: str, described: Mapping[str, Any], where: Mapping[str, Json]
) -> Iterator[Mapping[str, Json]]:
    """All that are found, asked for by as many as one answer holds."""
    last: Mapping[str, Json] = {}
    while True:
        question = {"where": {**where, **last}, "order": "id", "limit": queries.MOST}
        found: Any = queries.ask(tx, register, described, question)
        yield from found[1:] if last else found
        if len(found) < queries.MOST:
            return
        last = {"id": {"from": found[-1]["id"]}}


def check(listed: Iterable[Mapping[str, Any]], registers: Mapping[str, Mapping[str, Any]], file: str) -> None:
    """Whether each can be measured.

    Raises:
        Invalid: which cannot, and why.
    """
    seen = set[str]()
    for measure in listed:
        own = str(measure.get("id", "?"))
        if wrong := (_NEEDED - set(measure)) | (set(measure) - _NEEDED - _OPTIONAL):
            raise Invalid(f"{file}: the measure '{own}' lacks or has too much: {', '.join(sorted(wrong))}.")
        if own in seen:
            raise Invalid(f"{file}: there are two measures '{own}'.", hint="Give each an id of its own.")
        seen.add(own)
        described = registers.get(measure["register"])
        if described is None:
            raise Invalid(f"{file}: the measure '{own}' is of a register '{measure['register']}', which is not there.")
        found_by = {"id", "state", *described.get("x-index", ())}
        for name in {measure["date"], *measure.get("where", {}), *measure.get("share", {})} - found_by:
            hint = f"Add it to x-index of the register '{measure['register']}'."
            raise Invalid(f"{file}: the measure '{own}' asks for '{name}', by which records are not found.", hint=hint)
        if "average" in measure and measure["average"] not in described.get("properties", {}):
            raise Invalid(f"{file}: the measure '{own}' averages '{measure['average']}', which no record has.")
