# SPDX-License-Identifier: Apache-2.0
"""Whether the branches of a running case still meet in another version of its process: a question about two graphs.

Only what the diagram says counts, not what its conditions will say. A parallel join at which one branch arrives and no
token can come by another way in would wait for ever; branches that met at a join and no longer do would both go on.
Both are refused, unless the old version had the same fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from engine.bpmn.joins import InclusiveJoin, ParallelJoin

#: The graph of one scope: SpiffWorkflow's specs by name.
Specs = Mapping[str, Any]


@dataclass(slots=True)
class Tokens:
    """Where the tokens of a scope stand: names of specs.

    ``standing``: one entry for each token; ``waiting``: events that may set off one more; ``arrived``: (join, way in)
    of each token that has arrived at one.
    """

    standing: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    arrived: list[tuple[str, str]] = field(default_factory=list)


def is_join(spec: Any) -> bool:
    return isinstance(spec, ParallelJoin | InclusiveJoin) and len(spec.inputs) > 1


def stuck(specs: Specs, tokens: Tokens) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(parallel join, ways in by which nothing can come) of joins that would wait for ever."""
    for name, spec in specs.items():
        if not isinstance(spec, ParallelJoin) or not is_join(spec):
            continue
        elsewhere = [join for join, _ in tokens.arrived if join != name]
        reached = _reached(specs, [*tokens.standing, *tokens.waiting, *elsewhere], {name})
        inputs = {i.name for i in spec.inputs}
        served = {way for join, way in tokens.arrived if join == name} | (inputs & reached)
        if served and served != inputs:
            yield name, tuple(sorted(inputs - served))


def parted(old: Specs, new: Specs, before: Tokens, after: Tokens, moved: Callable[[str], str]) -> Iterator[str]:
    """Joins of the old version at which two tokens would have met first, and in the new version do not."""
    one, other = _reaching(old, before), _reaching(new, after)
    lost: dict[str, None] = {}
    for first, second in combinations(range(len(one)), 2):
        for join in _first_meetings(old, one[first], one[second]):
            target = moved(join)
            meets = all(target in other[n].joins for n in (first, second))
            if not (target in new and is_join(new[target]) and meets):
                lost[join] = None
    return iter(lost)


# --- helpers -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Reach:
    start: tuple[str, ...]
    joins: frozenset[str]


def _reaching(specs: Specs, tokens: Tokens) -> list[_Reach]:
    """Which joins each token can reach, those standing first, then those that have arrived; in a fixed order."""
    places: list[tuple[str, ...]] = [(name,) for name in tokens.standing]
    places += [(join,) for join, _ in tokens.arrived]
    found = []
    for place in places:
        reached = _reached(specs, place, frozenset()) | set(place)
        found.append(_Reach(place, frozenset(n for n in reached if n in specs and is_join(specs[n]))))
    return found


def _first_meetings(specs: Specs, one: _Reach, other: _Reach) -> list[str]:
    """Joins that both reach and that one of them reaches without passing another such join."""
    common = one.joins & other.joins
    return [
        join
        for join in specs
        if join in common
        and all(join in r.start or join in _reached(specs, r.start, common - {join}) for r in (one, other))
    ]


def _reached(specs: Specs, start: Iterable[str], closed: frozenset[str] | set[str]) -> set[str]:
    """Where the flow leads from ``start`` (itself included), up to and with ``closed``, but not through it."""
    found: set[str] = set()
    todo = [name for name in start if name in specs]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            if name not in closed:
                todo.extend(o.name for o in specs[name].outputs)
    return found
