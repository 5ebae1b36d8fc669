# SPDX-License-Identifier: Apache-2.0
"""What of the standard the content runs, and what is missing, each gap with its file and element.

Three questions: is every activity performed by exactly one element; has every interface both its ends; does everything
that is named exist, and is everything that exists named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine import Inventory, Use, UseOf
from webapp.coverage.catalogue import ANY, Catalogue, Exchange, Process

#: Kind -> (how one end uses it, how the other does).
_ENDS = {"message": ("throws", "catches"), "signal": ("throws", "catches"), "register": ("writes", "reads")}
_DONE = {"throws": "thrown", "catches": "caught", "writes": "written", "reads": "read"}
_UNNAMED: tuple[UseOf, ...] = ("form", "decision", "role")
_NAMED: tuple[UseOf, ...] = ("form", "decision", "register", "role", "process")


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing. ``process``: the id of that in which it is missing, empty if that is none.

    ``subject``: the activity, interface row or name it is about.
    """

    process: str
    rule: str
    subject: str
    sentence: str
    file: str = ""
    element: str = ""


@dataclass(frozen=True, slots=True)
class ProcessCoverage:
    """A process of the standard in numbers; ``interfaces``: rows of its own table that have both ends."""

    id: str
    code: str
    title: str
    diagrams: int
    activities: int
    of_activities: int
    interfaces: int
    of_interfaces: int
    gaps: int


@dataclass(frozen=True, slots=True)
class Later:
    """A part of the standard that is not asked for yet: how much of it is performed anyway."""

    id: str
    title: str
    activities: int
    of_activities: int


@dataclass(frozen=True, slots=True)
class Report:
    processes: tuple[ProcessCoverage, ...]
    gaps: tuple[Gap, ...]
    later: tuple[Later, ...]

    @property
    def complete(self) -> bool:
        return not self.gaps


def report_on(inventory: Inventory, catalogue: Catalogue) -> Report:
    """Compare a content folder with the standard."""
    asked = _Asked(inventory, catalogue)
    gaps = tuple(dict.fromkeys([*asked.activities(), *asked.interfaces(), *asked.missing(), *asked.unused()]))
    order = {process.id: number for number, process in enumerate((*catalogue.processes, *catalogue.general))}
    ordered = tuple(sorted(gaps, key=lambda gap: order.get(gap.process, len(order))))
    return Report(
        processes=tuple(asked.process(one, sum(gap.process == one.id for gap in gaps)) for one in catalogue.processes),
        gaps=ordered,
        later=tuple(asked.later()),
    )


class _Asked:
    """The questions to one content folder, with its names looked up once."""

    def __init__(self, inventory: Inventory, catalogue: Catalogue) -> None:
        self._inventory, self._catalogue = inventory, catalogue
        self._performed: dict[str, list[tuple[str, str]]] = defaultdict(list)  # activity -> (file, element)
        for model in inventory.processes:
            for element in model.elements.values():
                for activity in element.properties.get("fitsm", "").split():
                    self._performed[activity].append((model.file, element.id))
        self._uses: dict[tuple[str, str], list[Use]] = defaultdict(list)
        for use in inventory.uses:
            self._uses[use.kind, use.name].append(use)
        self._open = {row for one in catalogue.exchanges if any(self._ends_missing(one)) for row in one.rows}

    # --- activities ------------------------------------------------------------------------------------------------

    def activities(self) -> Iterator[Gap]:
        """Every ongoing activity is performed by exactly one element, and no element names what is none."""
        known = set()
        for process in (*self._catalogue.processes, *self._catalogue.general):
            known |= {one.id for one in (*process.ongoing, *process.setup)}
        for process in self._catalogue.processes:
            for one in process.ongoing:
                places = self._performed.get(one.id, [])
                if not places:
                    yield Gap(process.id, "activity-missing", one.id, f"No element performs '{one.title}'.")
                for file, element in places[1:]:
                    sentence = f"'{one.title}' is performed by {places[0][1]} already."
                    yield Gap(process.id, "activity-twice", one.id, sentence, file, element)
        for activity, places in self._performed.items():
            if activity not in known:
                for file, element in places:
                    sentence = "The standard has no such activity."
                    yield Gap(self._catalogue.process_of(file), "activity-unknown", activity, sentence, file, element)

    def process(self, one: Process, gaps: int) -> ProcessCoverage:
        rows = [row for row in one.rows if row not in self._catalogue.later]
        return ProcessCoverage(
            id=one.id,
            code=one.code,
            title=one.title,
            diagrams=sum(self._catalogue.process_of(model.file) == one.id for model in self._inventory.processes),
            activities=sum(bool(self._performed.get(activity.id)) for activity in one.ongoing),
            of_activities=len(one.ongoing),
            interfaces=sum(row not in self._open for row in rows),
            of_interfaces=len(rows),
            gaps=gaps,
        )

    def later(self) -> Iterator[Later]:
        """What is not asked for yet: how the processes are set up, and the general aspects."""
        setup = [one for process in self._catalogue.processes for one in process.setup]
        first, last = self._catalogue.processes[0].id, self._catalogue.processes[-1].id
        yield Later(f"{first}-{last}", "Initial setup", sum(bool(self._performed.get(o.id)) for o in setup), len(setup))
        for process in self._catalogue.general:
            listed = (*process.setup, *process.ongoing)
            done = sum(bool(self._performed.get(one.id)) for one in listed)
            yield Later(process.id, process.title, done, len(listed))

    # --- interfaces ------------------------------------------------------------------------------------------------

    def interfaces(self) -> Iterator[Gap]:
        """Every row of the interface tables is carried by something that has both its ends."""
        mapped = {row for exchange in self._catalogue.exchanges for row in exchange.rows}
        for process in self._catalogue.processes:
            for row in process.rows:
                if row not in mapped and row not in self._catalogue.later:
                    yield Gap(process.id, "interface-open", row, "Nothing is said to carry it.", "interfaces.json")
        for row in sorted((mapped | set(self._catalogue.later)) - self._catalogue.rows):
            yield Gap("", "interface-unknown", row, "The standard has no such row.", "interfaces.json")
        for exchange in self._catalogue.exchanges:
            yield from self._ends_missing(exchange)

    def _ends_missing(self, exchange: Exchange) -> Iterator[Gap]:
        carriers = [("message", name) for name in exchange.messages] + [("register", n) for n in exchange.registers]
        rows = ", ".join(exchange.rows)
        if not carriers:
            yield Gap(self._catalogue.id_of(exchange.source), "interface-open", rows, "Nothing carries it.")
        for kind, name in carriers:
            gives, takes = _ENDS[kind]
            for side, other, how in (
                (exchange.source, exchange.target, gives),
                (exchange.target, exchange.source, takes),
            ):
                if not self._has_end(kind, name, how, side, other):
                    process = self._catalogue.id_of(side if side != ANY else other)
                    who = "No process" if side == ANY else f"{side} nowhere"
                    sentence = f"{who} {how} the {kind} '{name}' ({exchange.source} → {exchange.target})."
                    yield Gap(process, "interface-open", rows, sentence)

    def _has_end(self, kind: str, name: str, how: str, side: str, other: str) -> bool:
        """Whether a process of that code (of ANY: any but the other) uses the name so."""
        used = [use for one in _alike(kind) for use in self._uses[one, name] if use.how == how]
        processes = {self._catalogue.process_of(use.file) for use in used}
        if side == ANY:
            return bool(processes - {"", self._catalogue.id_of(other)})
        return self._catalogue.id_of(side) in processes

    # --- names -----------------------------------------------------------------------------------------------------

    def missing(self) -> Iterator[Gap]:
        """Every form, decision table, register, role and process that is named exists."""
        for use in self._inventory.uses:
            if use.kind in _NAMED and use.name not in self._inventory.files[use.kind]:
                sentence = f"There is no {_word(use.kind)} '{use.name}'."
                yield self._gap(use, f"{use.kind}-missing", sentence)

    def unused(self) -> Iterator[Gap]:
        """Everything that exists is named; messages and registers have both their ends."""
        for kind in _UNNAMED:
            for name, file in self._inventory.files[kind].items():
                if not self._uses[kind, name] and name not in self._outside(kind):
                    process = self._catalogue.process_of(file) or self._of_role(kind, name)
                    yield Gap(process, f"{kind}-unused", name, f"Nothing names the {_word(kind)}.", file)
        for name, file in self._inventory.files["register"].items():
            yield from self._one_ended("register", name, file)
        for kind in ("message", "signal"):
            named = {use.name for use in self._inventory.uses if use.kind == kind}
            for name in sorted(named):
                yield from self._one_ended(kind, name, "")
            for name in sorted(set(self._outside(kind)) - named):
                yield Gap("", "outside-unneeded", name, f"There is no such {kind}.", "interfaces.json")

    def _one_ended(self, kind: str, name: str, file: str) -> Iterator[Gap]:
        """What is used on one end only; or, of what is said to have an end outside, on both."""
        uses, ends = self._uses[kind, name], _ENDS[kind]
        there = {how: [use for use in uses if use.how == how] for how in ends}
        if name in self._outside(kind):
            if all(there.values()):
                yield Gap("", "outside-unneeded", name, f"The {kind} has both its ends here.", "interfaces.json")
        elif not any(there.values()):
            yield Gap("", f"{kind}-unused", name, f"No step {' or '.join(ends)} the {kind}.", file)
        else:
            for how, other in (ends, ends[::-1]):
                if not there[how]:
                    sentence = f"The {kind} is {_DONE[other]}, but no step {how} it."
                    yield self._gap(there[other][0], f"{kind}-not-{_DONE[how]}", sentence)

    def _gap(self, use: Use, rule: str, sentence: str) -> Gap:
        process = self._catalogue.process_of(use.file)
        return Gap(process, rule, use.name, sentence, use.file, use.element)

    def _outside(self, kind: str) -> Iterable[str]:
        return self._catalogue.outside.get(kind, {})

    def _of_role(self, kind: str, name: str) -> str:
        """The process that a role belongs to, by its own word."""
        own = next((role for role in self._inventory.roles if kind == "role" and role["id"] == name), {})
        return self._catalogue.process_of(str(own.get("process", "")))


def _alike(kind: str) -> tuple[str, ...]:
    """A message of an exchange may be a signal as well."""
    return ("message", "signal") if kind == "message" else (kind,)


def _word(kind: str) -> str:
    return "decision table" if kind == "decision" else kind
