# SPDX-License-Identifier: Apache-2.0
"""Diagrams and what belongs to them as the studio shows it: by folder, a new one, what an editor sends."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

from werkzeug.exceptions import BadRequest

from engine.errors import FormInvalid
from engine.values import Definition, FieldError

_WORD = re.compile(r"[a-z][a-z0-9_]{2,60}")
_FOLDER = re.compile(r"[A-Za-z][A-Za-z0-9_-]{1,60}")


def by_folder(definitions: Iterable[Definition]) -> dict[str, list[Definition]]:
    """Definitions under the folder of their file, both in reading order (PR9 before PR10)."""
    groups: dict[str, list[Definition]] = {}
    for definition in sorted(definitions, key=lambda each: (_natural(folder_of(each)), each.name.lower())):
        groups.setdefault(folder_of(definition), []).append(definition)
    return groups


def folder_of(definition: Definition) -> str:
    """The folder of a diagram, e.g. ``PR9-ISRM``."""
    return PurePosixPath(definition.file).parent.name or "Others"


def forms_by_folder(paths: Iterable[str]) -> dict[str, list[str]]:
    """Form files (without the UI schemas) under their folder."""
    groups: dict[str, list[str]] = {}
    for path in sorted((p for p in paths if not p.endswith(".ui.json")), key=_natural):
        groups.setdefault(str(PurePosixPath(path).parent), []).append(path)
    return groups


def new_file(folder: str, name: str) -> str:
    """The file of a new diagram. Raises FormInvalid when folder or name would not do."""
    faults = []
    if not _FOLDER.fullmatch(folder):
        faults.append(FieldError(("folder",), "A folder such as PR9-ISRM: letters, digits and hyphens."))
    if not _WORD.fullmatch(name):
        faults.append(FieldError(("name",), "A name such as record_incident: small letters, digits and underscores."))
    if faults:
        raise FormInvalid(faults)
    return f"processes/bpmn/{folder}/{name}.bpmn"


def process_id_of(file: str) -> str:
    """The process id that belongs to a file: ``PR9-ISRM/resolve.bpmn`` holds ``PR9_ISRM_resolve``."""
    path = PurePosixPath(file)
    return f"{path.parent.name.replace('-', '_')}_{path.stem}"


def publication(body: Any) -> tuple[bytes, str, str | None, str | None]:
    """XML, comment, base digest and key as the editor sends them. Raises BadRequest for another shape."""
    if not isinstance(body, dict) or not isinstance(body.get("xml"), str):
        raise BadRequest('The request must be JSON of the shape {"xml": "…", "comment": "…", "base_digest": "…"}.')
    texts = [body.get(name) for name in ("comment", "base_digest", "key")]
    if any(text is not None and not isinstance(text, str) for text in texts):
        raise BadRequest("Comment, base_digest and key must be texts.")
    return body["xml"].encode(), texts[0] or "", texts[1] or None, texts[2] or None


def _natural(text: str) -> list[Any]:
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", text.lower())]
