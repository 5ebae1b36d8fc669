# SPDX-License-Identifier: Apache-2.0
"""Passwords and access tokens: how they are made, hashed and checked, in the same time for unknown logins."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10  #: fewest characters of a password
LONGEST = 200  #: longer ones would only cost hashing time

_HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """The Argon2id hash of a password, with its own salt and parameters in the text."""
    return _HASHER.hash(password)


def check_password(password_hash: str | None, password: str) -> bool:
    """Is this the password? ``None`` (unknown login) costs as much time as a wrong password."""
    try:
        _HASHER.verify(password_hash or _decoy(), password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """Was it hashed with weaker parameters than today's?"""
    return _HASHER.check_needs_rehash(password_hash)


def fault_of(password: str, again: str | None = None) -> str:
    """Why a new password is not good enough, as a sentence; empty when it is."""
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters. A sentence you can remember is better than a short riddle."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters."
    if again is not None and password != again:
        return "The two passwords differ. Type the same one twice."
    return ""


def new_token() -> tuple[str, str]:
    """An access token and its SHA-256, by which it is known: 256 random bits need no slow hash."""
    token = f"fitsm_{secrets.token_urlsafe(32)}"
    return token, hashlib.sha256(token.encode()).hexdigest()


@cache
def _decoy() -> str:
    return _HASHER.hash("nobody has this password")
