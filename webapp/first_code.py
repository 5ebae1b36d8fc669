# SPDX-License-Identifier: Apache-2.0
"""The code of the first run: what the site and `fitsm up` both know, and a stranger does not. No Flask here."""

from __future__ import annotations

import base64
import hashlib
import hmac

_GROUP, _GROUPS = 4, 3


def code_of(secret_key: str) -> str:
    """Three groups of four letters and digits, the same as long as the installation keeps its secret."""
    made = hmac.new(secret_key.encode(), b"first run", hashlib.sha256).digest()
    letters = base64.b32encode(made).decode()
    return "-".join(letters[at : at + _GROUP] for at in range(0, _GROUP * _GROUPS, _GROUP))


def is_code(secret_key: str, typed: str) -> bool:
    """Is this the code, however it is spaced and written?"""
    plain = "".join(sign for sign in typed.upper() if sign.isalnum())
    return hmac.compare_digest(plain.encode(), code_of(secret_key).replace("-", "").encode())


def address(base: str, secret_key: str) -> str:
    """Where the first person goes."""
    return f"{base}/first-run?code={code_of(secret_key)}"
