# SPDX-License-Identifier: Apache-2.0
"""What the sign-in pages show: sample people and the words for refusals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine import Engine
from webapp import demo, passwords
from webapp.auth import sessions
from webapp.ext import get_engine


@dataclass(frozen=True, slots=True)
class Sample:
    """A person of the sample organisation and, in words, what they do."""

    login: str
    name: str
    title: str


def samples(engine: Engine) -> tuple[Sample, ...]:
    """The sample people who are in this database, in the order they are presented."""
    found = ((one, engine.people.by_login(one.login)) for one in demo.sample_people())
    return tuple(Sample(one.login, one.name, one.title) for one, entry in found if entry and entry[0].active)


def is_sample(login: str) -> bool:
    """Is this the login of a sample person?"""
    return login in {one.login for one in demo.sample_people()}


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
