# SPDX-License-Identifier: Apache-2.0
"""What an engine needs to know before it starts. The engine itself never reads the environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal
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
class MailServer:
    """Who takes the mails of ``mail/send`` (RFC 5321), and the address they come from.

    ``security``: ``tls`` from the first byte, ``starttls`` before anything else, or ``none``.
    """

    host: str
    sender: str
    port: int = 25
    security: Literal["none", "starttls", "tls"] = "none"
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Services:
    """How the services of service tasks are called.

    ``timeout``: how long one attempt may take. An attempt that was begun and not ended after twice that time counts as
    lost (its process died) and is made again, with the same key.
    ``hosts``: where ``http/post`` may go, as `engine.connectors.addresses` reads it; empty for every public address.
    ``mail``: without it ``mail/send`` fails.
    """

    timeout: timedelta = timedelta(seconds=30)
    hosts: tuple[str, ...] = ()
    mail: MailServer | None = None

    @property
    def lease(self) -> timedelta:
        return 2 * self.timeout


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """``content_dir`` holds the shipped ``processes/`` and ``forms/``; ``timezone`` is an IANA name.

    ``message_ttl``: how long a message is kept while nobody waits for it (ISO 8601), if it does not say so itself.
    Without ``sealing`` histories are chained but not sealed. With ``queue`` (PostgreSQL only) what becomes due is a job
    in the database, done by whichever process has called ``Engine.start_timers``; without, by this process alone.
    """

    database_url: str
    content_dir: Path
    timezone: str = "Europe/Berlin"
    sealing: Sealing | None = None
    services: Services = field(default_factory=Services)
    queue: bool = False
    message_ttl: str = "P30D"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)
