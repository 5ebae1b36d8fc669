# SPDX-License-Identifier: Apache-2.0
"""What changed from one text to another, for people: line by line, and within a line word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

AROUND = 2  #: unchanged lines shown before and after a change
LONGEST = 3_000  #: characters of a line that is compared word by word
MOST = 4_000  #: lines of a text that is compared line by line
ALIKE = 0.4  #: from here on two lines are one line that changed

_WORDS = re.compile(r"\w+|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """``kind``: same, added, removed, changed, or left_out (``count`` unchanged lines). Each piece is (kind, text)."""

    kind: str
    pieces: tuple[tuple[str, str], ...] = ()
    count: int = 0


def changes(before: str, after: str) -> tuple[Line, ...]:
    """The lines of both texts in order; empty when the texts are alike."""
    old, new = before.splitlines(), after.splitlines()
    if old == new:
        return ()
    return tuple(_shortened(list(_lines(old, new))))


def _lines(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    if max(len(old), len(new)) > MOST:
        yield from _replaced(old, (), new)
        return
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield from (Line("same", (("same", line),)) for line in old[a:b])
        else:
            paired = min(b - a, d - c)
            pairs = list(zip(old[a : a + paired], new[c : c + paired], strict=True))
            yield from _replaced(old[a + paired : b], pairs, new[c + paired : d])


def _replaced(gone: Sequence[str], pairs: Sequence[tuple[str, str]], come: Sequence[str]) -> Iterator[Line]:
    for before, after in pairs:
        yield from _changed(before, after)
    yield from (Line("removed", (("removed", line),)) for line in gone)
    yield from (Line("added", (("added", line),)) for line in come)


def _changed(before: str, after: str) -> Iterator[Line]:
    pieces = _pieces(before, after) if max(len(before), len(after)) <= LONGEST else ()
    same = sum(len(text) for kind, text in pieces if kind == "same")
    if 2 * same >= ALIKE * (len(before) + len(after)) and same:
        yield Line("changed", pieces)
        return
    if before:
        yield Line("removed", (("removed", before),))
    if after:
        yield Line("added", (("added", after),))


def _pieces(before: str, after: str) -> tuple[tuple[str, str], ...]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    found: list[tuple[str, str]] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(("same", "".join(old[a:b])))
        else:
            found += [("removed", "".join(old[a:b])), ("added", "".join(new[c:d]))]
    return tuple(_joined([(kind, text) for kind, text in found if text]))


def _joined(pieces: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Neighbouring words that changed are one piece: the space between them is not worth a change of colour."""
    gone = come = ""
    for place, (kind, text) in enumerate(pieces):
        between = kind == "same" and text.isspace() and 0 < place < len(pieces) - 1
        if kind != "added" and (kind == "removed" or between):
            gone += text
        if kind != "removed" and (kind == "added" or between):
            come += text
        if kind == "same" and not between:
            yield from _both(gone, come)
            gone = come = ""
            yield kind, text
    yield from _both(gone, come)


def _both(gone: str, come: str) -> Iterator[tuple[str, str]]:
    if gone:
        yield "removed", gone
    if come:
        yield "added", come


def _shortened(lines: Sequence[Line]) -> Iterator[Line]:
    """Far from a change, lines are left out."""
    shown = set[int]()
    for number, line in enumerate(lines):
        if line.kind != "same":
            shown.update(range(number - AROUND, number + AROUND + 1))
    left = 0
    for number, line in enumerate(lines):
        if number in shown:
            if left:
                yield Line("left_out", count=left)
            left = 0
            yield line
        else:
            left += 1
    if left:
        yield Line("left_out", count=left)
