# SPDX-License-Identifier: Apache-2.0
"""A record that is a document: its texts and files, its versions, and which two of them a page compares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import as_file
from engine.values import File, Record, Register
from webapp.documents.pdf import Sheet
from webapp.filters import day, person_name, size_words

#: What stands on the sheet of a document that is a file which is no PDF.
_COVER = (
    "The content of this document is the file named above. It is downloaded from the document's page; its SHA-256 shows that "
    "it is the one that was approved."
)
DRAFT = "draft"  #: names the text in work in an address


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a document: ``published`` in ``version``, or the draft that is in work; or a file in its place."""

    key: str  #: names it in an address: the version, or draft
    title: str
    text: str
    at: datetime | None
    by: str
    approved_by: str = ""
    approved_on: str = ""
    file: File | None = None

    @property
    def is_pdf(self) -> bool:
        """Whether the file is what is given out as the PDF."""
        return self.file is not None and self.file.name.lower().endswith(".pdf") and not self.text


def keys_of(register: Register) -> Mapping[str, str] | None:
    """The fields that a register's ``x-document`` names; nothing for a register that holds no documents."""
    found = register.schema.get("x-document")
    return found if isinstance(found, Mapping) else None


def names_of_texts(register: Register) -> frozenset[str]:
    """The fields that are shown as documents, and not among the others."""
    keys = keys_of(register) or {}
    return frozenset(keys[part] for part in ("text", "published", "file", "published_file") if part in keys)


def texts(register: Register, history: Sequence[Record]) -> tuple[Text, ...]:
    """Every text that was in force, newest first; before them the draft, where there is one."""
    keys = keys_of(register)
    if keys is None or not history:
        return ()
    found: dict[str, Text] = {}
    ordered = sorted(history, key=lambda record: record.version)
    for record in ordered:
        version = record.data.get(keys["version"])
        if version and str(version) not in found and any(_content(keys, record, published=True)):
            found[str(version)] = _published(keys, record, str(version))
    newest = ordered[-1]
    draft, in_force = (_content(keys, newest, published=published) for published in (False, True))
    listed = [*found.values()]
    if any(draft) and draft != in_force:
        text, file = draft
        listed.append(Text(DRAFT, "Draft, not approved yet", text, newest.written_at, newest.written_by, file=file))
    return tuple(reversed(listed))


def _content(keys: Mapping[str, str], record: Record, *, published: bool) -> tuple[str, File | None]:
    """The text and the file that a record holds, in force or in work."""
    text, file = ("published", "published_file") if published else ("text", "file")
    return str(record.data.get(keys[text]) or ""), as_file(record.data.get(keys.get(file, "")))


def _published(keys: Mapping[str, str], record: Record, version: str) -> Text:
    said: Mapping[str, Any] = record.data
    by, on = (str(said.get(keys.get(part, ""), "") or "") for part in ("approved_by", "approved_on"))
    text, file = _content(keys, record, published=True)
    return Text(version, f"Version {version}", text, record.written_at, record.written_by, by, on, file)


def in_force(found: Sequence[Text]) -> Text | None:
    """The text that holds now; the draft where none was published yet."""
    return next((text for text in found if text.key != DRAFT), found[0] if found else None)


def chosen(found: Sequence[Text], key: str | None, otherwise: int) -> Text | None:
    """The text that an address names, or the one at a place of the list."""
    named = next((text for text in found if text.key == key), None)
    return named or (found[min(otherwise, len(found) - 1)] if found else None)


def sheet(register: Register, record: Record, text: Text) -> Sheet:
    """What the PDF of a text says on top of it and below."""
    owner = str(record.data.get((keys_of(register) or {}).get("owner", ""), "") or "")
    facts = [("Document", record.id), ("Version", text.key if text.key != DRAFT else "none yet")]
    facts += [("Owner", person_name(owner))] if owner else []
    if text.approved_by:
        on = f", {day(text.approved_on)}" if text.approved_on else ""
        facts.append(("Approved", person_name(text.approved_by) + on))
    elif text.key == DRAFT:
        facts.append(("Written", f"{person_name(text.by)}, {text.at:%Y-%m-%d}" if text.at else person_name(text.by)))
    note = "Draft: not approved, not in force." if text.key == DRAFT else ""
    if text.file is not None:
        facts += [("File", f"{text.file.name}, {size_words(text.file.size)}"), ("SHA-256", text.file.sha256)]
    return Sheet(record.label, text.text or _COVER, facts, f"{record.id} · {record.label} · {text.title}", note, person_name(owner))
