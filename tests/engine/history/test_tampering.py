# SPDX-License-Identifier: Apache-2.0
"""Somebody with the database changes the past: at every place of a real record, in every way, by all three checks."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from engine import SYSTEM
from engine.errors import SealBroken
from engine.history import bundle, seal
from engine.values import InclusionProof, Leaf
from tests.databases import Database, empty, only_sqlite
from tests.engine.history.record import Record, repack, unpacked, verify
from webapp.demo.answers import INCIDENTS

WAYS = ("alter", "alter_content", "drop", "swap", "truncate", "forge")


@pytest.fixture(scope="module")
def played(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Record, Database]]:
    folder = tmp_path_factory.mktemp("record")
    record = Record(folder, empty(kind, folder))
    record.play()
    kept = record.keep()
    yield record, kept
    record.close()
    kept.drop()


@pytest.fixture
def record(played: tuple[Record, Database]) -> Iterator[Record]:
    """The record as it was played; put back afterwards."""
    one, kept = played
    yield one
    one.restore(kept)


def places(record: Record, kind: str = "sqlite") -> list[int]:
    """Every place; on PostgreSQL, where putting the record back takes a while, the first, one in the middle, the last."""
    every = list(range(1, len(record.events()) + 1))
    return every if kind == "sqlite" else [every[0], every[len(every) // 2], every[-1]]


def test_the_untouched_record_passes_every_check(record: Record) -> None:
    """The controls of all the tests below: long enough to be worth it, and nothing is found."""
    assert len(places(record)) > 8
    verdict = record.engine.verify(SYSTEM, record.case)
    assert verdict.ok
    assert verdict.sealed is not None
    assert verdict.sealed.seq == verdict.events
    seals = record.engine.verify_seals(SYSTEM)
    assert seals.faults == ()
    assert seals.heads >= 3
    status, said = verify(record.evidence())
    assert (status, "All checks passed" in said) == (0, True)


@pytest.mark.parametrize("way", WAYS)
def test_tampering_is_found_inside_at_every_place(played: tuple[Record, Database], kind: str, way: str) -> None:
    """`verify` of the case and the check of the seals both find it, wherever it is; the first says where."""
    record, kept = played
    for seq in places(record, kind):
        getattr(record, way)(seq)
        verdict = record.engine.verify(SYSTEM, record.case)
        assert not verdict.chain_whole, (way, seq)
        assert f"event {verdict.parted_at}" in verdict.reason
        assert not record.engine.verify_seals(SYSTEM).ok, (way, seq)
        record.restore(kept)


@pytest.mark.slow
@only_sqlite  # a bundle does not know where it came from
@pytest.mark.parametrize("way", WAYS)
def test_tampering_is_found_outside_at_every_place(played: tuple[Record, Database], way: str) -> None:
    """The verifier, which sees nothing but the file, refuses it too: with the log and, at every other place, without."""
    record, kept = played
    for seq in places(record):
        getattr(record, way)(seq)
        status, said = verify(record.evidence(with_log=seq % 2 == 0))
        assert (status, "FAILED" in said) == (1, True), (way, seq, said)
        record.restore(kept)


def test_a_forged_history_is_not_sealed_on(record: Record) -> None:
    """A stream that no longer holds its last seal gets no further one; the others do, and it is told."""
    record.forge(3)
    with record.database() as database:
        database.execute(
            "INSERT INTO event SELECT instance_id, seq + 1, at, actor, on_behalf_of, kind, payload, hash, to_bytes('f00d') "
            "FROM event WHERE instance_id = ? ORDER BY seq DESC LIMIT 1",
            (record.case,),
        )
    other = record.engine.start(SYSTEM, INCIDENTS).id
    leaves = len(_leaves(record))
    with pytest.raises(SealBroken, match=record.case):
        record.engine.seal(SYSTEM)
    assert len(_leaves(record)) == leaves
    assert record.engine.verify(SYSTEM, other).sealed is not None


@pytest.mark.parametrize("table", ["seal_leaf", "seal_node", "tree_head"])
def test_the_log_of_seals_is_checked_itself(record: Record, table: str) -> None:
    """A row of the log, of the tree or of the heads that is gone or altered is found."""
    spoils = {
        "seal_leaf": ["DELETE FROM seal_leaf WHERE number = 5", "UPDATE seal_leaf SET stream = 'x' WHERE number = 5",
                      "DELETE FROM seal_leaf WHERE number = (SELECT max(number) FROM seal_leaf)"],
        "seal_node": ["UPDATE seal_node SET hash = to_bytes('0') WHERE level = 2 AND number = 0"],
        "tree_head": ["UPDATE tree_head SET root = 'f' || substr(root, 2)", "UPDATE tree_head SET size = size + 100",
                      "UPDATE tree_head SET note = replace(note, 'at 2026', 'at 2025')",
                      "DELETE FROM tree_head WHERE size = (SELECT max(size) FROM tree_head)"],
    }  # fmt: skip
    kept = record.keep()
    for spoil in spoils[table]:
        with record.database() as database:
            assert database.execute(spoil).rowcount > 0
        assert not record.engine.verify_seals(SYSTEM).ok, spoil
        record.restore(kept)


# --- the file itself -----------------------------------------------------------------------------------------------


def test_a_file_of_the_definition_that_was_exchanged_is_found(record: Record) -> None:
    """The diagram, each table, each form and calendar count by their content."""
    whole = record.evidence()
    names = _definition_files(whole)
    assert {name.split("/")[2] for name in names} >= {"diagrams", "forms", "decisions", "calendars", "manifest.json"}
    for part in ("diagrams", "forms", "decisions", "calendars", "manifest.json"):
        name = next(n for n in names if n.split("/")[2] == part)
        status, said = verify(repack(whole, {name: unpacked(whole, name) + b" "}))
        assert status == 1
        assert "FAILED" in said


def _definition_files(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as packed:
        return [name for name in packed.namelist() if name.startswith("definitions/")]


@pytest.mark.parametrize(
    "name", ["case.json", "events.jsonl", "head.note", "key.txt", "inclusion.json"]
)  # fmt: skip
def test_a_bundle_that_lacks_a_part_is_refused(record: Record, name: str) -> None:
    """Missing evidence is no evidence; the missing part is named."""
    status, said = verify(repack(record.evidence(), {name: None}))
    assert status == 1
    assert name in said


def test_an_older_leaf_does_not_hide_the_end_of_a_case(record: Record) -> None:
    """Cut short after an earlier seal, with that seal's proof: the log shows that more was sealed.

    Without the log it cannot be seen, and the verifier says that it was not shown.
    """
    leaf = next(leaf for leaf in _leaves(record) if leaf.seq < len(record.events()))
    proof = record.engine.inclusion(SYSTEM, record.case, leaf.seq)
    short = record.evidence()
    lines = unpacked(short, "events.jsonl").split(b"\n")[: leaf.seq]
    changes: dict[str, bytes | None] = {
        "events.jsonl": b"\n".join(lines) + b"\n",
        "case.json": _case_json(short, leaf.seq, proof.leaf.hash),
        "inclusion.json": _inclusion_json(proof),
    }
    status, said = verify(repack(short, changes))
    assert status == 1
    assert "cut short" in said
    status, said = verify(repack(short, {**changes, "log.jsonl": None}))
    assert status == 0
    assert "That this is the case's latest state" in said


def _leaves(record: Record) -> list[Leaf]:
    with record.engine.read() as tx:
        head = seal.last_head(tx)
        assert head is not None
        return [leaf for leaf in seal.leaves(tx, head.size) if leaf.stream == record.case]


def _case_json(path: Path, events: int, last: str) -> bytes:
    return orjson.dumps({**orjson.loads(unpacked(path, "case.json")), "events": events, "last": last})


def _inclusion_json(proof: InclusionProof) -> bytes:
    return orjson.dumps(bundle._inclusion(proof))


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04" + b"\0" * 40])
def test_what_is_no_bundle_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    """Damaged files give a sentence and status 1, never a traceback."""
    path = tmp_path / "evidence.zip"
    path.write_bytes(content)
    status, said = verify(path)
    assert status == 1
    assert "FAILED" in said
    assert verify(tmp_path / "nowhere.zip")[0] == 1


def test_every_damaged_byte_is_refused(record: Record) -> None:
    """A byte flipped in any small part of the evidence: never accepted, never a traceback."""
    whole = record.evidence(with_log=False)
    for name in ("inclusion.json", "head.note", "key.txt"):
        content = unpacked(whole, name)
        for place in range(0, len(content) - 1, max(1, len(content) // 6)):
            spoilt = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
            status, said = verify(repack(whole, {name: spoilt}))
            assert status == 1, (name, place, said)


# --- files that are no evidence ------------------------------------------------------------------------------------


def test_no_file_makes_the_verifier_fall_over(record: Record) -> None:
    """Cut off anywhere, no ZIP, huge numbers, names that lead elsewhere: status 1 and a sentence, never a traceback."""
    whole = record.evidence()
    content, broken = whole.read_bytes(), whole.with_name("broken.zip")
    for length in (0, 10, 100, len(content) // 2, len(content) - 5):
        broken.write_bytes(content[:length])
        assert verify(broken)[0] == 1
    assert verify(whole.with_name("nowhere.zip"))[0] == 1
    head = unpacked(whole, "head.note").split(b"\n")
    spoils: dict[str, dict[str, bytes | None]] = {
        "no signed head": {"head.note": b"\n".join([head[0], b"9" * 6_000, *head[2:]])},
        "is no JSON": {"case.json": b"[" * 100_000},
        "would lead out of its folder": {"../evil": b"x"},
        "no manifest names it": {"definitions/more.txt": b"x"},
        "is no public key line": {"key.txt": b"\xff"},
        "is not evidence": {"case.json": b"[]"},
    }
    for said, changes in spoils.items():
        status, told = verify(repack(whole, changes))
        assert (status, said in told) == (1, True), (said, told)


def test_a_damaged_bit_is_found_in_every_file(record: Record) -> None:
    """One bit the other way round, in the middle of each part as it lies in the bundle."""
    whole = record.evidence()
    content, broken = whole.read_bytes(), whole.with_name("broken.zip")
    with zipfile.ZipFile(whole) as packed:
        entries = [entry for entry in packed.infolist() if entry.filename != "README.txt"]
    for entry in entries[:: max(len(entries) // 15, 1)]:
        place = entry.header_offset + 30 + len(entry.filename.encode()) + entry.compress_size // 2
        broken.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        status, told = verify(broken)
        assert (status, "FAILED" in told) == (1, True), entry.filename


def test_a_head_that_cannot_be_kept_is_told(record: Record, tmp_path: Path) -> None:
    status, told = verify(record.evidence(), "--save-head", tmp_path / "nowhere" / "head.note")
    assert (status, "cannot be kept" in told) == (1, True)
