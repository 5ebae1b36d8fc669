# SPDX-License-Identifier: Apache-2.0
"""Values of the log of sealed heads (RFC 6962). They cross the engine's door with `engine.values`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class TreeHead:
    """A signed head of the log of sealed chain heads: ``size`` leaves with the RFC 6962 root ``root`` (hex).

    ``note`` is what leaves the host: a C2SP signed note; ``verifier`` is the public key in the note's own form,
    ``key_id`` its eight hex digits, ``signature`` base64 of the 64 bytes of Ed25519.
    """

    size: int
    root: str
    at: datetime
    key_id: str
    signature: str
    note: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A sealed chain head: event ``seq`` of ``stream`` had this ``hash`` when the leaf ``number`` was added, at ``at``."""

    number: int
    stream: str
    seq: int
    hash: str
    at: datetime


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """Shows that ``leaf`` is in the tree of ``size`` leaves; ``path`` in hex, RFC 6962 section 2.1.1."""

    leaf: Leaf
    size: int
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """Shows that the tree of ``new_size`` leaves begins with that of ``old_size``; ``path`` as in RFC 6962, 2.1.2."""

    old_size: int
    new_size: int
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sealed:
    """How far a stream is sealed: up to event ``seq``, in the tree head ``head`` (the first that holds it)."""

    seq: int
    head: TreeHead


@dataclass(frozen=True, slots=True)
class SealVerdict:
    """The result of checking the whole log of sealed heads against the histories; ``faults`` are sentences.

    ``unsealed`` counts the streams with events after their last leaf.
    """

    heads: int
    leaves: int
    streams: int
    unsealed: int
    faults: tuple[str, ...] = ()
    last: TreeHead | None = None

    @property
    def ok(self) -> bool:
        return not self.faults
