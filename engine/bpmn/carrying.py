# SPDX-License-Identifier: Apache-2.0
"""What becomes of what a case waits for when it moves to another version: tasks, timers, messages, calls.

An unchanged event keeps its wait to the letter: due time, correlation key, parameters. A changed timer counts from when
the old one began to wait, as if the new text had stood there from the start; a changed message is expected under its
new name or key; a new event begins to wait now; one that is gone is withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.bpmn.arming import Arming
from engine.bpmn.matching import waits_for
from engine.bpmn.model import Element
from engine.values import Change, Json, Shift


@dataclass(slots=True)
class _Shift:
    """A shift whose last word is spoken when the new events are armed."""

    prefix: str
    token: str
    what: str
    change: str
    old: Element | None
    new: Element | None
    changes: list[Change]


class Carrying:
    """Collects what changes for one case. Waits that have to be worked out are filled in by ``arm``."""

    def __init__(self) -> None:
        #: What stands before the ids of the process at hand in a label: nothing, or the called process.
        self.prefix = ""
        self._shifts: list[_Shift] = []
        #: (token, element) of waits to be worked out -> the old wait, if it counts on from there.
        self._to_arm: dict[tuple[str, str], tuple[_Shift, Mapping[str, Json] | None]] = {}

    # --- people ----------------------------------------------------------------------------------------------------

    def task(self, token: str, old: Element, new: Element) -> None:
        """An open task: it keeps id, claim, draft and due time, and is shown as the new version has it."""
        pairs = {"form": (old.form, new.form), "role": (old.role, new.role), "title": (old.name, new.name),
                 "element": (old.id, new.id), "instructions": (old.instructions, new.instructions)}  # fmt: skip
        changes = [Change(name, before, after) for name, (before, after) in pairs.items() if before != after]
        self._note(token, "task", "changed" if changes else "kept", old, new, changes)

    # --- events ----------------------------------------------------------------------------------------------------

    def alike(self, old: Element, new: Element) -> bool:
        """Whether an event is still the same event, if perhaps changed; else it is another in its place."""
        return old.kind == new.kind and waits_for(old) == waits_for(new)

    def differs(self, old: Element, new: Element) -> str:
        """Why a token that waits at ``old`` cannot wait at ``new``; empty when it can."""
        one, other = waits_for(old), waits_for(new)
        if one != other and one:
            words = {"timer": "a time", "message": "a message", "call": "the answer of a service", "": "nothing"}
            return f"waits for {words.get(one, one)}; in the new version it waits for {words.get(other, other)}."
        if old.service and new.service and old.service.operator != new.service.operator:
            return f"has asked '{old.service.operator}'; in the new version it asks '{new.service.operator}'."
        return ""

    def event(self, token: str, old: Element, new: Element, wait: Mapping[str, Json]) -> dict[str, Json]:
        """The wait of an event that is in both versions."""
        what = waits_for(new)
        kept = dict(wait)
        if what == "call" and old.id != new.id:
            kept.setdefault("key", old.id)
        if self._same(old, new):
            renamed = [Change("element", old.id, new.id)] if old.id != new.id else []
            self._note(token, what, "kept", old, new, renamed)
            return kept
        shift = self._note(token, what, "changed", old, new)
        self._to_arm[token, new.id] = (shift, kept)
        return {}

    def new(self, token: str, element: Element) -> dict[str, Json]:
        """An event that was not there before: it begins to wait now."""
        shift = self._note(token, waits_for(element), "new", None, element)
        self._to_arm[token, element.id] = (shift, None)
        return {}

    def gone(self, token: str, element: Element) -> None:
        """An event that is no longer there, or is another now."""
        self._note(token, waits_for(element), "withdrawn", element, None)

    def _note(
        self,
        token: str,
        what: str,
        change: str,
        old: Element | None,
        new: Element | None,
        changes: Iterable[Change] = (),
    ) -> _Shift:
        shift = _Shift(self.prefix, token, what, change, old, new, list(changes))
        self._shifts.append(shift)
        return shift

    def _same(self, old: Element, new: Element) -> bool:
        if waits_for(old) == "call":
            return True
        if old.message is not None and new.message is not None:
            return (old.message.name, old.message.key) == (new.message.name, new.message.key)
        if old.trigger is not None and new.trigger is not None:
            return (old.trigger.kind, old.trigger.name) == (new.trigger.kind, new.trigger.name)
        return old.timer == new.timer

    # --- the last word ---------------------------------------------------------------------------------------------

    def arm(self, arming: Arming) -> None:
        """Work out the waits that are new or changed, in the loaded case.

        Raises:
            StepFailed: a timer's or key's expression fails on the case's values.
        """
        for (token, element_id), (shift, old) in self._to_arm.items():
            wait = arming.arm_moved(token, element_id, old)
            if wait is None:
                shift.change = "withdrawn"
            elif shift.change == "changed" and old is not None:
                shift.changes = [Change(n, old.get(n), wait.get(n)) for n in ("text", "due", "message", "key", "signal",
                                 "condition", "error", "escalation") if old.get(n) != wait.get(n)]  # fmt: skip
            else:
                shift.changes = [Change(n, None, v) for n, v in wait.items() if n in {"due", "message", "signal"}]
            if shift.what == "timer" and shift.change == "changed":
                shift.change = "rescheduled"

    def shifts(self) -> tuple[Shift, ...]:
        return tuple(self._told(s) for s in self._shifts)

    def _told(self, shift: _Shift) -> Shift:
        element = shift.new or shift.old
        assert element is not None
        return Shift(
            token=shift.token,
            what=shift.what,
            change=shift.change,
            element=shift.prefix + shift.old.id if shift.old else "",
            to=shift.prefix + shift.new.id if shift.new else "",
            name=element.name,
            changes=tuple(shift.changes),
        )
