# SPDX-License-Identifier: Apache-2.0
"""The private key file that signs tree heads: made once, readable by its owner only, PEM (PKCS #8) of Ed25519."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from engine.errors import KeyUnusable
from engine.history.notes import SealKey


def make(path: Path, name: str) -> SealKey:
    """Make a new key in a file that is not there yet.

    Raises:
        KeyUnusable: something is there already, or the folder cannot be written.
    """
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError as error:
        hint = "Move the old key away first and keep it: it still proves the heads it signed."
        raise KeyUnusable(f"There is a file {path} already.", hint=hint) from error
    except OSError as error:
        hint = "Make the folder writable, or set FITSM_SEAL_KEY to another place."
        raise KeyUnusable(f"The key {path} cannot be written: {error.strerror}.", hint=hint) from error
    return SealKey(name, private)


def load(path: Path, name: str) -> SealKey:
    """The key in a file.

    Raises:
        KeyUnusable: the file is missing, unreadable, readable by others, damaged or no Ed25519 key.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            pem = file.read(100_000)
    except FileNotFoundError as error:
        hint = (
            "Put the key back from its safe copy; `fitsm seal --new-key` makes a new one, which auditors must learn of."
        )
        raise KeyUnusable(f"The key that signs tree heads is missing: {path}.", hint=hint) from error
    except OSError as error:
        hint = "Give the file to the user that runs FitSM Flow, mode 0600."
        raise KeyUnusable(f"The key {path} cannot be read: {error.strerror}.", hint=hint) from error
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        hint = f"Others on this machine may have copied it. Consider a new key; else: chmod 600 {path}"
        raise KeyUnusable(f"The key {path} may be read by others (mode {stat.S_IMODE(mode):04o}).", hint=hint)
    return SealKey(name, _private(path, pem))


def _private(path: Path, pem: bytes) -> Ed25519PrivateKey:
    hint = "Put it back from its safe copy: an unencrypted Ed25519 key in PEM."
    try:
        private = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyUnusable(
            f"The file {path} holds no usable private key; it is damaged or encrypted.", hint=hint
        ) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyUnusable(f"The key {path} is of another kind than Ed25519.", hint=hint)
    return private
