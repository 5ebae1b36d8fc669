# SPDX-License-Identifier: Apache-2.0
"""`fitsm user`: people and their tokens."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from engine import Engine
from tests.webapp.cli.conftest import Said
from webapp.passwords import check_password

Fitsm = Callable[..., Said]

pytestmark = pytest.mark.usefixtures("filled")


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Somebody types on standard input."""
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_somebody_new_can_sign_in(fitsm: Fitsm, filled: Engine, typed: Callable[[str], None]) -> None:
    """Added with name, role and password; the password is kept only as a hash."""
    typed("correct horse battery\n")
    said = fitsm("user", "add", "nora", "--name", "Nora Ek", "--role", "desk", "--password-stdin")
    assert said.status == 0, said.err
    person, password_hash, _ = filled.people.by_login("nora") or pytest.fail("nora is not there")
    assert person.roles == {"desk"}
    assert check_password(password_hash, "correct horse battery")
    assert "Nora Ek" in fitsm("user", "list").out


@pytest.mark.parametrize(
    ("arguments", "password", "said"),
    [
        (("dana", "--name", "Other"), "correct horse battery", "already signs in as 'dana'"),
        (("nora", "--name", "Nora", "--role", "wizard"), "correct horse battery", "no role 'wizard'"),
        (("nora", "--name", "Nora"), "short", "not good enough"),
    ],
)
def test_what_cannot_be_added_is_told(
    fitsm: Fitsm, typed: Callable[[str], None], arguments: tuple[str, ...], password: str, said: str
) -> None:
    """A taken login, an unknown role, a weak password: each with a way out, and nobody is added."""
    typed(f"{password}\n")
    refused = fitsm("user", "add", *arguments, "--password-stdin")
    assert refused.status == 1
    assert said in refused.err
    assert "Nora" not in fitsm("user", "list").out


def test_a_new_password_counts_at_once(fitsm: Fitsm, filled: Engine, typed: Callable[[str], None]) -> None:
    """It replaces the old one and ends the sessions."""
    before = filled.people.session_epoch("dana")
    typed("another long sentence\n")
    assert fitsm("user", "passwd", "dana", "--password-stdin").status == 0
    _, password_hash, epoch = filled.people.by_login("dana") or pytest.fail("dana is not there")
    assert check_password(password_hash, "another long sentence")
    assert epoch > before


def test_a_token_is_shown_once(fitsm: Fitsm, filled: Engine) -> None:
    """The token itself is printed and nowhere kept; its label is."""
    token = fitsm("user", "token", "dana", "--label", "nightly import").out.strip()
    assert token.startswith("fitsm_")
    assert len(token) > 40
    (kept,) = filled.people.tokens(filled.people.actor("dana"), "dana")
    assert kept.label == "nightly import"


def test_roles_can_be_looked_up(fitsm: Fitsm) -> None:
    """Whoever adds people sees which roles there are."""
    assert {role["id"] for role in fitsm("user", "roles", "--json").json} >= {"desk", "administrator"}
