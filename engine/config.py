# SPDX-License-Identifier: Apache-2.0
"""What an engine needs to know before it starts. The engine itself never reads the environment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Sealing:
    """How histories are sealed: by which private key, under which name, how often, and where signed heads go at once.

    A seal is due ``every`` so often, and sooner when ``events`` came in meanwhile. ``witness_dir`` is a folder that the
    operator mounts from elsewhere. ``name`` stands in every head; best a name that no other installation has.
    """

    key_file: Path
    name: str = "fitsm-flow"
    witness_dir: Path | None = None
    every: timedelta = timedelta(minutes=1)
    events: int = 100


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """``content_dir`` holds the shipped ``processes/`` and ``forms/``; ``timezone`` is an IANA name.

    Without ``sealing`` histories are chained but not sealed.
    """

    database_url: str
    content_dir: Path
    timezone: str = "Europe/Berlin"
    sealing: Sealing | None = None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)
