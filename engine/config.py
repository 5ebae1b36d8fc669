# SPDX-License-Identifier: Apache-2.0
"""What an engine needs to know before it starts. The engine itself never reads the environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """``content_dir`` holds the shipped ``processes/`` and ``forms/``; ``timezone`` is an IANA name."""

    database_url: str
    content_dir: Path
    timezone: str = "Europe/Berlin"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)
