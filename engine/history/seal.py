# SPDX-License-Identifier: Apache-2.0
"""Seals histories: appends the heads of changed streams to a Merkle log and signs its head.

A leaf is the canonical encoding of ``{"at", "hash", "seq", "stream"}``: at that moment the event ``seq`` was the last of
``stream`` and had that hash, which covers all events before it. Each seal adds a leaf for every stream whose head moved
since its last leaf. Leaves are never changed or removed, so every later tree begins with every earlier one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine import files
from engine.errors import Invalid, NotFound, SealBroken
from engine.history import log, merkle, notes
from engine.store import seals as store
from engine.store import tables
from engine.store.transaction import Tx
from engine.values import ConsistencyProof, Event, InclusionProof, Leaf, Sealed, SealVerdict, TreeHead, Verdict


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one seal did: the new head (None: nothing had changed) and the streams that no longer hold their seal."""

    head: TreeHead | None
    broken: tuple[str, ...] = ()


def seal(tx: Tx, key: notes.SealKey, *, everything: bool = False) -> Outcome:
    """Append a leaf for every stream with new events and sign the new head.

    ``everything``: compare all streams rather than those with events since the last seal. A stream whose last sealed
    event is gone or altered gets no further leaf: nobody signs what contradicts an earlier signature.
    """
    store.lock(tx.connection)
    last = store.last_head(tx.connection)
    size, seen = (last.size, last.seen) if last else (0, None)
    place = store.seen_now(tx.connection, tx.now)
    changed = store.changed(tx.connection, None if everything or seen is None or place < seen else seen)
    broken = tuple(row.stream for row in changed if row.sealed != row.now)
    rows = [row for row in changed if row.sealed == row.now]
    if not rows:
        return Outcome(None, broken)
    leaves = [Leaf(size + n, row.stream, row.seq, row.hash, tx.now) for n, row in enumerate(rows)]
    _keep(tx, size, leaves)
    size += len(leaves)
    head = key.sign(size, merkle.root(nodes(tx), size), tx.now)
    store.add_head(
        tx.connection,
        {
            "size": size,
            "root": head.root,
            "at": head.at,
            "key_id": head.key_id,
            "verifier": head.verifier,
            "note": head.note,
            "seen": place,
        },
    )
    return Outcome(head, broken)


def _keep(tx: Tx, size: int, leaves: list[Leaf]) -> None:
    hashes = [merkle.leaf_hash(leaf_data(leaf)) for leaf in leaves]
    grown = merkle.grow(nodes(tx), size, hashes)
    store.add_nodes(tx.connection, [{"level": level, "number": n, "hash": own} for level, n, own in grown])
    rows = [{"number": f.number, "stream": f.stream, "seq": f.seq, "hash": f.hash, "at": f.at} for f in leaves]
    store.add_leaves(tx.connection, rows)


def leaf_data(leaf: Leaf) -> bytes:
    """The bytes that are hashed into the tree."""
    return log.canonical({"stream": leaf.stream, "seq": leaf.seq, "hash": leaf.hash, "at": leaf.at.isoformat()})


def nodes(tx: Tx) -> merkle.Nodes:
    """The stored tree."""

    def node(level: int, number: int) -> bytes:
        found = store.node(tx.connection, level, number)
        if found is None:
            raise SealBroken(
                f"The log of sealed heads lacks its node {number} of level {level}.", hint="Run: fitsm verify --all"
            )
        return found

    return node


# --- heads and proofs ----------------------------------------------------------------------------------------------


def heads(tx: Tx, above: int = 0) -> tuple[TreeHead, ...]:
    """Signed heads of more than ``above`` leaves, the smallest first."""
    return tuple(_head(row) for row in store.heads(tx.connection, above))


def last_head(tx: Tx) -> TreeHead | None:
    row = store.last_head(tx.connection)
    return _head(row) if row else None


def root(tx: Tx, size: int) -> str:
    """The root over the first ``size`` leaves, in hex."""
    return merkle.root(nodes(tx), size).hex()


def inclusion(tx: Tx, stream: str, seq: int, size: int | None = None) -> InclusionProof:
    """Proof that event ``seq`` of ``stream`` is sealed: that the first leaf which covers it is in the tree of ``size``.

    Raises:
        NotFound: it is not sealed, or not in a tree of that size.
    """
    size = _size(tx) if size is None else size
    row = store.covering(tx.connection, stream, seq)
    if row is None or row.number >= size:
        raise NotFound(f"Event {seq} of '{stream}' is not sealed.", hint="`fitsm seal` seals what has happened so far.")
    return _proof(tx, _leaf(row), size)


def last_inclusion(tx: Tx, stream: str, size: int | None = None) -> InclusionProof | None:
    """Proof for the last leaf of a stream in the tree of ``size``; None when it has none there."""
    size = _size(tx) if size is None else size
    row = store.last_leaf(tx.connection, stream, size)
    return _proof(tx, _leaf(row), size) if row else None


def _proof(tx: Tx, leaf: Leaf, size: int) -> InclusionProof:
    return InclusionProof(leaf, size, tuple(h.hex() for h in merkle.inclusion(nodes(tx), leaf.number, size)))


def consistency(tx: Tx, old: int, new: int | None = None) -> ConsistencyProof:
    """Proof that the tree of ``new`` (default: all) leaves begins with the one of ``old``.

    Raises:
        Invalid: there are fewer leaves than that.
    """
    have = _size(tx)
    new = have if new is None else new
    if not 0 < old <= new <= have:
        raise Invalid(
            f"There is no proof from {old} to {new} leaves: the log has {have}.",
            hint="A head with more leaves than the log has means that the database was rolled back, or is another one.",
        )
    return ConsistencyProof(old, new, tuple(h.hex() for h in merkle.consistency(nodes(tx), old, new)))


def leaves(tx: Tx, size: int) -> Iterator[Leaf]:
    """The first ``size`` leaves in order."""
    return (_leaf(row) for row in store.all_leaves(tx.connection) if row.number < size)


def sealed(tx: Tx, stream: str) -> Sealed | None:
    """How far a stream is sealed."""
    row = store.last_leaf(tx.connection, stream, _size(tx))
    return Sealed(row.seq, _head(store.head_over(tx.connection, row.number))) if row else None


def _size(tx: Tx) -> int:
    row = store.last_head(tx.connection)
    return row.size if row else 0


# --- checking ------------------------------------------------------------------------------------------------------


def judge(tx: Tx, verdict: Verdict) -> Verdict:
    """A case's verdict with how far the case is sealed; its chain is not whole if it lost what was sealed."""
    found = sealed(tx, verdict.case_id)
    if found is None or not verdict.chain_whole:
        return replace(verdict, sealed=found)
    hashes = {event.seq: event.hash for event in log.read(tx, verdict.case_id)}
    for row in store.of_stream(tx.connection, verdict.case_id):
        if hashes.get(row.seq) != row.hash:
            what = "is not the one" if row.seq in hashes else "is missing and was the last"
            reason = f"At event {row.seq}: it {what} that was sealed at {row.at:%Y-%m-%d %H:%M} UTC."
            return replace(verdict, chain_whole=False, parted_at=row.seq, reason=reason, sealed=found)
    return replace(verdict, sealed=found)


def check(tx: Tx) -> SealVerdict:
    """Check everything: each leaf against its event, each signed head against the leaves, each stream's chain, and the
    tables of cases, definitions, people and records against the streams."""
    signed = heads(tx)
    faults = [*_log_faults(tx, signed), *_chain_faults(tx)]
    last = store.last_head(tx.connection)
    return SealVerdict(
        heads=len(signed),
        leaves=last.size if last else 0,
        streams=len(store.streams(tx.connection)),
        unsealed=len(store.changed(tx.connection, None)),
        faults=tuple(faults),
        last=signed[-1] if signed else None,
    )


def _log_faults(tx: Tx, signed: tuple[TreeHead, ...]) -> Iterator[str]:
    kept: dict[tuple[int, int], bytes] = {}
    tree, wanted = (lambda level, number: kept[level, number]), {head.size: head for head in signed}
    size, reached = 0, dict[str, int]()
    for row in store.all_leaves(tx.connection):
        leaf = _leaf(row)
        if leaf.number != size:
            yield f"Leaf {size} of the log of sealed heads is missing."
            return
        for level, number, own in merkle.grow(tree, size, [merkle.leaf_hash(leaf_data(leaf))]):
            kept[level, number] = own
        size += 1
        yield from _leaf_faults(leaf, row.now, reached)
        if (head := wanted.pop(size, None)) is not None:
            yield from _head_faults(head, merkle.root(tree, size).hex())
    yield from (f"The signed head of {size} leaves has lost leaves: it is larger than the log." for size in wanted)
    if signed and size > signed[-1].size:
        yield f"The log holds {size - signed[-1].size} leaves that no head signs."
    stored = store.all_nodes(tx.connection)
    wrong = sum(kept.pop((row.level, row.number), None) != row.hash for row in stored) + len(kept)
    if wrong:
        yield f"{wrong} stored nodes of the tree are not what its leaves lead to; no proof can be given from them."


def _leaf_faults(leaf: Leaf, now: str | None, reached: dict[str, int]) -> Iterator[str]:
    where = f"Event {leaf.seq} of '{leaf.stream}'"
    if now is None:
        yield f"{where} was sealed at {leaf.at.isoformat()} and is missing."
    elif now != leaf.hash:
        yield f"{where} is not the event that was sealed at {leaf.at.isoformat()}."
    if leaf.seq <= reached.get(leaf.stream, 0):
        yield f"The log of sealed heads goes back: leaf {leaf.number} repeats events of '{leaf.stream}'."
    reached[leaf.stream] = leaf.seq


def _head_faults(head: TreeHead, top: str) -> Iterator[str]:
    if head.root != top:
        yield f"The head of {head.size} leaves is not the head of the log's first {head.size} leaves."
    if not notes.is_signed(head):
        yield f"The signature of the head of {head.size} leaves is not right."


def _chain_faults(tx: Tx) -> Iterator[str]:
    for stream in store.streams(tx.connection):
        events = log.read(tx, stream)
        broken = log.first_break(events)
        if broken is not None:
            yield f"'{stream}', event {broken[0]}: {broken[1]}."
        else:
            yield from _shown_otherwise(tx, stream, events)
    yield from tables.orphans(tx.connection)


def _shown_otherwise(tx: Tx, stream: str, events: Sequence[Event]) -> Iterator[str]:
    try:
        yield from tables.faults(tx.connection, stream, events)
        if (fault := files.altered(tx, events)) is not None:
            yield f"'{stream}': {fault[1]}"
    except (KeyError, TypeError, AttributeError) as error:  # what cannot be read must not hide the rest
        yield f"The history of '{stream}' cannot be read: {type(error).__name__}: {error}."


def _leaf(row: Any) -> Leaf:
    return Leaf(row.number, row.stream, row.seq, row.hash, row.at)


def _head(row: Any) -> TreeHead:
    head = notes.read(row.note, row.verifier)
    return TreeHead(row.size, row.root, row.at, row.key_id, head.signature, row.note, row.verifier)
