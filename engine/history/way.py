# SPDX-License-Identifier: Apache-2.0
"""Where a case has been and where it stands, told by its events.

An event never changes, so what the events up to one tell of a case stays true: it is kept in the process, and the next
look reads only what came after. The events themselves say whether it still holds (the hash of the last one that was
read), so it does not matter who appended to them, nor that the database may have been restored.
"""

from __future__ import annotations

import copy
import threading
from collections import Counter, OrderedDict
from collections.abc import Mapping

from engine import cases, migration
from engine.store import events as store
from engine.store.transaction import Tx
from engine.values import Json, Position

KEPT = 1_000  #: cases, those looked at last


class Way:
    """Where tokens have been and where they are, followed event by event."""

    def __init__(self) -> None:
        self._done: Counter[str] = Counter()
        self._active: tuple[str, ...] = ()
        self._failed: tuple[str, ...] = ()
        #: New id -> old id, of each move to another version that was not undone.
        self._moves: list[dict[str, str]] = []
        #: Data object as drawn -> the state it was last left in.
        self.data_states: dict[str, str] = {}

    def go(self, kind: str, payload: Mapping[str, Json]) -> None:
        noted = payload.get("effects", {}).get("data_states", ())
        self.data_states.update({one["label"]: one["state"] for one in noted})
        if kind in cases.STEPS:
            effects = payload.get("effects", {})
            self._done.update(effects.get("passed", ()))
            self._active, self._failed = tuple(effects.get("active", ())), ()
        elif kind in migration.MOVES:
            self._move(kind, payload)
        elif kind == "step.failed":
            self._failed = (payload["element"],) if payload["element"] else ()
        elif kind == "case.cancelled":
            self._active = ()

    def _move(self, kind: str, payload: Mapping[str, Json]) -> None:
        """What has been passed is shown where it is in the new version."""
        if kind == migration.UNDONE:
            names = self._moves.pop() if self._moves else {}
        else:
            names = dict(payload["inputs"]["mapping"])
            self._moves.append({new: old for old, new in names.items()})
        self._done = Counter({names.get(element, element): times for element, times in self._done.items()})
        self._failed = tuple(names.get(element, element) for element in self._failed)
        self._active = tuple(payload.get("effects", {}).get("active", self._active))

    def copy(self) -> Way:
        """Another one that goes on from here by itself."""
        other = Way()
        other.__dict__.update({name: copy.copy(value) for name, value in self.__dict__.items()})
        return other

    def position(self) -> Position:
        return Position(tuple(self._done), self._active, self._failed, dict(self._done))


class Ways:
    """The ways of cases that were looked at. Thread safe."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[int, str, Way]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, tx: Tx, case_id: str) -> Way:
        """The case's way after all of its events; to be read only."""
        with self._lock:
            seq, head, way = self._kept.get(case_id) or (0, "", Way())
        events = store.since(tx.connection, case_id, seq)
        if seq and not (events and (events[0]["seq"], events[0]["hash"]) == (seq, head)):
            seq, way, events = 0, Way(), store.since(tx.connection, case_id, 0)
        way = way.copy()
        for event in events[1 if seq else 0 :]:
            way.go(event["kind"], event["payload"])
        if events:
            self._keep(case_id, (events[-1]["seq"], events[-1]["hash"], way))
        return way

    def _keep(self, case_id: str, known: tuple[int, str, Way]) -> None:
        with self._lock:
            self._kept[case_id] = known
            self._kept.move_to_end(case_id)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
