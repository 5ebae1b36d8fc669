# SPDX-License-Identifier: Apache-2.0
"""Tree heads as text, signed and checked: the C2SP formats ``tlog-checkpoint`` and ``signed-note``.

A head is four lines: the log's name, the number of leaves, the root in base64, and ``at`` with the moment. Below an
empty line stands the Ed25519 signature over them. The same text goes to auditors, other hosts and C2SP witnesses.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from engine.errors import Invalid
from engine.values import TreeHead

_ED25519 = b"\x01"
_DASH = "—"


@dataclass(frozen=True, slots=True)
class SealKey:
    """A private key under the name of the log that it signs for. Never stored in the database, never shown."""

    name: str
    private: Ed25519PrivateKey

    def __repr__(self) -> str:
        return f"SealKey({self.verifier!r})"

    @property
    def _public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    @property
    def id(self) -> bytes:
        return _key_id(self.name, self._public)

    @property
    def verifier(self) -> str:
        """The public key as one line, ``name+id+key``, for those who check."""
        return f"{self.name}+{self.id.hex()}+{_text(_ED25519 + self._public)}"

    def sign(self, size: int, root: bytes, at: datetime) -> TreeHead:
        body = f"{self.name}\n{size}\n{_text(root)}\nat {at.isoformat()}\n"
        signature = self.private.sign(body.encode())
        note = f"{body}\n{_DASH} {self.name} {_text(self.id + signature)}\n"
        return TreeHead(size, root.hex(), at, self.id.hex(), _text(signature), note, self.verifier)


def read(note: str, verifier: str = "") -> TreeHead:
    """The head that a note tells. The signature is not checked here.

    Raises:
        Invalid: it is no such note.
    """
    try:
        body, signatures = note.split("\n\n")
        name, size, root, at = body.split("\n")
        mark, signer, signed = signatures.split("\n")[0].split(" ")
        raw, top = base64.b64decode(signed, validate=True), base64.b64decode(root, validate=True)
        if (mark, signer) != (_DASH, name) or len(raw) != 68 or not at.startswith("at "):
            raise ValueError("not a head")
        return TreeHead(
            int(size), top.hex(), datetime.fromisoformat(at[3:]), raw[:4].hex(), _text(raw[4:]), note, verifier
        )
    except (ValueError, IndexError, binascii.Error) as error:
        raise Invalid(
            "This is no signed tree head.", hint="Give a file as `fitsm heads` or the witness folder has it."
        ) from error


def is_signed(head: TreeHead) -> bool:
    """Whether the head's note says what the head says, signed with the key of its verifier line."""
    try:
        name, key_id, text = head.verifier.split("+", 2)  # base64 may hold a plus sign, a name may not
        raw = base64.b64decode(text, validate=True)
        if raw[:1] != _ED25519 or _key_id(name, raw[1:]).hex() != key_id or head.key_id != key_id:
            return False
        if read(head.note, head.verifier) != head:
            return False
        body = head.note.partition("\n\n")[0] + "\n"
        Ed25519PublicKey.from_public_bytes(raw[1:]).verify(base64.b64decode(head.signature), body.encode())
    except (ValueError, InvalidSignature, Invalid):
        return False
    return True


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
