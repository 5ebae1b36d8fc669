# SPDX-License-Identifier: Apache-2.0
"""By which words cases are found: those of their titles and numbers, in one table that is the same on every database.

A word begins at a letter or digit that follows none, and goes on to the next space: of ``INC-12`` both ``inc-12`` and
``12`` are kept, and a search finds it by the beginning of either. Running cases (``alive``) are apart from those that have
ended: the list of tasks looks only among them, however many cases there have been.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select

from engine.store import lists
from engine.store.prepared import Prepared
from engine.store.schema import case_word, instance

LONGEST = 40  #: letters of a word that are kept
MOST = 100  #: words of a case that are kept
ASKED = 20  #: words of a search that are looked for
VARIANTS = 20  #: words with one beginning that are followed each in the order of time
_LETTER = r"[^\W_]"
_START = re.compile(rf"(?<!{_LETTER}){_LETTER}")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_PAST_ALL = "\U0010ffff"  #: comes after every letter
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def folded(text: str) -> str:
    """A text as it is compared: without capitals, and with one way to write each letter."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def of(text: str) -> list[str]:
    """The words of a text, each once."""
    found: dict[str, None] = {}
    for part in folded(text).split():
        trimmed = _EDGES.sub("", part)
        found.update((trimmed[match.start() :], None) for match in _START.finditer(trimmed))
    return list(found)


def micros(moment: datetime) -> int:
    """Microseconds since 1970: when a case began, as a number."""
    return (moment - _EPOCH) // _MICROSECOND


# --- what is kept ----------------------------------------------------------------------------------------------------

_ADD = Prepared(case_word.insert())
_DROP = Prepared(
    delete(case_word).where(
        case_word.c.alive == bindparam("is_alive"),
        case_word.c.word == bindparam("of_word"),
        case_word.c.begun == bindparam("at"),
        case_word.c.instance_id == bindparam("own"),
    )
)


def entries(case: Mapping[str, Any]) -> list[tuple[bool, str]]:
    """(alive, word) of a case's row."""
    alive = case["state"] in {"running", "failed"}
    found = dict.fromkeys(word[:LONGEST] for word in of(f"{case['business_key']} {case['title']}"))
    return [(alive, word) for word in list(found)[:MOST]]


def keep(connection: Connection, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> None:
    """A case's row has changed from ``before`` (None: it is new): let it be found by what it shows now."""
    if before is not None and all(before[name] == after[name] for name in ("state", "title", "business_key")):
        return
    old, new = entries(before) if before else [], entries(after)
    own, at = after["id"], micros(after["started_at"])
    gone = [{"is_alive": a, "of_word": w, "at": at, "own": own} for a, w in old if (a, w) not in new]
    _DROP.run_many(connection, gone)
    come = [{"alive": a, "word": w, "begun": at, "instance_id": own} for a, w in new if (a, w) not in old]
    _ADD.run_many(connection, come)


# --- what is looked for ----------------------------------------------------------------------------------------------


class Word:
    """One word of a search: the beginning of a word, or all of one (``whole``)."""

    def __init__(self, text: str, *, whole: bool = False) -> None:
        self.text, self._whole = text, whole
        self._begins = re.compile(rf"(?<!{_LETTER}){re.escape(text)}")

    def fits(self, text: str) -> bool:
        """Whether it occurs in a `folded` text."""
        if self.text not in text:
            return False
        return self.text in of(text) if self._whole else self._begins.search(text) is not None

    def within(self) -> dict[str, str]:
        """From where to where the kept words are that it can stand for."""
        first = self.text[:LONGEST]
        return {"low": first, "high": first if self._whole else first + _PAST_ALL}


#: Kept words of running cases or of those that have ended, from ``low`` to ``high``.
OF_WORD = (
    case_word.c.alive == bindparam("is_alive"),
    case_word.c.word >= bindparam("low"),
    case_word.c.word <= bindparam("high"),
)
#: The cases that have one of the first so many of them.
CASES = select(case_word.c.instance_id).where(*OF_WORD).order_by(case_word.c.word).limit(bindparam("most")).subquery()
_COUNT = Prepared(
    select(func.count()).select_from(
        select(case_word.c.word).where(*OF_WORD).order_by(case_word.c.word).limit(bindparam("most")).subquery()
    )
)
_FIRST = Prepared(select(case_word.c.word).where(*OF_WORD).order_by(case_word.c.word).limit(1))
_NUMBERED = Prepared(
    select(instance.c.business_key)
    .join(case_word, case_word.c.instance_id == instance.c.id)
    .where(case_word.c.alive == bindparam("is_alive"), case_word.c.word == bindparam("of_word"))
    .limit(20)
)


def asked(connection: Connection, search: str, alive: Sequence[bool]) -> list[Word]:
    """The words of a search among such cases. The whole number of a case does not stand for numbers that begin alike."""
    parts = dict.fromkeys(trimmed for part in folded(search).split() if (trimmed := _EDGES.sub("", part)))
    return [Word(part, whole=_is_number(connection, part, alive)) for part in islice(parts, ASKED)]


def _is_number(connection: Connection, text: str, alive: Sequence[bool]) -> bool:
    if not any(letter.isdigit() for letter in text):
        return False
    of = [{"is_alive": each, "of_word": text[:LONGEST]} for each in alive]
    return any(folded(row["business_key"]) == text for each in of for row in _NUMBERED.all(connection, each))


def count(connection: Connection, word: Word, alive: Sequence[bool]) -> int:
    """How often a word is kept; what is more than `lists.COUNTED` is not counted."""
    most = {"most": lists.COUNTED + 1}
    return sum(int(_COUNT.value(connection, {**most, **word.within(), "is_alive": each})) for each in alive)


def variants(connection: Connection, word: Word, *, alive: bool) -> list[str] | None:
    """The kept words that a word can stand for; None if they are many."""
    found: list[str] = []
    bounds = {**word.within(), "is_alive": alive}
    while (following := _FIRST.value(connection, bounds)) is not None:
        if len(found) == VARIANTS:
            return None
        found.append(following)
        bounds["low"] = following + "\x01"  # behind this one, before all that go on from it
    return found
