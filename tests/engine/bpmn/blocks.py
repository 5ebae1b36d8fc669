# SPDX-License-Identifier: Apache-2.0
"""Random well-structured processes, and how BPMN says they behave: a second, tiny engine to compare with.

A process is a tree of blocks. `text_of` draws it in the notation of `tests.builders`; `Scope` plays it. Conditions read
only ``n``, which only completing a task sets, so that nothing hangs on the order of automatic steps. Paths beside an
activity are plain sequences: several tokens on them cannot be told apart, and need not be.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from hypothesis import strategies as st

Block = tuple[Any, ...]
CONDITIONS = ("n % 2 == 0", "n % 3 == 0")


def _holds(index: int, n: int) -> bool:
    return n % (2 + index) == 0


# --- drawing blocks ------------------------------------------------------------------------------------------------

USER, SCRIPT = st.just(("user",)), st.just(("script",))
PATHS = st.lists(st.one_of(USER, SCRIPT), min_size=1, max_size=3).map(lambda found: ("seq", *found))
EVENTS = st.sampled_from(["on timer", "on message", "beside timer", "beside message", "beside cycle"])


def _grown(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    return st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda found: ("seq", *found)),
        st.tuples(st.just("xor"), inner, inner),
        st.lists(inner, min_size=2, max_size=3).map(lambda found: ("and", *found)),
        st.tuples(st.just("or"), inner, inner, inner),
        st.tuples(st.just("loop"), inner),
        st.tuples(st.just("sub"), inner),
        st.tuples(st.just("event"), EVENTS, st.one_of(USER, inner.map(lambda block: ("sub", block))), PATHS),
        st.tuples(st.just("race"), inner, inner),
    )


#: Every process waits at least once: a loop of nothing but scripts would be one long step.
BLOCKS = st.recursive(st.one_of(USER, USER, SCRIPT), _grown, max_leaves=8).map(lambda b: ("seq", ("user",), b))


def numbered(block: Block, numbers: Any = None) -> Block:
    """The block with a number of its own at each place: (kind, number, …)."""
    numbers = numbers or count(1)
    own = next(numbers)
    return (block[0], own, *(numbered(p, numbers) if isinstance(p, tuple) else p for p in block[1:]))


def text_of(block: Block) -> str:
    """The process of a numbered block in the notation of `tests.builders`."""
    lines: list[str] = []
    entry = _draw(block, "End_0", lines)
    return "\n".join([f"start Start_0 -> {entry}", *lines, "end End_0"])


def _draw(block: Block, then: str, lines: list[str]) -> str:
    """Add the lines of a block that goes on to ``then``; returns the id at which it begins."""
    kind, n, *parts = block
    match kind:
        case "user":
            lines.append(f"user T{n} -> {then}")
            return f"T{n}"
        case "script":
            lines.append(f'script S{n} | do: m = get_var("m", 0) + 1 -> {then}')
            return f"S{n}"
        case "seq":
            for part in reversed(parts):
                then = _draw(part, then, lines)
            return then
        case "xor":
            first, second = (_draw(p, f"M{n}", lines) for p in parts)
            lines += [f"xor X{n} -> {first} if {CONDITIONS[0]} / {second}", f"xor M{n} -> {then}"]
            return f"X{n}"
        case "and":
            lines += [f"and A{n} -> " + " / ".join(_draw(p, f"J{n}", lines) for p in parts), f"and J{n} -> {then}"]
            return f"A{n}"
        case "or":
            one, two, other = (_draw(p, f"J{n}", lines) for p in parts)
            conditions = f"{one} if {CONDITIONS[0]} / {two} if {CONDITIONS[1]} / {other}"
            lines += [f"or O{n} -> {conditions}", f"or J{n} -> {then}"]
            return f"O{n}"
        case "loop":
            begin = _draw(parts[0], f"C{n}", lines)
            lines += [f"script Z{n} | do: k{n} = 0 -> M{n}", f"xor M{n} -> {begin}"]
            lines += [f"script C{n} | do: k{n} = k{n} + 1 -> L{n}", f"xor L{n} -> M{n} if k{n} < 3 / {then}"]
            return f"Z{n}"
        case "sub":
            inner: list[str] = []
            begin = _draw(parts[0], f"SE{n}", inner)
            body = textwrap.indent("\n".join([f"start SS{n} -> {begin}", *inner, f"end SE{n}"]), "  ")
            lines += [f"sub B{n} -> {then}", body]
            return f"B{n}"
        case "event":
            return _draw_event(n, parts, then, lines)
        case "race":
            one, two = (_draw(p, f"M{n}", lines) for p in parts)
            lines += [f"race R{n} -> W{n} / D{n}", f"catch W{n} | message: m{n} | key: 1 -> {one}"]
            lines += [f"timer D{n} | duration: PT1H -> {two}", f"xor M{n} -> {then}"]
            return f"R{n}"
    raise AssertionError(kind)


def _draw_event(n: int, parts: list[Any], then: str, lines: list[str]) -> str:
    how, trigger = parts[0].split()
    host = _draw(parts[1], f"M{n}", lines)
    path = _draw(parts[2], f"M{n}" if how == "on" else f"PE{n}", lines)
    if how == "beside":
        lines.append(f"end PE{n}")
    what = {"timer": "timer E{} | {}: {} | duration: PT1H", "cycle": "timer E{} | {}: {} | cycle: R/PT1H",
            "message": "catch E{} | {}: {} | message: e | key: 1"}  # fmt: skip
    lines += [what[trigger].format(n, how, host) + f" -> {path}", f"xor M{n} -> {then}"]
    return host


# --- playing blocks ------------------------------------------------------------------------------------------------


@dataclass
class Scope:
    """A process or subprocess under way: its own flow, and tokens beside activities."""

    run: Run | None = None
    beside: list[Run] = field(default_factory=list)

    def begin(self, block: Block, n: int) -> Scope:
        self.run = Run(block, self, n)
        return self

    @property
    def done(self) -> bool:
        return self.run is not None and self.run.done and all(run.done for run in self.beside)

    def open(self) -> list[str]:
        """Element ids that wait, sorted; with repetitions."""
        runs = [self.run, *self.beside] if self.run else self.beside
        return sorted(element for run in runs for element in run.open())

    def act(self, element: str, n: int) -> bool:
        """Something happens at an element that waits."""
        runs = [self.run, *self.beside] if self.run else self.beside
        return any(run.act(element, n) for run in runs)


class Run:
    """A block under way."""

    def __init__(self, block: Block, scope: Scope, n: int) -> None:
        self.kind, self.number, *self.parts = block
        self.scope, self.done = scope, False
        self.children: list[Run] = []
        self.turn, self.once, self.inner = 0, False, None
        self._begin(n)

    def _run(self, part: Block, n: int) -> Run:
        self.children.append(Run(part, self.scope, n))
        return self.children[-1]

    def _begin(self, n: int) -> None:
        match self.kind:
            case "script":
                self.done = True
            case "xor":
                self._run(self.parts[0 if _holds(0, n) else 1], n)
            case "and":
                for part in self.parts:
                    self._run(part, n)
            case "or":
                chosen = [p for i, p in enumerate(self.parts[:2]) if _holds(i, n)] or [self.parts[2]]
                for part in chosen:
                    self._run(part, n)
            case "sub":
                self.inner = Scope()
                self.inner.begin(self.parts[0], n)
            case "event":
                self._run(self.parts[1], n)
        self._go_on(n)

    def _go_on(self, n: int) -> None:
        """Move as far as nothing waits."""
        if self.kind in {"seq", "loop"}:
            length = len(self.parts) if self.kind == "seq" else 3
            while self.turn < length and (not self.children or self.children[-1].done):
                self._run(self.parts[self.turn if self.kind == "seq" else 0], n)
                self.turn += 1
            self.done = self.turn == length and self.children[-1].done
        elif self.kind == "sub":
            self.done = self.inner.done
        elif self.kind not in {"user", "script"}:
            self.done = bool(self.children) and all(child.done for child in self.children)

    def open(self) -> list[str]:
        if self.done:
            return []
        if self.kind == "user":
            return [f"T{self.number}"]
        if self.kind == "race" and not self.children:
            return [f"W{self.number}", f"D{self.number}"]
        inner = self.inner.open() if self.inner else []
        return inner + [e for child in self.children for e in child.open()] + self._armed()

    def _armed(self) -> list[str]:
        live = self.kind == "event" and not self.children[0].done and len(self.children) == 1
        return [f"E{self.number}"] if live and not (self.once and self.parts[0] == "beside timer") else []

    def act(self, element: str, n: int) -> bool:
        if self.done or element not in self.open():
            return False
        if self.kind == "user":
            self.done = True
        elif self.kind == "race" and not self.children:
            self._run(self.parts[0 if element.startswith("W") else 1], n)
        elif element in self._armed():
            self._happen(n)
        elif not (self.inner and self.inner.act(element, n)):
            next(child for child in self.children if child.act(element, n))
        self._go_on(n)
        return True

    def _happen(self, n: int) -> None:
        self.once = True
        if self.parts[0].startswith("on"):
            self.children.clear()
            self._run(self.parts[2], n)
            self.children.append(Run(("script", 0), self.scope, n))
        else:
            self.scope.beside.append(Run(self.parts[2], self.scope, n))
