# SPDX-License-Identifier: Apache-2.0
"""The chain of a history: whatever is changed, moved or taken away afterwards is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import SYSTEM
from engine.history import log
from engine.store.packing import unpacked
from engine.values import Event, Verdict
from tests.databases import Past
from tests.engine.test_plain import PLAIN
from tests.engine.workshop import Workshop

TEXT = "start S -> A\nuser A -> B\nuser B -> E\nend E"


@pytest.fixture
def case_id(workshop: Workshop) -> str:
    """A case with five events: started, claimed (the start claims), completed, claimed, completed."""
    workshop.publish("P", TEXT)
    case = workshop.do(workshop.start(n=1), x=1)
    workshop.engine.claim(workshop.actor("wanda"), workshop.task(case).id)
    workshop.do(case, y=2)
    assert workshop.engine.verify(SYSTEM, case.id).ok
    assert len(workshop.kinds(case)) == 5
    return case.id


def verdict_after(workshop: Workshop, change: Callable[[Past], object]) -> Verdict:
    """Somebody with the database in hand changes it; then an auditor looks."""
    workshop.engine.close()
    with workshop.database.past() as database:
        change(database)
    workshop.reopen()
    (verdict,) = workshop.engine.verify_all(workshop.actor("ada"))
    return verdict


COLUMNS = {
    "at": "2026-03-02 09:00:01.000000",
    "actor": "will",
    "on_behalf_of": "lea",
    "kind": "task.released",
    "payload": b'{"task":"other"}',
    "prev_hash": "0" * 64,
    "hash": "f" * 64,
}


@pytest.mark.parametrize("seq", [1, 2, 3, 5])
@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_column_of_an_event_is_found(workshop: Workshop, case_id: str, column: str, seq: int) -> None:
    """In the first, a middle or the last event."""
    value = "1" * 64 if (column, seq) == ("prev_hash", 1) else COLUMNS[column]
    statement = f"UPDATE event SET {column} = ? WHERE instance_id = ? AND seq = ?"
    verdict = verdict_after(workshop, lambda db: db.execute(statement, (value, case_id, seq)))
    assert not verdict.chain_whole
    assert verdict.parted_at in (seq, seq + 1)
    assert verdict.reason


@pytest.mark.parametrize("seq", [1, 3, 5])
def test_a_removed_event_is_found(workshop: Workshop, case_id: str, seq: int) -> None:
    """At the beginning, in the middle and at the end."""
    statement = "DELETE FROM event WHERE seq = ? AND instance_id = ?"
    verdict = verdict_after(workshop, lambda db: db.execute(statement, (seq, case_id)))
    assert not verdict.chain_whole


def test_events_in_another_order_are_found(workshop: Workshop, case_id: str) -> None:
    """Two events change places."""

    def swap(database: Past) -> None:
        for old, new in ((2, 99), (3, 2), (99, 3)):
            database.execute("UPDATE event SET seq = ? WHERE seq = ? AND instance_id = ?", (new, old, case_id))

    assert not verdict_after(workshop, swap).chain_whole


def test_events_of_another_case_are_found(workshop: Workshop, case_id: str) -> None:
    """A history cannot be put under another case's name."""
    verdict = verdict_after(
        workshop, lambda db: [db.execute(f"UPDATE {t} SET {c} = 'else' WHERE {c} = ?", (case_id,))
                              for t, c in (("event", "instance_id"), ("task", "instance_id"), ("instance", "id"))]
    )  # fmt: skip
    assert not verdict.chain_whole


def rehashed(database: Past, case_id: str, change: dict, *, head: bool) -> None:
    """Change the last completion's data and compute all hashes anew, as somebody would who knows how."""
    rows = database.execute(
        "SELECT seq, at, actor, on_behalf_of, kind, payload FROM event WHERE instance_id = ? ORDER BY seq", (case_id,)
    ).fetchall()
    prev = log.GENESIS
    for seq, at, actor, behalf, kind, payload in rows:
        content = orjson.loads(unpacked(payload))
        if seq == 3:
            content = change_of(content, change)
        when = at.astimezone(UTC) if isinstance(at, datetime) else datetime.fromisoformat(at).replace(tzinfo=UTC)
        own = log.event_hash(Event(case_id, seq, when, actor, behalf, kind, content, prev, ""))
        database.execute(
            "UPDATE event SET payload = ?, prev_hash = ?, hash = ? WHERE instance_id = ? AND seq = ?",
            (orjson.dumps(content), bytes.fromhex(prev), bytes.fromhex(own), case_id, seq),
        )
        prev = own
    if head:
        database.execute("UPDATE instance SET head = ? WHERE id = ?", (prev, case_id))


def change_of(content: dict, change: dict) -> dict:
    return {**content, "inputs": {**content["inputs"], "data": change}}


def test_a_chain_made_anew_without_the_head_is_found(workshop: Workshop, case_id: str) -> None:
    """The case's row knows the last hash."""
    verdict = verdict_after(workshop, lambda db: rehashed(db, case_id, {"x": 9}, head=False))
    assert not verdict.chain_whole


def test_a_chain_made_anew_with_its_head_is_found_by_running_it_again(workshop: Workshop, case_id: str) -> None:
    """The chain is whole, but the commands do not lead to what is recorded."""
    verdict = verdict_after(workshop, lambda db: rehashed(db, case_id, {"x": 9}, head=True))
    assert verdict.chain_whole
    assert not verdict.reproduced
    assert verdict.parted_at == 3


def test_a_chain_made_anew_unchanged_is_whole(workshop: Workshop, case_id: str) -> None:
    """So the tests above fail for what was changed and not for how."""
    assert verdict_after(workshop, lambda db: rehashed(db, case_id, {"x": 1}, head=True)).ok


_REPLACED = "UPDATE {0} SET {1} = to_bytes(replace(to_text({1}), '{2}', '{3}'))"
ROWS = {
    "a variable": _REPLACED.format("instance", "variables", '"x":1', '"x":2'),
    "the kind of a value": _REPLACED.format("instance", "variables", '"x":1', '"x":true'),
    "a variable more": 'UPDATE instance SET variables = to_bytes(\'{"n":1,"x":1,"y":2,"z":3}\')',
    "the tokens": _REPLACED.format("instance", "tokens", "64", "16"),
    "the state": "UPDATE instance SET state = 'cancelled'",
    "the outcome": "UPDATE instance SET outcome = 'fine'",
    "the title": "UPDATE instance SET title = 'another'",
    "who started it": "UPDATE instance SET started_by = 'will'",
    "when it ended": "UPDATE instance SET ended_at = '2027-01-01 00:00:00.000000'",
    "the process": "UPDATE instance SET process_id = 'Q'",
    "the diagram": _REPLACED.format("blob", "content", 'name="B"', 'name="C"'),
    "a form": _REPLACED.format("blob", "content", '{"type":"object"}', '{"type":"array"}'),
    "what belongs to the definition": _REPLACED.format("definition", "manifest", "free", "flee"),
}


@pytest.mark.parametrize("what", ROWS)
def test_whatever_the_case_shows_or_ran_on_cannot_be_changed_unseen(
    workshop: Workshop, case_id: str, what: str
) -> None:
    """The chain is whole; running the case again leads to something else, or its definition is not what it was."""
    changed = []
    verdict = verdict_after(workshop, lambda db: changed.append(db.execute(ROWS[what]).rowcount))
    assert changed[0] >= 1
    assert verdict.chain_whole
    assert not verdict.reproduced, what
    assert verdict.reason


EVENT = st.builds(
    Event, case_id=st.text(max_size=8), seq=st.integers(1, 99), at=st.datetimes(timezones=st.just(UTC)),
    actor=st.text(max_size=5),
    on_behalf_of=st.none() | st.text(max_size=5), kind=st.text(max_size=9),
    payload=st.dictionaries(st.text(max_size=5), PLAIN, max_size=3), prev_hash=st.just(log.GENESIS), hash=st.just(""),
)  # fmt: skip


@given(one=EVENT, other=EVENT)
def test_two_events_have_the_same_hash_only_if_they_are_the_same(one: Event, other: Event) -> None:
    """The encoding that is hashed leaves nothing out and runs nothing together."""

    def same(a: Event, b: Event) -> bool:
        plain = [(e.case_id, e.seq, e.at, e.actor, e.on_behalf_of, e.kind) for e in (a, b)]
        return plain[0] == plain[1] and log.canonical(a.payload) == log.canonical(b.payload)

    assert (log.event_hash(one) == log.event_hash(other)) == same(one, other)


@given(value=PLAIN)
def test_the_encoding_does_not_hang_on_the_order_of_keys(value: object) -> None:
    """Nor on having been stored in between."""
    assert log.canonical(orjson.loads(orjson.dumps(value))) == log.canonical(value)
    backwards = orjson.loads(orjson.dumps(value, option=orjson.OPT_SORT_KEYS))
    assert log.canonical(backwards) == log.canonical(value)
