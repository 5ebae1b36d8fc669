# SPDX-License-Identifier: Apache-2.0
"""What the sign-in pages show: sample people and the words for refusals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine import Engine
from engine.values import Person
from webapp import demo, passwords
from webapp.auth import sessions
from webapp.ext import get_engine
from webapp.filters import role_title


@dataclass(frozen=True, slots=True)
class Sample:
    """A person of the sample organisation and, in words, what they do."""

    login: str
    name: str
    roles: str


def samples(engine: Engine) -> tuple[Sample, ...]:
    """The sample people who are in this database, in the order they are presented."""
    found = ((login, engine.people.by_login(login)) for login in demo.LOGINS)
    return tuple(_sample(login, entry[0]) for login, entry in found if entry and entry[0].active)


def _sample(login: str, person: Person) -> Sample:
    return Sample(login, person.name, ", ".join(sorted(map(role_title, person.roles))))


def wait_words(seconds: int) -> str:
    """How long to wait after too many failures."""
    minutes = -(-seconds // 60)
    unit = "minute" if minutes == 1 else "minutes"
    return f"Too many failed attempts. Try again in {minutes} {unit}, or ask an administrator for a new password."


def password_fault(person_id: str, form: Mapping[str, str]) -> str:
    """Why the password is not changed, as a sentence; empty when it can be."""
    login = get_engine().people.login_of(person_id)
    if wait := sessions.wait_for(login):
        return wait_words(wait)
    if sessions.check(login, form.get("old", "")) is None:
        return "The present password is not right."
    return passwords.fault_of(form.get("new", ""), form.get("again", ""))
