# SPDX-License-Identifier: Apache-2.0
"""The sample people. They exist only in a database that was filled with the sample organisation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import orjson

from engine import Engine
from engine.values import SYSTEM, Person
from webapp.passwords import hash_password

SAMPLE_PASSWORD = "fitsm-demo-2026"  # noqa: S105 - documented, and only for the sample people


@dataclass(frozen=True, slots=True)
class SamplePerson:
    login: str
    name: str
    title: str
    roles: tuple[str, ...]
    deputy: str | None = None


@cache
def sample_people() -> tuple[SamplePerson, ...]:
    """Everybody of the sample, in the order they are shown for signing in."""
    rows = orjson.loads(Path(__file__).with_name("people.json").read_bytes())
    return tuple(SamplePerson(**{**row, "roles": tuple(row["roles"])}) for row in rows)


def add_people(engine: Engine) -> int:
    """Add everybody; their ids are their logins. One hash for all: it is no secret, and hashing is slow on purpose."""
    password_hash = hash_password(SAMPLE_PASSWORD)
    known = {role.id for role in engine.roles()}
    # whoever deputises for somebody comes before them
    everybody = sorted(sample_people(), key=lambda one: one.deputy is not None)
    for one in everybody:
        person = Person(
            id=one.login,
            name=one.name,
            email=f"{one.login}@fitsm.example",
            roles=frozenset(one.roles) & known,
            deputy_id=one.deputy,
        )
        engine.people.add(SYSTEM, person, login=one.login, password_hash=password_hash)
    return len(everybody)


def holders(role: str) -> list[str]:
    """Ids of the sample people who hold a role."""
    return [one.login for one in sample_people() if role in one.roles]
