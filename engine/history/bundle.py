# SPDX-License-Identifier: Apache-2.0
"""A case as evidence: files that a third party can check without this software and without this installation.

``events.jsonl``        one event a line, exactly the bytes whose SHA-256 is its hash
``case.json``           the case, the number of its events and the hash of the last
``definitions/…``       per digest: ``manifest.json`` (its SHA-256 is the digest) and every file that it names by content
``files/…``             what people handed in, each under its SHA-256 (the events say how it was called)
``head.note``, ``key.txt``  the newest signed tree head and the public key
``inclusion.json``      the case's last sealed head is in that tree
``since.json``          on request: that tree continues a smaller one, and what it held of the case
``log.jsonl``           on request: every leaf of the log, one a line, exactly the bytes that are hashed
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from engine import definitions
from engine import files as files_of
from engine.errors import Conflict, NotFound
from engine.history import log, seal
from engine.store import definitions as definition_store
from engine.store import files as file_store
from engine.store import instances as instance_store
from engine.store.transaction import Tx
from engine.values import Event, InclusionProof, Json

FORMAT = "fitsm-flow-evidence/1"
#: What is added to a file's name of each part of a manifest, so that people can open it.
SUFFIXES = {"decisions": ".dmn", "calendars": ".json"}
_DIGEST = re.compile(r"[0-9a-f]{64}")


def files(tx: Tx, case_id: str, since: int | None = None, *, with_log: bool = False) -> dict[str, bytes]:
    """Name -> content.

    Raises:
        NotFound: there is no such case.
        Conflict: nothing of it is sealed yet.
        Invalid: the log has fewer than ``since`` leaves.
    """
    row = instance_store.get(tx.connection, case_id)
    if row is None:
        raise NotFound(f"There is no case '{case_id}'.")
    head, proof = seal.last_head(tx), seal.last_inclusion(tx, case_id)
    if head is None or proof is None:
        raise Conflict("No event of this case is sealed yet.", hint="Wait a minute, or run: fitsm seal")
    events = log.read(tx, case_id)
    found = {
        "case.json": _json(_about(tx, row, events)),
        "events.jsonl": b"".join(log.content(event) + b"\n" for event in events),
        "head.note": head.note.encode(),
        "key.txt": f"{head.verifier}\n".encode(),
        "inclusion.json": _json(_inclusion(proof)),
    }
    if since is not None:
        found["since.json"] = _json(_since(tx, case_id, since))
    if with_log:
        found["log.jsonl"] = b"".join(seal.leaf_data(leaf) + b"\n" for leaf in seal.leaves(tx, head.size))
    for digest in _digests(row, events):
        found |= dict(_definition(tx, digest))
    for _, file in files_of.handed_in(events):
        found[f"files/{file.sha256}"] = file_store.content(tx.connection, file.sha256) or b""
    return found


def _about(tx: Tx, row: Any, events: Sequence[Event]) -> dict[str, Json]:
    case = {n: row[n] for n in ("id", "process_id", "version", "digest", "title", "business_key", "state")}
    last = events[-1].hash if events else ""
    return {"format": FORMAT, "case": case, "events": len(events), "last": last, "exported_at": tx.now.isoformat()}


def _digests(row: Any, events: Sequence[Event]) -> list[str]:
    """Every definition that the case ran on."""
    named = [e.payload.get("inputs", {}).get("digest") for e in events] + [e.payload.get("to") for e in events]
    found = [str(d) for d in named if isinstance(d, str) and _DIGEST.fullmatch(d)]
    return list(dict.fromkeys([*found, row["digest"]]))


def _definition(tx: Tx, digest: str) -> Iterator[tuple[str, bytes]]:
    manifest = definitions.by_digest(tx, digest)["manifest"]
    yield f"definitions/{digest}/manifest.json", log.canonical(manifest)
    for part, listed in manifest.items():
        if isinstance(listed, dict):
            for name, content in listed.items():
                path = f"definitions/{digest}/{part}/{name}{SUFFIXES.get(part, '')}"
                yield path, definition_store.get_blob(tx.connection, content) or b""


def _inclusion(proof: InclusionProof) -> dict[str, Json]:
    leaf = seal.leaf_data(proof.leaf).decode()
    return {"leaf": leaf, "number": proof.leaf.number, "size": proof.size, "path": list(proof.path)}


def _since(tx: Tx, case_id: str, size: int) -> dict[str, Json]:
    proof = seal.consistency(tx, size)
    then = seal.last_inclusion(tx, case_id, size)
    return {
        "old_size": proof.old_size,
        "new_size": proof.new_size,
        "path": list(proof.path),
        "inclusion": _inclusion(then) if then else None,
    }


def _json(value: Json) -> bytes:
    return log.canonical(value) + b"\n"
