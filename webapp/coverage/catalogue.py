# SPDX-License-Identifier: Apache-2.0
"""The standard as data, `processes/fitsm/`: its activities and interfaces, and which messages and registers carry these."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from engine.errors import Invalid

ANY = "ANY"  #: in an exchange: any other process


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity of a process, or a step of setting one up."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Process:
    """A process of the standard. ``rows``: the ids of its interface table."""

    id: str
    code: str
    title: str
    ongoing: tuple[Activity, ...]
    setup: tuple[Activity, ...]
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """What goes from one process (a code, or ANY) to another, and what carries it; every carrier has both ends."""

    source: str
    target: str
    rows: tuple[str, ...]
    messages: tuple[str, ...] = ()
    registers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """``general``: what the standard asks of the management system itself, beside its processes.

    ``later``: interface rows that are not looked for yet, with the reason. ``outside``: kind -> name -> reason for what
    has one end only: the other is a party outside, or nothing but a person's permission.
    """

    processes: tuple[Process, ...]
    general: tuple[Process, ...]
    exchanges: tuple[Exchange, ...]
    later: Mapping[str, str] = field(default_factory=dict)
    outside: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def rows(self) -> frozenset[str]:
        return frozenset(row for process in self.processes for row in process.rows)

    def process_of(self, file: str) -> str:
        """The id of the process (or general aspect) that a file's folder is named after; empty if it is none of them."""
        known = {f"{process.id}-{process.code}": process.id for process in (*self.processes, *self.general)}
        return next((known[part] for part in Path(file).parts if part in known), "")

    def id_of(self, code: str) -> str:
        """The id of the process (or general aspect) of that code; empty if there is none."""
        return next((one.id for one in (*self.processes, *self.general) if one.code == code), "")


def read_catalogue(folder: Path) -> Catalogue:
    """Read `catalogue.json` and `interfaces.json` of ``folder``.

    Raises:
        Invalid: one of them is not there, or is no JSON.
    """
    standard, carried = _json(folder / "catalogue.json"), _json(folder / "interfaces.json")
    return Catalogue(
        processes=tuple(_process(one, "ongoing") for one in standard["processes"]),
        general=tuple(_process(one, "operation") for one in standard["general"]),
        exchanges=tuple(_exchange(one) for one in carried["exchanges"]),
        later=carried.get("later", {}),
        outside=carried.get("outside", {}),
    )


def _json(path: Path) -> Any:
    try:
        return orjson.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise Invalid(f"{path} is not there.", hint="Name a content folder that has processes/fitsm/.") from error
    except orjson.JSONDecodeError as error:
        raise Invalid(f"{path}, line {error.lineno}: {error.msg}", hint="Mend the file.") from error


def _process(one: Mapping[str, Any], ongoing: str) -> Process:
    return Process(
        id=one["id"],
        code=one["code"],
        title=one["title"],
        ongoing=tuple(_activities(one[ongoing])),
        setup=tuple(_activities(one["setup"])),
        rows=tuple(row["id"] for row in one.get("interfaces", ())),
    )


def _activities(listed: list[Mapping[str, Any]]) -> Iterator[Activity]:
    """The activities of a list, those of its groups in the place of the group."""
    for one in listed:
        yield from (Activity(each["id"], each["title"]) for each in one.get("activities", (one,)))


def _exchange(one: Mapping[str, Any]) -> Exchange:
    lists = {name: tuple(one.get(name, ())) for name in ("rows", "messages", "registers")}
    return Exchange(one["from"], one["to"], **lists)
