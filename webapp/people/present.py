# SPDX-License-Identifier: Apache-2.0
"""People as the pages show them, and what an administrator typed about a new one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from werkzeug.datastructures import MultiDict

from engine.errors import FormInvalid
from engine.values import FieldError, Person, Role
from webapp import passwords
from webapp.filters import role_title

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}[a-z0-9]")


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A new person as typed; ``faults`` by field, empty when it can be added."""

    person: Person
    login: str
    password: str
    faults: dict[str, str] = field(default_factory=dict)


def new_person(form: MultiDict[str, str], known: Iterable[Role]) -> NewPerson:
    """Read the form of a new person. The login becomes the person's id."""
    login, name, password = (
        form.get("login", "").strip().lower(),
        form.get("name", "").strip(),
        form.get("password", ""),
    )
    email = form.get("email", "").strip()
    faults = {
        "name": "" if name else "Give the name as colleagues know it.",
        "login": ""
        if _LOGIN.fullmatch(login)
        else "3 to 64 small letters, digits, dots and hyphens, e.g. dana.miller.",
        "email": "" if not email or "@" in email[1:-1] else "This is no e-mail address.",
        "password": passwords.fault_of(password),
    }
    person = Person(login, name, email, chosen_roles(form, known))
    return NewPerson(person, login, password, {key: text for key, text in faults.items() if text})


def changed(person: Person, form: MultiDict[str, str]) -> Person:
    """The person with the details as typed. Raises FormInvalid without a name or with a broken address."""
    name, email = form.get("name", "").strip(), form.get("email", "").strip()
    faults = [] if name else [FieldError(("name",), "Give the name as colleagues know it.")]
    if email and "@" not in email[1:-1]:
        faults.append(FieldError(("email",), "This is no e-mail address."))
    if faults:
        raise FormInvalid(faults)
    deputy = form.get("deputy") or None
    return replace(person, name=name, email=email, deputy_id=deputy if deputy != person.id else None)


def chosen_roles(form: MultiDict[str, str], known: Iterable[Role]) -> frozenset[str]:
    """The ticked roles that exist."""
    return frozenset(form.getlist("roles")) & {role.id for role in known}


def by_process(roles: Iterable[Role]) -> dict[str, list[Role]]:
    """Roles under the process they belong to; those of no process first."""
    groups: dict[str, list[Role]] = {}
    for role in sorted(roles, key=lambda each: (each.process != "", each.process, each.title)):
        groups.setdefault(role.process or "Everywhere", []).append(role)
    return groups


def hit(person: Person) -> dict[str, str]:
    """A person as a picker shows them."""
    return {"id": person.id, "label": person.name, "hint": ", ".join(sorted(map(role_title, person.roles)))}
