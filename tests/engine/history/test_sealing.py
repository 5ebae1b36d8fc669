# SPDX-License-Identifier: Apache-2.0
"""Sealing: what gets a leaf, when, with which key, and where the heads go."""

from __future__ import annotations

import ast
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import text

from engine import SYSTEM, Engine, EngineConfig, Sealing, VirtualClock, open_engine
from engine.errors import Conflict, Invalid, KeyUnusable, NotFound, SealBroken
from engine.history import keys, log, merkle, notes, seal
from engine.sealing import Sealer
from engine.store.schema import metadata
from engine.values import Person
from tests.databases import Database, at_revision
from webapp.audit.bundle import VERIFIER
from webapp.config import content_dir

Open = Callable[..., Engine]


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(datetime(2026, 11, 2, 9, tzinfo=UTC))


@pytest.fixture
def opened(tmp_path: Path, database: Database, clock: VirtualClock) -> Iterator[Open]:
    """Opens engines on one database; each may seal in its own way."""
    engines: list[Engine] = []

    def call(**sealing: object) -> Engine:
        plan = Sealing(**{"key_file": tmp_path / "seal.key", **sealing})  # type: ignore[arg-type]
        config = EngineConfig(database.url, content_dir(), sealing=plan)
        engines.append(open_engine(config, clock=clock))
        return engines[-1]

    yield call
    for engine in engines:
        engine.close()


def add(engine: Engine, *names: str) -> None:
    for name in names:
        engine.people.add(SYSTEM, Person(name, name), login=name)


def publish(engine: Engine, number: int) -> None:
    """A stream of its own for each number."""
    with engine.write() as tx:
        log.append(tx, f"stream-{number}", SYSTEM, "thing.happened", {"number": number})


def test_only_what_changed_gets_a_leaf(opened: Open) -> None:
    """One leaf a stream, for its newest event; nothing for streams that stood still; no head when nothing happened."""
    engine = opened()
    publish(engine, 1)
    publish(engine, 2)
    publish(engine, 1)
    first = engine.seal(SYSTEM)
    assert first is not None
    assert first.size == 2
    assert engine.seal(SYSTEM) is None
    publish(engine, 2)
    second = engine.seal(SYSTEM)
    assert second is not None
    assert second.size == 3
    with engine.read() as tx:
        assert [(leaf.stream, leaf.seq) for leaf in seal.leaves(tx, 3)] == [
            ("stream-1", 2), ("stream-2", 1), ("stream-2", 2),
        ]  # fmt: skip
    assert [head.size for head in engine.heads(SYSTEM)] == [2, 3]
    assert engine.heads(SYSTEM, 2) == (second,)


def test_proofs_hold_for_every_event_and_every_pair_of_heads(opened: Open) -> None:
    """Each event is proven by the first leaf that covers it; each head continues each earlier one."""
    engine = opened()
    for number in range(23):
        publish(engine, number % 7)
        if number % 3 == 2:
            engine.seal(SYSTEM)
    heads = engine.heads(SYSTEM)
    for old in heads:
        for new in heads:
            if old.size <= new.size:
                proof = engine.consistency(SYSTEM, old.size, new.size)
                assert merkle.continues(
                    bytes.fromhex(old.root), old.size, bytes.fromhex(new.root), new.size, _bytes(proof.path)
                )
    last = heads[-1]
    for number in range(7):
        shown = engine.inclusion(SYSTEM, f"stream-{number}", 1)
        leaf = merkle.leaf_hash(seal.leaf_data(shown.leaf))
        assert merkle.includes(bytes.fromhex(last.root), last.size, shown.leaf.number, leaf, _bytes(shown.path))
    with pytest.raises(NotFound, match="not sealed"):
        engine.inclusion(SYSTEM, "stream-1", 99)
    with pytest.raises(Invalid, match=f"the log has {last.size}"):
        engine.consistency(SYSTEM, last.size + 1)


def _bytes(path: tuple[str, ...]) -> list[bytes]:
    return [bytes.fromhex(h) for h in path]


def test_two_processes_seal_one_log(opened: Open) -> None:
    """Whoever is first adds the leaves; the other finds nothing new, and nothing is sealed twice."""
    one, other = opened(), opened()
    for number in range(12):
        publish(one, number)
        publish(other, number)
    threads = [threading.Thread(target=engine.seal, args=(SYSTEM,)) for engine in (one, other) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert one.heads(SYSTEM)[-1].size == 12
    assert one.verify_seals(SYSTEM).faults == ()


def test_events_that_came_while_nobody_sealed_are_found_at_the_start(
    kind: str, opened: Open, clock: VirtualClock
) -> None:
    """A new process compares all streams once, so that nothing is missed whatever the row numbers say."""
    engine = opened()
    publish(engine, 1)
    engine.seal(SYSTEM)
    publish(engine, 2)
    clock.advance(timedelta(hours=3))
    further = 1 if kind == "sqlite" else 10_000_000_000  # rows, microseconds
    with engine.write() as tx:
        tx.connection.execute(text(f"UPDATE tree_head SET seen = seen + {further}"))
    assert engine.seal(SYSTEM) is None
    head = opened().seal(SYSTEM)
    assert head is not None
    assert head.size == 2


def test_the_log_is_not_part_of_a_step(opened: Open) -> None:
    """Doing work writes nothing into the log of seals: sealing is beside the steps."""
    engine = opened()
    add(engine, "anna")
    assert engine.heads(SYSTEM) == ()
    assert engine.verify_seals(SYSTEM).unsealed > 0


# --- by itself -----------------------------------------------------------------------------------------------------


def test_a_seal_is_due_by_time_or_by_number(clock: VirtualClock, tmp_path: Path) -> None:
    """At once at the start; then after a minute, or as soon as a hundred events came in."""
    sealed: list[datetime] = []
    waiting = [0]
    sealer = Sealer(lambda: sealed.append(clock.now()), lambda: waiting[0], clock)
    plan = Sealing(tmp_path / "key", every=timedelta(minutes=1), events=100)
    for seconds, events, expected in ((0, 0, 1), (5, 99, 1), (5, 100, 2), (55, 3, 2), (5, 3, 3), (5, 3, 3)):
        clock.advance(timedelta(seconds=seconds))
        waiting[0] = events
        sealer.look(plan)
        assert len(sealed) == expected, (seconds, events)


def test_a_seal_that_fails_is_logged_and_tried_again(
    clock: VirtualClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A missing key does not stop the site; the reason stands in the log, once a minute and not every five seconds."""

    def fail() -> None:
        raise KeyUnusable("The key is missing.", hint="Put it back.")

    sealer = Sealer(fail, lambda: 0, clock)
    for _ in range(24):
        sealer.look(Sealing(tmp_path / "key"))
        clock.advance(timedelta(seconds=5))
    assert [r.getMessage() for r in caplog.records] == [
        "histories are not sealed: The key is missing. Put it back."
    ] * 2


def test_it_seals_when_it_starts_and_when_it_ends(opened: Open, tmp_path: Path) -> None:
    """What is there is sealed soon after the start; the last events before the end are sealed too."""
    arrived = threading.Event()
    engine = opened()
    add(engine, "anna")
    seal_now = engine._sealer._seal

    def seal_and_tell() -> None:
        seal_now()
        arrived.set()

    engine._sealer._seal = seal_and_tell  # the moment cannot be seen from outside without waiting for it
    engine.start_sealing()
    assert arrived.wait(20)
    size = engine.heads(SYSTEM)[-1].size
    add(engine, "bert")
    engine.stop_sealing()
    assert engine.heads(SYSTEM)[-1].size > size


def test_without_sealing_nothing_is_sealed(database: Database) -> None:
    """An engine that is not told of a key works as ever, and says so when asked to seal."""
    engine = open_engine(EngineConfig(database.url, content_dir()))
    engine.start_sealing()
    with pytest.raises(Conflict, match="No sealing"):
        engine.seal(SYSTEM)
    engine.close()


# --- the witness folder --------------------------------------------------------------------------------------------


def test_each_head_lies_in_the_witness_folder_at_once(opened: Open, tmp_path: Path) -> None:
    """One file a head, below its day; what it says is the signed note and nothing else."""
    engine = opened(witness_dir=tmp_path / "elsewhere")
    for number in (1, 2):
        publish(engine, number)
        engine.seal(SYSTEM)
    files = sorted((tmp_path / "elsewhere").rglob("*"))
    assert [f.name for f in files if f.is_file()] == ["head-000000000001.note", "head-000000000002.note"]
    for file, head in zip((f for f in files if f.is_file()), engine.heads(SYSTEM), strict=True):
        assert file.parent.name == "2026-11-02"
        assert file.read_text(encoding="utf-8") == head.note


def test_heads_that_could_not_be_delivered_come_later(opened: Open, tmp_path: Path) -> None:
    """A folder that cannot be written is told; the seal itself holds, and its head is delivered with the next one."""
    blocked = tmp_path / "elsewhere"
    blocked.write_text("a file where the folder should be")
    engine = opened(witness_dir=blocked)
    publish(engine, 1)
    with pytest.raises(SealBroken, match="cannot be used"):
        engine.seal(SYSTEM)
    blocked.unlink()
    publish(engine, 2)
    engine.seal(SYSTEM)
    assert len(list(blocked.rglob("*.note"))) == len(engine.heads(SYSTEM)) >= 1


# --- the key -------------------------------------------------------------------------------------------------------


def test_the_key_is_made_once_and_only_for_its_owner(opened: Open, tmp_path: Path) -> None:
    """The first seal makes it, readable by nobody else; it is not in the database."""
    engine = opened()
    publish(engine, 1)
    engine.seal(SYSTEM)
    key = tmp_path / "seal.key"
    assert key.stat().st_mode & 0o777 == 0o600
    secret = keys.load(key, "x").private.private_bytes_raw()
    for file in tmp_path.glob("*.db*"):
        assert secret not in file.read_bytes()
        assert secret.hex().encode() not in file.read_bytes()
    assert secret.hex() not in repr(keys.load(key, "x"))


def _open_to_others(key: Path) -> None:
    key.chmod(0o640)


def _garbage(key: Path) -> None:
    key.write_text("-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----\n")


def _cut(key: Path) -> None:
    key.write_bytes(key.read_bytes()[:60])


def _empty(key: Path) -> None:
    key.write_bytes(b"")


def _folder(key: Path) -> None:
    key.unlink()
    key.mkdir()


def _other_kind(key: Path) -> None:
    private = X25519PrivateKey.generate()
    key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (Path.unlink, "missing"),
        (_open_to_others, "may be read by others"),
        (_garbage, "damaged"),
        (_cut, "damaged"),
        (_empty, "damaged"),
        (_folder, "cannot be read"),
        (_other_kind, "another kind"),
    ],
)
def test_a_key_that_cannot_be_used_is_told_in_words(
    opened: Open, tmp_path: Path, spoil: Callable[[Path], None], says: str
) -> None:
    """No seal, no new key behind the operator's back; the sentence names file and fault, the hint the way out."""
    engine = opened()
    publish(engine, 1)
    engine.seal(SYSTEM)
    publish(engine, 1)
    spoil(tmp_path / "seal.key")
    with pytest.raises(KeyUnusable, match=says) as caught:
        engine.seal(SYSTEM)
    assert "seal.key" in caught.value.sentence
    assert caught.value.hint
    assert len(engine.heads(SYSTEM)) == 1


def test_a_key_is_never_overwritten(opened: Open, tmp_path: Path) -> None:
    """A new key is made only where no file is."""
    engine = opened()
    engine.make_seal_key(SYSTEM)
    before = (tmp_path / "seal.key").read_bytes()
    with pytest.raises(KeyUnusable, match="already"):
        engine.make_seal_key(SYSTEM)
    assert (tmp_path / "seal.key").read_bytes() == before


def test_a_signature_fits_only_its_head(tmp_path: Path) -> None:
    """Nothing of a head can be exchanged: size, root, moment, name, key."""
    key = keys.make(tmp_path / "key", "flow.example.org")
    other = keys.make(tmp_path / "other", "flow.example.org")
    head = key.sign(3, b"\x01" * 32, datetime(2026, 11, 2, tzinfo=UTC))
    assert notes.is_signed(head)
    assert notes.read(head.note, key.verifier) == head
    for old, new in (("\n3\n", "\n4\n"), ("AQEB", "AgEB"), ("2026", "2027"), ("flow.", "glow.")):
        altered = notes.read(head.note.replace(old, new), key.verifier)
        assert not notes.is_signed(altered)
    assert not notes.is_signed(notes.read(head.note, other.verifier))


# --- the verifier is one file --------------------------------------------------------------------------------------


def test_the_verifier_needs_only_an_old_python_and_cryptography() -> None:
    """Its syntax is that of Python 3.9, and it imports nothing but the standard library and `cryptography`."""
    tree = ast.parse(VERIFIER.read_text(encoding="utf-8"), feature_version=(3, 9))
    named = {n.name for node in ast.walk(tree) if isinstance(node, ast.Import) for n in node.names}
    named |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in named} - sys.stdlib_module_names == {"cryptography"}


# --- older databases -----------------------------------------------------------------------------------------------


def test_a_database_from_before_is_carried_on_and_sealed(database: Database, opened: Open) -> None:
    """The tables come with an upgrade; everything that happened before it is sealed by the first seal."""
    publish(opened(), 1)
    at_revision("0001", database.url)
    head = opened().seal(SYSTEM)
    assert head is not None
    assert head.size == 1


def test_the_upgrade_makes_the_tables_that_the_store_means(opened: Open) -> None:
    """A database that was upgraded step by step has every column and index of the schema."""
    with opened().read() as tx:
        # On PostgreSQL texts may be longer than the schema says (revision 0010).
        context = MigrationContext.configure(tx.connection, opts={"compare_type": False})
        assert [d for d in compare_metadata(context, metadata) if "seal" in str(d) or "tree_head" in str(d)] == []
