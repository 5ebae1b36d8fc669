# SPDX-License-Identifier: Apache-2.0
"""The witness folder: every signed head as a file of its own, so that heads leave the host as soon as they exist.

The operator mounts the folder from elsewhere, best from where files can be added but not changed. One subfolder a day
(``2026-11-25/head-000000000042.note``); a file that is there is never written again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from engine.errors import Invalid, SealBroken
from engine.history import notes
from engine.values import TreeHead


def newest(folder: Path) -> TreeHead | None:
    """The largest head that the folder holds.

    Raises:
        SealBroken: the folder cannot be read, or what lies in it is no signed head.
    """
    try:
        days = sorted((d for d in folder.iterdir() if d.is_dir()), reverse=True)
        for day in days:
            files = sorted(day.glob("head-*.note"), reverse=True)
            if files:
                return notes.read(files[0].read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, Invalid) as error:
        raise _unusable(folder, error) from error
    return None


def deliver(folder: Path, heads: Iterable[TreeHead]) -> int:
    """Write the heads that are not there yet; how many were written.

    Raises:
        SealBroken: the folder cannot be written; the heads are delivered at the next try.
    """
    written = 0
    try:
        for head in heads:
            path = folder / f"{head.at:%Y-%m-%d}" / f"head-{head.size:012}.note"
            if path.exists():
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(".part")
            with draft.open("w", encoding="utf-8", newline="") as file:
                file.write(head.note)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
            written += 1
    except OSError as error:
        raise _unusable(folder, error) from error
    return written


def _unusable(folder: Path, error: Exception) -> SealBroken:
    why = getattr(error, "strerror", None) or str(error)
    return SealBroken(
        f"The witness folder {folder} cannot be used: {why}.",
        hint="Signed heads stay in the database until it works again; until then nobody outside holds them.",
    )
