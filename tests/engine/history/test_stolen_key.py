# SPDX-License-Identifier: Apache-2.0
"""Whoever has the database and the key can rewrite everything: found by those who hold an earlier head, and said so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from engine import SYSTEM
from engine.errors import SealBroken
from engine.history import keys, merkle, seal
from engine.values import Leaf
from tests.databases import empty
from tests.engine.history.record import Record, repack, unpacked, verify


@pytest.fixture
def record(kind: str, tmp_path: Path) -> Iterator[Record]:
    one = Record(tmp_path, empty(kind, tmp_path))
    one.play()
    yield one
    one.close()


@pytest.fixture
def held(record: Record) -> Path:
    """The newest head, in the auditor's hands."""
    path = record.folder / "held.note"
    path.write_text(record.engine.heads(SYSTEM)[-1].note, encoding="utf-8")
    return path


def steal(record: Record, seq: int = 4) -> None:
    """Say that somebody else took a task, make every hash fit, and sign a new log with the stolen key."""
    record.forge(seq)
    record.forget_seals()
    thief = record.open(witness_dir=None)
    thief.seal(SYSTEM)
    thief.close()


def test_a_rewritten_history_is_found_only_with_a_head_from_earlier(record: Record, held: Path) -> None:
    """Every check inside passes and so does the file alone; it says that this is not proven. The held head finds it."""
    steal(record)
    verdict = record.engine.verify(SYSTEM, record.case)
    assert verdict.chain_whole
    assert verdict.reproduced
    assert record.engine.verify_seals(SYSTEM).ok
    bundle = record.evidence()
    status, said = verify(bundle)
    assert status == 0
    assert "That nobody rewrote the past before signing" in said
    assert "Only a head that you hold from earlier shows that" in said
    status, said = verify(bundle, "--last-head", held)
    assert status == 1
    assert "All checks passed" not in said
    assert "nobody rewrote the past" not in said


def test_the_witness_folder_stops_the_next_seal(record: Record) -> None:
    """The product itself refuses to sign on what does not continue the head that lies in the witness folder."""
    steal(record)
    with pytest.raises(SealBroken, match="witness folder"):
        record.engine.seal(SYSTEM)


def test_a_rolled_back_database_is_found(record: Record) -> None:
    """An older copy is validly signed and needs no key: the folder and the auditor hold a newer head."""
    kept = record.keep()
    record.engine.start(SYSTEM, record.engine.case(SYSTEM, record.case).case.process_id)
    head = record.engine.seal(SYSTEM)
    assert head is not None
    held = record.folder / "newer.note"
    held.write_text(head.note, encoding="utf-8")
    record.restore(kept)
    assert record.engine.verify_seals(SYSTEM).ok
    status, said = verify(record.evidence(), "--last-head", held)
    assert status == 1
    assert "rolled back" in said
    with pytest.raises(SealBroken, match="the database only"):
        record.engine.seal(SYSTEM)


@pytest.mark.parametrize("with_log", [True, False])
def test_a_log_that_contradicts_itself_is_found(record: Record, held: Path, with_log: bool) -> None:
    """The thief keeps all leaves, so that the log is consistent, and adds one for the rewritten case.

    With the log the contradiction is seen at once; without it, the proof from the held head shows what was sealed then.
    """
    with record.engine.read() as tx:
        leaves = list(seal.leaves(tx, 10_000))
    old = len(leaves)
    record.forge(4)
    last = record.events()[-1]
    leaves.append(Leaf(old, record.case, last.seq, last.hash, record.clock.now()))
    nodes = merkle.nodes_of(merkle.leaf_hash(seal.leaf_data(leaf)) for leaf in leaves)
    head = keys.load(record.folder / "seal.key", "fitsm-flow").sign(
        len(leaves), merkle.root(nodes, len(leaves)), record.clock.now()
    )

    def proof(index: int, size: int) -> dict[str, object]:
        path = [h.hex() for h in merkle.inclusion(nodes, index, size)]
        return {"leaf": seal.leaf_data(leaves[index]).decode(), "number": index, "size": size, "path": path}

    mine = max(leaf.number for leaf in leaves[:old] if leaf.stream == record.case)
    path = [h.hex() for h in merkle.consistency(nodes, old, len(leaves))]
    since = {"old_size": old, "new_size": len(leaves), "path": path, "inclusion": proof(mine, old)}
    log = b"".join(seal.leaf_data(leaf) + b"\n" for leaf in leaves)
    forged = repack(
        record.evidence(),
        {
            "head.note": head.note.encode(),
            "inclusion.json": orjson.dumps(proof(old, len(leaves))),
            "since.json": orjson.dumps(since),
            "log.jsonl": log if with_log else None,
        },
    )
    status, said = verify(forged, *(() if with_log else ("--last-head", held)))
    assert status == 1
    assert ("not the one that was sealed" in said) or ("a second time" in said)


def test_a_case_that_the_held_head_does_not_hold_must_be_younger(record: Record, held: Path) -> None:
    """A case invented later and dated earlier is not in the head that the auditor holds."""
    before = record.clock.now()
    record.case = record.engine.start(SYSTEM, record.engine.case(SYSTEM, record.case).case.process_id).id
    with record.database() as database:
        database.execute("UPDATE event SET at = '2026-11-02 09:10:00.000000' WHERE instance_id = ?", (record.case,))
    record.rehash()
    assert record.events()[0].at < before
    restarted = record.open()  # which compares all streams once; one that runs looks at the last minutes
    restarted.seal(SYSTEM)
    restarted.close()
    status, said = verify(record.evidence(), "--last-head", held)
    assert status == 1
    assert "before the head you hold" in said


# --- the auditor's way ---------------------------------------------------------------------------------------------


def test_an_auditor_follows_the_log_from_head_to_head(record: Record, held: Path) -> None:
    """Trusted key, held head, with the log or with a proof; the new head is kept for the next time."""
    key = record.folder / "key.txt"
    key.write_text(record.engine.seal_key(SYSTEM) + "\n", encoding="utf-8")
    size = record.engine.heads(SYSTEM)[-1].size
    record.engine.start(SYSTEM, record.engine.case(SYSTEM, record.case).case.process_id)
    head = record.engine.seal(SYSTEM)
    assert head is not None
    saved = record.folder / "next.note"
    status, said = verify(record.evidence(), "--trust-key", key, "--last-head", held, "--save-head", saved)
    assert status == 0
    assert f"continues the head of {size} leaves" in said
    assert "a key you trust" in said
    assert "Whose key" not in said
    assert saved.read_text(encoding="utf-8") == head.note
    without = record.evidence("small.zip", size, with_log=False)
    status, said = verify(without, "--last-head", held)
    assert status == 0
    assert f"it held events 1 to {len(record.events())}" in said


def test_a_proof_from_the_command_bridges_the_heads(record: Record, held: Path) -> None:
    """Without log and proof in the file the verifier asks for one; `fitsm consistency` gives it."""
    size = record.engine.heads(SYSTEM)[-1].size
    record.engine.start(SYSTEM, record.engine.case(SYSTEM, record.case).case.process_id)
    record.engine.seal(SYSTEM)
    bundle = record.evidence(with_log=False)
    status, said = verify(bundle, "--last-head", held)
    assert status == 1
    assert f"fitsm consistency --from {size}" in said
    proof = record.engine.consistency(SYSTEM, size)
    given = record.folder / "proof.json"
    given.write_bytes(orjson.dumps({"old_size": proof.old_size, "new_size": proof.new_size, "path": proof.path}))
    assert verify(bundle, "--last-head", held, "--consistency", given)[0] == 0
    given.write_bytes(orjson.dumps({"old_size": 1, "new_size": proof.new_size, "path": proof.path}))
    assert verify(bundle, "--last-head", held, "--consistency", given)[0] == 1


def test_another_key_is_not_trusted(record: Record) -> None:
    """A head signed with a key that the auditor does not know fails, even though the enclosed key fits it."""
    other = record.folder / "other.txt"
    other.write_text(keys.make(record.folder / "other.key", "fitsm-flow").verifier, encoding="utf-8")
    status, said = verify(record.evidence(), "--trust-key", other)
    assert status == 1
    assert "another key" in said
    assert unpacked(record.evidence(), "key.txt") != other.read_bytes()


def test_a_new_key_is_followed_with_both(record: Record, held: Path) -> None:
    """After a change of keys the auditor trusts both: the old head and the new one are each signed with theirs."""
    both = []
    for name in ("old.txt", "new.txt"):
        path = record.folder / name
        path.write_text(record.engine.seal_key(SYSTEM), encoding="utf-8")
        both += ["--trust-key", path]
        if name == "old.txt":
            (record.folder / "seal.key").rename(record.folder / "old.key")
            record.engine.make_seal_key(SYSTEM)
    record.engine.start(SYSTEM, record.engine.case(SYSTEM, record.case).case.process_id)
    record.engine.seal(SYSTEM)
    assert record.engine.verify_seals(SYSTEM).ok
    assert verify(record.evidence(), "--last-head", held, *both)[0] == 0
    status, said = verify(record.evidence(), "--last-head", held, *both[2:])
    assert status == 1
    assert "another key" in said
