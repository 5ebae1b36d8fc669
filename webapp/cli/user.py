# SPDX-License-Identifier: Apache-2.0
"""`fitsm user`: who may sign in. The first administrator of a new installation is made here."""

from __future__ import annotations

import hashlib
import secrets
import sys

import click

from engine import Engine
from engine.errors import Conflict, Invalid, NotFound
from engine.values import Person
from webapp.cli import show
from webapp.cli.session import acting, as_json, as_login, opened
from webapp.passwords import fault_of, hash_password


@click.group()
def user() -> None:
    """People who sign in: add, passwd, list, token."""


@user.command()
@click.argument("login_name", metavar="LOGIN")
@click.option("--name", required=True, help="Full name.")
@click.option("--email", default="")
@click.option("--role", "roles", multiple=True, help="Role id; repeat for more. 'fitsm user roles' lists them.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@as_login
@as_json
def add(
    login_name: str,
    name: str,
    email: str,
    roles: tuple[str, ...],
    password_stdin: bool,
    login: str | None,
    as_json: bool,
) -> None:
    """Add a person who signs in as LOGIN."""
    with opened() as (engine, _):
        actor = acting(engine, login)
        if engine.people.by_login(login_name):
            raise Conflict(f"Somebody already signs in as '{login_name}'.", hint="Choose another login.")
        _known_roles(engine, roles)
        person = Person(id=login_name, name=name, email=email, roles=frozenset(roles))
        password_hash = hash_password(_ask_password(password_stdin))
        made = engine.people.add(actor, person, login=login_name, password_hash=password_hash)
    if as_json:
        show.json(made)
    else:
        show.good(f"{name} can sign in as '{login_name}'.")


@user.command()
@click.argument("login_name", metavar="LOGIN")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@as_login
def passwd(login_name: str, password_stdin: bool, login: str | None) -> None:
    """Set a new password for LOGIN; ends the person's sessions."""
    with opened() as (engine, _):
        actor = acting(engine, login)
        person = _person(engine, login_name)
        engine.people.set_password(actor, person.id, hash_password(_ask_password(password_stdin)))
    show.good(f"{person.name} has a new password.")


@user.command("list")
@as_json
def list_(as_json: bool) -> None:
    """List everybody."""
    with opened() as (engine, _):
        people = engine.people.find("", limit=10_000)
    if as_json:
        show.json(people)
        return
    rows = [(one.id, one.name, one.email, one.roles, "" if one.active else "inactive") for one in people]
    show.table(["ID", "NAME", "MAIL", "ROLES", ""], rows, empty="Nobody yet. Add somebody with: fitsm user add")


@user.command()
@as_json
def roles(as_json: bool) -> None:
    """List the roles that people can hold."""
    with opened() as (engine, _):
        known = engine.roles()
    if as_json:
        show.json(known)
        return
    rows = [(role.id, role.title, role.process) for role in known]
    show.table(["ROLE", "TITLE", "PROCESS"], rows, empty="No roles are published. Publish them with: fitsm deploy")


@user.command()
@click.argument("login_name", metavar="LOGIN")
@click.option("--label", default="", help="What the token is for.")
@as_login
@as_json
def token(login_name: str, label: str, login: str | None, as_json: bool) -> None:
    """Make a token with which a program acts as LOGIN in the REST API. It is shown once and kept only as a hash."""
    with opened() as (engine, _):
        actor = acting(engine, login)
        person = _person(engine, login_name)
        secret = f"fitsm_{secrets.token_urlsafe(32)}"
        token_id = engine.people.add_token(actor, person.id, hashlib.sha256(secret.encode()).hexdigest(), label)
    if as_json:
        show.json({"id": token_id, "person_id": person.id, "token": secret})
    else:
        click.echo(secret)


def _person(engine: Engine, login_name: str) -> Person:
    known = engine.people.by_login(login_name)
    if known is None:
        raise NotFound(f"Nobody signs in as '{login_name}'.", hint="See: fitsm user list")
    return known[0]


def _known_roles(engine: Engine, roles: tuple[str, ...]) -> None:
    unknown = sorted(set(roles) - {role.id for role in engine.roles()})
    if unknown:
        raise Invalid(
            f"There is no role '{unknown[0]}'.", hint="See: fitsm user roles. Publish roles with: fitsm deploy"
        )


def _ask_password(from_stdin: bool) -> str:
    if from_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt="Again", err=True)
    fault = fault_of(password)
    if fault:
        raise Invalid("This password is not good enough.", hint=fault)
    return password
