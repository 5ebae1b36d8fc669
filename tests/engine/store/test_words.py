# SPDX-License-Identifier: Apache-2.0
"""What a search finds is what somebody finds who reads every title, number and task's name from beginning to end."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from engine import SYSTEM, Actor
from engine.store import lists, open_store, words
from engine.store.schema import case_word, instance, task
from engine.values import CaseFilter, TaskFilter
from tests.databases import Database, at_revision
from tests.engine.workshop import Workshop

ME = Actor("wanda", frozenset({"worker", "lead"}))
POOL = [
    "printer", "print", "Printing", "reprint", "jam", "room", "5", "51", "A-5", "a5", "INC-1", "INC-12", "INC-123", "(inc-12)",
    "x:INC-12/INC-1", "Straße", "STRASSE", "ÄRGER", "a\u0308rger", "naïve", "e-mail", "foo/bar_baz", "100%", "%_", "...", "C++",
    "O'Hara", "\u65e5\u672c", "\u0661\u0662", "\u24602", "Z\u200bW", "über",
]  # fmt: skip
PARTS = [*POOL, *(one[:2] for one in POOL), "rin", "-12", "12/", "__", "zzz"]


# --- by hand ---------------------------------------------------------------------------------------------------------


def folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def trimmed(text: str) -> str:
    letters = [place for place, letter in enumerate(text) if letter.isalnum()]
    return text[letters[0] : letters[-1] + 1] if letters else ""


def begins(text: str, word: str) -> bool:
    """Whether the word stands in the text where one begins."""
    places = (n for n in range(len(text)) if text[n].isalnum() and (n == 0 or not text[n - 1].isalnum()))
    return any(text.startswith(word, place) for place in places)


def is_all_of_one(text: str, word: str) -> bool:
    """Whether something between two spaces ends with the word, which begins there as a word does."""
    parts = [trimmed(part) for part in text.split()]
    return any(part == word or (part.endswith(word) and not part[-len(word) - 1].isalnum()) for part in parts)


def by_hand(search: str, numbers: Sequence[str]) -> Callable[[str], bool]:
    """Whether a text is found by a search among cases with such numbers."""
    wanted = [word for part in folded(search).split() if (word := trimmed(part))]
    whole = [word in {folded(number) for number in numbers} and any(c.isdigit() for c in word) for word in wanted]

    def finds(text: str) -> bool:
        text = folded(text)
        return bool(wanted) and all(
            is_all_of_one(text, word) if one else begins(text, word) for word, one in zip(wanted, whole, strict=True)
        )

    return finds


# --- words -----------------------------------------------------------------------------------------------------------


def test_words_begin_after_anything_but_a_letter() -> None:
    """And go on to the next space, so that a number is found whole and by each of its parts."""
    assert words.of("INC-12: Printer (2nd floor) is off!") == ["inc-12", "12", "printer", "2nd", "floor", "is", "off"]
    assert words.of("a/b_c  ÄRGER Straße ...") == ["a/b_c", "b_c", "c", "ärger", "strasse"]
    assert words.of("") == []


@given(st.text(max_size=40), st.text(min_size=1, max_size=5))
def test_a_word_fits_where_one_of_the_kept_words_begins_with_it(text: str, part: str) -> None:
    """What is looked up and what is looked at afterwards agree, whatever the letters."""
    kept = words.of(text)
    for word in (trimmed(piece) for piece in words.folded(part).split()):
        if word:
            assert words.Word(word).fits(words.folded(text)) == any(one.startswith(word) for one in kept)
            assert words.Word(word, whole=True).fits(words.folded(text)) == (word in kept)


# --- lists -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def crowd(workshop: Workshop) -> Workshop:
    """A hundred cases of random titles and numbers, each with a task of one of four names; some have ended."""
    chance = random.Random(11)
    for process in ("P", "R"):
        workshop.publish(process, "start S -> A\nuser A -> E\nend E")
    for _ in range(100):
        workshop.clock.advance(timedelta(minutes=1))
        workshop.engine.start(SYSTEM, chance.choice("PR"))
    with workshop.engine.write() as tx:
        for row in [row._asdict() for row in tx.connection.execute(select(instance))]:
            title = chance.choice([" ", "  ", ", "]).join(chance.choices(POOL, k=chance.randrange(5)))
            after = {**row, "title": title, "business_key": chance.choice(["", "INC-1", "INC-12", "INC-123", "REQ-5"])}
            after |= {"state": chance.choice(["running", "running", "failed", "completed"])}
            tx.connection.execute(update(instance).where(instance.c.id == row["id"]).values(**after))
            words.keep(tx.connection, row, after)
            work = {"name": chance.choice(["Print the letter", "Room 5", "Approve", "INC-12"])}
            work |= {"role": chance.choice(["worker", "lead", "owner"]), "urgency": f"P{chance.randrange(1, 6)} ~"}
            work |= {"claimed_by": chance.choice([None, None, "wanda", "will"])}
            work |= {"assignee": chance.choice([None, "wanda"])}
            work |= {"state": "open" if after["state"] in ("running", "failed") else "withdrawn"}
            tx.connection.execute(update(task).where(task.c.instance_id == row["id"]).values(**work))
    return workshop


def searches(seed: int, number: int = 60) -> list[str]:
    chance = random.Random(seed)
    return [" ".join(chance.choices(PARTS, k=chance.choice([1, 1, 2, 3]))) for _ in range(number)]


def tasks_of(crowd: Workshop) -> list[dict[str, Any]]:
    """My open tasks, in the order of the list."""
    query = select(task, instance.c.title, instance.c.business_key).join(instance, instance.c.id == task.c.instance_id)
    with crowd.engine.read() as tx:
        rows = [row._asdict() for row in tx.connection.execute(query.where(task.c.state == "open"))]
    mine = [
        row
        for row in rows
        if row["claimed_by"] == "wanda"
        or (not row["claimed_by"] and (row["assignee"] == "wanda" or (not row["assignee"] and row["role"] in ME.roles)))
    ]
    return sorted(mine, key=lambda row: (row["urgency"], row["created_at"], row["id"]))


def cases_of(crowd: Workshop, states: Sequence[str]) -> list[dict[str, Any]]:
    order = (instance.c.started_at.desc(), instance.c.id.desc())
    with crowd.engine.read() as tx:
        found = tx.connection.execute(select(instance).where(instance.c.state.in_(states)).order_by(*order))
        return [row._asdict() for row in found]


def numbers(crowd: Workshop, states: Sequence[str]) -> list[str]:
    return [row["business_key"] for row in cases_of(crowd, states)]


def expected_tasks(crowd: Workshop, search: str) -> list[str]:
    finds = by_hand(search, numbers(crowd, ["running", "failed"]))
    shown = [(row["id"], f"{row['name']}\n{row['title']}\n{row['business_key']}") for row in tasks_of(crowd)]
    return [own for own, text in shown if finds(text)]


STATES = {"any": ["running", "failed", "completed"], "running": ["running"], "completed": ["completed"]}


def expected_cases(crowd: Workshop, search: str, state: str) -> list[str]:
    alike = STATES["any"] if state == "any" else ["running", "failed"] if state == "running" else ["completed"]
    finds = by_hand(search, numbers(crowd, alike))
    shown = [(row["id"], f"{row['title']}\n{row['business_key']}") for row in cases_of(crowd, STATES[state])]
    return [own for own, text in shown if finds(text)]


def test_a_search_finds_what_is_found_by_hand(crowd: Workshop) -> None:
    """Tasks and cases, in the order of their lists, page by page; and the total is right."""
    hits = 0
    for search in [*searches(1), *POOL]:
        of_tasks = expected_tasks(crowd, search)
        hits += bool(of_tasks)
        found = crowd.engine.tasks(ME, TaskFilter(search=search, limit=200))
        assert ([one.id for one in found.items], found.total, found.exact) == (of_tasks, len(of_tasks), True), search
        second = crowd.engine.tasks(ME, TaskFilter(search=search, limit=3, offset=3))
        assert [one.id for one in second.items] == of_tasks[3:6], search
        for state in STATES:
            of_cases = expected_cases(crowd, search, state)
            listed = crowd.engine.cases(SYSTEM, CaseFilter(state, search=search, limit=200))
            assert ([one.id for one in listed.items], listed.exact) == (of_cases, True), (search, state)
    assert hits > 30, "the searches have something to find"


def test_a_search_goes_together_with_every_filter(crowd: Workshop) -> None:
    """It finds what the list without it has and by hand is found."""
    for search in ("print", "inc-12", "room 5", "appr", "straße"):
        by_words = set(expected_tasks(crowd, search))
        for shown in (TaskFilter("mine"), TaskFilter("group"), TaskFilter(role="lead"), TaskFilter(process_id="R")):
            whole = [one.id for one in crowd.engine.tasks(ME, shown).items]
            found = [one.id for one in crowd.engine.tasks(ME, replace(shown, search=search)).items]
            assert found == [own for own in whole if own in by_words], (search, shown)
        for asked in (CaseFilter(), CaseFilter("running", "R"), CaseFilter(process_id="P")):
            taken = replace(asked, involved=True)
            whole = [one.id for one in crowd.engine.cases(ME, taken).items]
            by_words = set(expected_cases(crowd, search, asked.state))
            of_mine = [one.id for one in crowd.engine.cases(ME, replace(taken, search=search)).items]
            assert of_mine == [own for own in whole if own in by_words], (search, asked)


@pytest.mark.parametrize(("counted", "searched"), [(3, 5), (3, 40), (20, 30), (1, 1000)])
def test_a_search_that_left_something_out_says_so(
    crowd: Workshop, monkeypatch: pytest.MonkeyPatch, counted: int, searched: int
) -> None:
    """In very long lists nothing wrong is found, and what is not looked at is told; a number is found everywhere."""
    monkeypatch.setattr(lists, "COUNTED", counted)
    monkeypatch.setattr(lists, "SEARCHED", searched)
    left_out = 0
    for search in [*searches(2), "inc-12"]:
        for found, expected in (
            (crowd.engine.tasks(ME, TaskFilter(search=search, limit=10)), expected_tasks(crowd, search)),
            (crowd.engine.cases(SYSTEM, CaseFilter(search=search, limit=10)), expected_cases(crowd, search, "any")),
        ):
            ids = [one.id for one in found.items]
            assert ids == [own for own in expected if own in set(ids)], search
            assert found.total <= len(expected)
            if found.exact:
                assert (ids, found.total) == (expected[:10], len(expected)), search
            elif searched == 1000 and len(ids) == 10:
                assert ids == expected[:10], search
            left_out += not found.exact
    assert left_out
    oldest = cases_of(crowd, STATES["any"])[-1]
    assert [case.id for case in crowd.engine.cases(SYSTEM, CaseFilter(search=oldest["id"])).items] == [oldest["id"]]


def test_a_search_without_a_letter_finds_nothing(crowd: Workshop) -> None:
    """There is nothing to look for."""
    assert crowd.engine.tasks(ME, TaskFilter(search="  %_ ")).total == 0
    assert crowd.engine.cases(SYSTEM, CaseFilter(search="--")).total == 0


# --- what is kept ----------------------------------------------------------------------------------------------------


def kept(workshop: Workshop) -> set[tuple[bool, str, str]]:
    with workshop.engine.read() as tx:
        return {(row.alive, row.word, row.instance_id) for row in tx.connection.execute(select(case_word))}


def test_words_follow_a_case(workshop: Workshop) -> None:
    """From its start over a new title to its end; a case whose start failed is found as well."""
    workshop.publish(
        "P",
        "start S -> A\nuser A -> B\nuser B -> X\nscript X | do: part = 1 / people -> E\nend E",
        title='"Order of " + name',
        business_key='get_var("number", "")',
    )
    case = workshop.start(name="lamps", number="ORD-7", people=1)
    own = case.id
    assert kept(workshop) == {(True, word, own) for word in ("ord-7", "7", "order", "of", "lamps")}
    workshop.do(case, name="light bulbs")
    assert kept(workshop) == {(True, word, own) for word in ("ord-7", "7", "order", "of", "light", "bulbs")}
    workshop.do(case)
    assert kept(workshop) == {(False, word, own) for word in ("ord-7", "7", "order", "of", "light", "bulbs")}
    cancelled = workshop.start(name="lamps", number="ORD-8", people=1).id
    workshop.engine.cancel(SYSTEM, cancelled, "not needed")
    assert {(alive, own) for alive, word, own in kept(workshop) if word == "8"} == {(False, cancelled)}


def test_a_case_whose_start_failed_is_found(workshop: Workshop) -> None:
    """By the name of its process, and by its own title when it has gone on."""
    workshop.publish("P", "start S -> X\nscript X | do: part = 1 / people -> A\nuser A -> E\nend E", title='"Order"')
    held = workshop.start(people=0)
    assert (held.state, kept(workshop)) == ("failed", {(True, "p", held.id)})
    workshop.engine.correct(SYSTEM, held.id, {"people": 2}, "counted")
    assert workshop.engine.retry(SYSTEM, held.id).state == "running"
    assert kept(workshop) == {(True, "order", held.id)}


def test_an_older_database_gets_its_words(database: Database) -> None:
    """The cases that are there are found after the upgrade."""
    at_revision("0014", database.url)
    row = {
        "id": "c1", "process_id": "P", "version": 1, "digest": "", "title": "Ärger mit dem Drucker", "business_key": "INC-4",
        "state": "running", "outcome": "", "started_by": "", "seq": 1, "head": "",
        "started_at": "2026-03-02 09:00:00.000012" + ("+00" if database.kind == "postgresql" else ""),
    }  # fmt: skip
    silent = {**row, "id": "c2", "state": "completed", "title": "", "business_key": ""}
    with database.past() as past:
        for case in (row, silent, {**row, "id": "c3", "state": "cancelled"}):
            marks = ", ".join("?" * len(case))
            past.execute(f"INSERT INTO instance ({', '.join(case)}) VALUES ({marks})", list(case.values()))
    store = open_store(database.url)
    with store.read() as connection:
        found = {tuple(entry) for entry in connection.execute(select(case_word))}
    store.close()
    spoken, begun = ("ärger", "mit", "dem", "drucker", "inc-4", "4"), 1_772_442_000_000_012
    assert found == {(alive, word, begun, own) for alive, own in ((True, "c1"), (False, "c3")) for word in spoken}
