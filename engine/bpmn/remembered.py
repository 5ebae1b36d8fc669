# SPDX-License-Identifier: Apache-2.0
"""What has completed and can be undone (`compensation`), for a case that moves to another version of its process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.bpmn.matching import Matching
from engine.bpmn.model import Model

Missing = list[tuple[Model, str]]


def remembered(
    matching: Matching, done: Mapping[str, list[Any]], owners: Iterable[str]
) -> tuple[dict[str, list[Any]], Missing]:
    """(the entries with the ids of the new version, what undoes them and is not there any more).

    ``owners``: of the scopes that move. Nothing is remembered where nothing of the new version throws compensation;
    what completed where nothing could undo it was not remembered, and is not undone in the new version either.
    """
    missing: Missing = []
    if not matching.new.compensates:
        return {}, missing
    kept = {owner: _entries(matching, done[owner], missing) for owner in owners if owner in done}
    return kept, missing


def _entries(matching: Matching, entries: list[Any], missing: Missing) -> list[Any]:
    return [_entry(matching, entry, missing) for entry in entries]


def _entry(matching: Matching, entry: Mapping[str, Any], missing: Missing) -> dict[str, Any]:
    moved = dict(entry)
    if (of := _model_with(matching, entry["of"])) is not None:
        moved["of"] = matching.id_of(of, entry["of"])
    if "by" in entry:
        by = _model_with(matching, entry["by"])
        assert by is not None
        target = matching.element(by, entry["by"])
        new = next((m for m in matching.new.models.values() if m.process_id == by.process_id), None)
        if target is None or new is None or target.id not in new.handlers.values():
            missing.append((by, entry["by"]))
        else:
            moved["by"] = target.id
    if "inside" in entry:
        moved["inside"] = _entries(matching, entry["inside"], missing)
    return moved


def _model_with(matching: Matching, element: str) -> Model | None:
    """The process of the old version that has an element: the case's own, else one that it calls."""
    models = [matching.old.model, *matching.old.models.values()]
    return next((m for m in models if element in m.elements), None)
