# SPDX-License-Identifier: Apache-2.0
"""From what is practised to what it shows: of each requirement, and of each process a figure from 0 to 3 with its reasons.

Pure. The rules stand in `LEVELS` in words and in `_level` in figures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine import Planned, Practice, Practised
from webapp.conformity.standard import Requirement, Standard

FRESH = timedelta(days=366)  #: older evidence says little about today
REVIEW = timedelta(days=30)  #: a review that takes longer is late
MOST_ACTIVITIES = 0.8  #: of the ongoing ones, for the highest level

LEVELS = (
    "Nothing of it is carried out here.",
    "Begun: at least one activity was carried out.",
    "Practised: at least half of the requirements were served within a year.",
    "Under control: every requirement was served and four fifths of the activities carried out within a year; no review is late.",
)
#: State of a requirement -> (sign, what it means).
STATES = {
    "full": ("✓", "all recurring activities within a year"),
    "part": ("◐", "some evidence; something is missing or older than a year"),
    "none": ("○", "diagrams are there, nothing was carried out"),
    "undrawn": ("–", "no published diagram performs it"),
}


@dataclass(frozen=True, slots=True)
class Proof:
    """An activity that bears on a requirement. ``found``: where a diagram performs it, None if none does."""

    activity: str
    title: str
    ongoing: bool
    found: Practised | None
    state: str  #: fresh, old, never or undrawn


@dataclass(frozen=True, slots=True)
class Shown:
    """A requirement with its evidence. ``records``: (register, how many) of those that its activities write."""

    requirement: Requirement
    state: str
    proofs: tuple[Proof, ...]
    records: tuple[tuple[str, int], ...]
    missing: tuple[str, ...]

    @property
    def served(self) -> bool:
        """Whether something of it was done within a year (once is enough for what is only set up)."""
        return any(p.state == "fresh" for p in self.proofs if p.ongoing) or self.state == "full"

    @property
    def newest(self) -> Practised | None:
        """The newest evidence of all."""
        found = [p.found for p in self.proofs if p.found is not None and p.found.last_at is not None]
        return max(found, key=lambda one: one.last_at.timestamp() if one.last_at else 0.0, default=None)


@dataclass(frozen=True, slots=True)
class Conformity:
    """A process (or general aspect). ``reasons``: what it lacks for the next level."""

    id: str
    code: str
    title: str
    level: int
    reasons: tuple[str, ...]
    shown: tuple[Shown, ...]
    late: tuple[str, ...]  #: reviews that are late, in words

    @property
    def name(self) -> str:
        return f"{self.id} {self.code}"

    def count(self, state: str) -> int:
        return sum(one.state == state for one in self.shown)


def report(
    standard: Standard, practice: Practice, planned: Iterable[Planned], files: Mapping[str, str], now: datetime
) -> tuple[Conformity, ...]:
    """All processes in the order of the standard, general aspects first. ``files``: process -> file of its diagram."""
    performed: dict[str, list[Practised]] = defaultdict(list)
    for one in practice.elements:
        for activity in one.marked.value.split():
            performed[activity].append(one)
    late: dict[str, list[str]] = defaultdict(list)
    for review in planned:
        if sentence := _late(review, now):
            late[standard.catalogue.process_of(files.get(review.process_id, ""))].append(sentence)
    of_process: dict[str, list[Shown]] = defaultdict(list)
    for requirement in standard.requirements:
        of_process[requirement.process].append(_shown(standard, requirement, performed, practice.records, now))
    parts = (*standard.catalogue.general, *standard.catalogue.processes)
    return tuple(
        _conformity(part.id, part.code, part.title, tuple(of_process[part.id]), tuple(late[part.id])) for part in parts
    )


def _shown(
    standard: Standard,
    requirement: Requirement,
    performed: Mapping[str, list[Practised]],
    records: Mapping[str, int],
    now: datetime,
) -> Shown:
    proofs = tuple(_proof(standard, one, performed.get(one, []), now) for one in requirement.activities)
    registers = dict.fromkeys(name for p in proofs if p.found for name in p.found.marked.writes)
    return Shown(
        requirement, _state(proofs), proofs, tuple((name, records.get(name, 0)) for name in registers),
        tuple(_missing(proofs)),
    )  # fmt: skip


def _proof(standard: Standard, activity: str, places: list[Practised], now: datetime) -> Proof:
    """Of several places the one where it was done last."""
    dated = [one for one in places if one.last_at is not None]
    found = max(dated, key=lambda one: one.last_at or now) if dated else next(iter(places), None)
    ongoing = activity in standard.ongoing
    if found is None:
        state = "undrawn"
    elif found.last_at is None:
        state = "never"
    else:
        state = "fresh" if not ongoing or now - found.last_at <= FRESH else "old"
    return Proof(activity, standard.titles[activity], ongoing, found, state)


def _state(proofs: tuple[Proof, ...]) -> str:
    """Judged by what is done again and again; by the set-up where there is nothing else."""
    judged = [p for p in proofs if p.ongoing] or list(proofs)
    states = {p.state for p in judged}
    if states == {"fresh"}:
        return "full"
    if {p.state for p in proofs} & {"fresh", "old"}:
        return "part"
    return "none" if any(p.state == "never" for p in proofs) else "undrawn"


def _missing(proofs: tuple[Proof, ...]) -> Iterator[str]:
    words = {"never": "not seen", "old": "older than a year", "undrawn": "in no published diagram"}
    for state, said in words.items():
        if named := [p.activity for p in proofs if p.state == state]:
            yield f"{', '.join(named)}: {said}"


def _late(one: Planned, now: datetime) -> str:
    if one.what != "review":
        return ""
    name = f"{one.record_id} {one.name or one.process}"
    if one.without_next:
        return f"{name} has no next date"
    if one.under_way and one.last_at is not None and now - one.last_at > REVIEW:
        return f"{name} was begun {(now - one.last_at).days} days ago and is not finished"
    return ""


def _conformity(own: str, code: str, title: str, shown: tuple[Shown, ...], late: tuple[str, ...]) -> Conformity:
    level, reasons = _level(shown, late)
    return Conformity(own, code, title, level, tuple(reasons), shown, late)


def _level(shown: tuple[Shown, ...], late: tuple[str, ...]) -> tuple[int, list[str]]:
    """The level, and what the next one asks for."""
    proofs = {p.activity: p for one in shown for p in one.proofs}.values()
    ongoing = [p for p in proofs if p.ongoing]
    fresh, served = sum(p.state == "fresh" for p in ongoing), sum(one.served for one in shown)
    if not any(p.state in ("fresh", "old") for p in proofs):
        drawn = any(p.state == "never" for p in proofs)
        return 0, ["Nothing was carried out yet." if drawn else "No published diagram performs any of it."]
    if 2 * served < len(shown):
        return 1, [f"{served} of {len(shown)} requirements {_were(served)} served within a year; half are needed."]
    reasons = [f"Not served within a year: {', '.join(s.requirement.id for s in shown if not s.served)}."]
    reasons = reasons if served < len(shown) else []
    if fresh < MOST_ACTIVITIES * len(ongoing):
        lacking = [p.activity for p in ongoing if p.state != "fresh"]
        reasons.append(
            f"{fresh} of {len(ongoing)} activities {_were(fresh)} carried out within a year. Missing: {_few(lacking)}."
        )
    if late:
        reasons.append(f"Late: {_few(late)}.")
    return (2, reasons) if reasons else (3, [])


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _few(names: list[str] | tuple[str, ...], most: int = 4) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
