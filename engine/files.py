# SPDX-License-Identifier: Apache-2.0
"""Files that people hand in: kept by their content, named in data by what they are called, their size and their SHA-256.

In data a file is an object of exactly ``name``, ``size`` and ``sha256``. So the history names it, its chain and the seals
cover it, and a replay needs no content. A file is uploaded first and named by a command afterwards; a command that names
a file that is not here is refused. What is uploaded and never named goes when its owner uploads others.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine.errors import FormInvalid, Invalid
from engine.store import files as store
from engine.store.transaction import Tx
from engine.values import Event, FieldError, File, Json

LARGEST = 20 * 1024 * 1024  #: bytes of a file
LOOSE = 10  #: files of one person that nothing names yet
LONGEST_NAME = 200

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: What may be kept: ending -> how its content begins, nothing for plain text. No kind that a browser would run.
_BEGINNINGS: Mapping[str, bytes] = {
    "pdf": b"%PDF-", "docx": _ZIP, "xlsx": _ZIP, "pptx": _ZIP, "odt": _ZIP, "ods": _ZIP, "odp": _ZIP, "doc": _OLE, "xls": _OLE,
    "ppt": _OLE, "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff", "jpeg": b"\xff\xd8\xff", "txt": b"", "md": b"", "csv": b"",
}  # fmt: skip
KINDS = tuple(_BEGINNINGS)
_NAMES = frozenset({"name", "size", "sha256"})
_DIGEST = re.compile(r"[0-9a-f]{64}")


def checked(name: str, content: bytes) -> File:
    """The file that a content is under a name.

    Raises:
        Invalid: it is empty, too large, of a kind that is not kept, or its content is of another kind.
    """
    plain = _plain_name(name)
    ending = plain.rpartition(".")[2].lower() if "." in plain else ""
    if ending not in _BEGINNINGS:
        told = f"'{plain}' is of a kind that is not kept here."
        raise Invalid(told, hint=f"Kept are files that end in {', '.join(KINDS)}. Save it as one of these, PDF for example.")
    if not content:
        raise Invalid(f"'{plain}' is empty.", hint="Look whether it was saved, and choose it again.")
    check_size(plain, len(content))
    begins = _BEGINNINGS[ending]
    if not (content.startswith(begins) if begins else _is_text(content)):
        raise Invalid(f"'{plain}' is no {ending.upper()} inside.", hint="Open it where it was made and save it anew.")
    return File(plain, len(content), hashlib.sha256(content).hexdigest())


def check_size(name: str, size: int) -> None:
    """Raises Invalid if a file has more bytes than are kept."""
    if size > LARGEST:
        told = f"'{name}' has {size / 1024 / 1024:.1f} MB; at most {LARGEST // 1024 // 1024} MB are kept."
        raise Invalid(told, hint="Make its pictures smaller, or hand it in as several files.")


def _plain_name(name: str) -> str:
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(c for c in last if c.isprintable()).strip().strip(".")
    return shown[-LONGEST_NAME:] or "file"


def _is_text(content: bytes) -> bool:
    try:
        return "\0" not in content.decode("utf-8")
    except UnicodeDecodeError:
        return False


def keep(tx: Tx, by: str, file: File, content: bytes) -> None:
    store.add(tx.connection, file.sha256, content, by, tx.now)
    store.drop_loose(tx.connection, by, LOOSE)


def named(value: Json, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], File]]:
    """(where, which) of every file that data names."""
    if isinstance(value, Mapping):
        found = as_file(value)
        if found is not None:
            yield path, found
        else:
            for name, one in value.items():
                if isinstance(one, dict | list):
                    yield from named(one, (*path, name))
    elif isinstance(value, list | tuple):
        for number, one in enumerate(value):
            if isinstance(one, dict | list):
                yield from named(one, (*path, number))


def as_file(value: Json) -> File | None:
    """The file that an object of data stands for, if it does."""
    if not isinstance(value, Mapping) or value.keys() != _NAMES:
        return None
    name, size, digest = value["name"], value["size"], value["sha256"]
    whole = isinstance(name, str) and type(size) is int and isinstance(digest, str) and _DIGEST.fullmatch(digest)
    return File(name, size, digest) if whole else None


def hold(tx: Tx, content: Mapping[str, Json]) -> None:
    """Keep every file that a command names from now on.

    Raises:
        FormInvalid: one is not here (any more).
    """
    missing = []
    for path, file in named(content):
        if store.hold(tx.connection, file.sha256) != file.size:
            where = path[1:] if path[:1] == ("data",) else path
            missing.append(FieldError(where, f"The file '{file.name}' is not here any more. Choose it again.", "file"))
    if missing:
        raise FormInvalid(missing)


def handed_in(events: Iterable[Event]) -> Iterator[tuple[Event, File]]:
    """The files that a history names where it tells what somebody gave: a case's step, a record written by hand."""
    for event in events:
        inputs = event.payload.get("inputs")
        given = inputs.get("data") if isinstance(inputs, Mapping) else event.payload.get("fields")
        yield from ((event, file) for _, file in named(given))


def altered(tx: Tx, events: Iterable[Event]) -> tuple[Event, str] | None:
    """The first event whose file is gone or is another, with a sentence."""
    seen: dict[str, bool] = {}
    for event, file in handed_in(events):
        if file.sha256 not in seen:
            content = store.content(tx.connection, file.sha256)
            seen[file.sha256] = content is not None and hashlib.sha256(content).hexdigest() == file.sha256
        if not seen[file.sha256]:
            return event, f"The file '{file.name}' is not the one that was handed in at event {event.seq}."
    return None


def content(tx: Tx, file: File) -> bytes:
    """Raises Invalid unless it is, byte for byte, what was handed in."""
    found: Any = store.content(tx.connection, file.sha256)
    if found is None or hashlib.sha256(found).hexdigest() != file.sha256:
        told = f"The file '{file.name}' is not what was handed in, so it is not given out."
        raise Invalid(told, hint="Tell your administrator: the database was altered or damaged.")
    return bytes(found)
