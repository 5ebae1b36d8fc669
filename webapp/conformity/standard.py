# SPDX-License-Identifier: Apache-2.0
"""What the standard asks of each process: its requirements, and the activities that bear on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from engine.errors import Invalid
from webapp.coverage import Catalogue, read_catalogue


@dataclass(frozen=True, slots=True)
class Requirement:
    """``text``: a paraphrase, not the standard's words. ``activities``: ids of the catalogue."""

    id: str
    text: str
    activities: tuple[str, ...]

    @property
    def process(self) -> str:
        """The id of the process or general aspect that it belongs to."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Standard:
    """``titles``: activity -> title; ``ongoing``: those that are done again and again, not once to set a process up."""

    name: str
    attribution: str
    requirements: tuple[Requirement, ...]
    catalogue: Catalogue
    titles: Mapping[str, str]
    ongoing: frozenset[str]


def read_standard(folder: Path) -> Standard:
    """Read `processes/fitsm/`.

    Raises:
        Invalid: a file is not there or is no JSON, or a requirement names an activity that the catalogue has not.
    """
    catalogue = read_catalogue(folder)
    try:
        told = orjson.loads((folder / "requirements.json").read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError) as error:
        raise Invalid("processes/fitsm/requirements.json cannot be read.", hint=str(error)) from error
    parts = (*catalogue.processes, *catalogue.general)
    titles = {one.id: one.title for part in parts for one in (*part.setup, *part.ongoing)}
    ongoing = frozenset(one.id for part in parts for one in part.ongoing)
    requirements = tuple(Requirement(r["id"], r["text"], tuple(r["activities"])) for r in told["requirements"])
    if unknown := sorted({name for one in requirements for name in one.activities} - titles.keys()):
        raise Invalid(f"A requirement names '{unknown[0]}', which is no activity.", hint="Mend requirements.json.")
    return Standard(told["standard"], told["attribution"], requirements, catalogue, titles, ongoing)
