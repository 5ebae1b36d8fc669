# SPDX-License-Identifier: Apache-2.0
"""People and roles, as administrators manage them."""

from __future__ import annotations

import pytest
from flask import Flask

from engine import SYSTEM, Engine
from tests.webapp.browsing import Browser
from tests.webapp.conftest import PASSWORD


@pytest.fixture
def root(app: Flask) -> Browser:
    return Browser(app).sign_in("root", PASSWORD)


NEW = {
    "login": "nora.new",
    "name": "Nora New",
    "email": "nora@example.org",
    "password": "a first sentence",
    "roles": "desk",
}


def test_a_new_person_can_sign_in(app: Flask, root: Browser) -> None:
    """With the roles that were ticked."""
    assert root.send("/people/new", **NEW).status_code == 303
    nora = Browser(app).sign_in("nora.new", "a first sentence")
    assert "Desk" in nora.open("/me").text


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", " ", "Give the name"),
        ("login", "Nora New!", "small letters"),
        ("login", "dana", "has this login already"),
        ("email", "nora", "no e-mail address"),
        ("password", "short", "at least 10 characters"),
    ],
)
def test_what_is_missing_stands_at_its_field(root: Browser, field: str, typed: str, said: str) -> None:
    """422; what was typed stays, except the password."""
    page = root.send("/people/new", **{**NEW, field: typed})
    assert page.status_code == 422
    assert said in page.text
    if field != "name":
        assert "Nora New" in page.text
    assert "a first sentence" not in page.text


def test_roles_count_from_the_next_click(engine: Engine, root: Browser, sam: Browser) -> None:
    """Unknown roles are ignored."""
    assert sam.open("/cases/start").text.count("Handle a request") == 0
    root.client.post("/people/sam/roles", data={"csrf_token": root.token, "roles": ["desk", "support", "king"]})
    assert engine.people.get("sam").roles == {"desk", "support"}
    assert "Handle a request" in sam.open("/cases/start").text


def test_switching_off_and_on(root: Browser, dana: Browser) -> None:
    """Sessions end at once; the page says so and offers the way back."""
    root.send("/people/dana/active", active="no")
    assert "switched off" in root.open("/people/dana").text
    assert dana.open("/").status_code == 303
    root.send("/people/dana/active", active="yes")
    assert "may sign in" in root.open("/people/dana").text


def test_an_administrator_sets_a_new_password(app: Flask, root: Browser, dana: Browser) -> None:
    """The person's sessions end; the new password works."""
    assert root.send("/people/dana/password", password="short").status_code == 422
    assert root.send("/people/dana/password", password="set by the administrator").status_code == 303
    assert dana.open("/").status_code == 303
    Browser(app).sign_in("dana", "set by the administrator")


def test_the_list_can_be_searched(root: Browser) -> None:
    """By name and role; htmx gets the list alone."""
    page = root.open("/people/?role=support", htmx=True).text
    assert "Sam" in page
    assert "Dana" not in page
    assert "Nobody matches" in root.open("/people/?q=zzz").text


def test_the_picker_gives_names_and_roles(dana: Browser) -> None:
    """For fields that hold a person."""
    assert dana.fetch("/people/search?q=sa").json == [{"id": "sam", "label": "Sam", "hint": "Support"}]
    assert dana.fetch("/people/search?id=sam").json == [{"id": "sam", "label": "Sam", "hint": "Support"}]
    assert [hit["id"] for hit in dana.fetch("/people/search?q=&role=support").json or []] == ["sam"]
    assert dana.fetch("/people/search?id=nobody").json == []


def test_the_system_page_tells_how_it_is(root: Browser, request_case: str) -> None:
    """Running and failed cases, timers, database."""
    page = root.open("/system").text
    for text in ("running cases", "cases that stand still", "sqlite:///", "No timer runs"):
        assert text in page


def test_details_and_deputy(engine: Engine, root: Browser) -> None:
    """Name, address and deputy are changed; nobody is their own deputy, and a nameless person is refused."""
    assert root.send("/people/sam/details", name="Sam Smith", email="s@example.org", deputy="dana").status_code == 303
    changed = engine.people.get("sam")
    assert (changed.name, changed.email, changed.deputy_id) == ("Sam Smith", "s@example.org", "dana")
    assert "Sam Smith" in root.open("/people/sam").text
    root.send("/people/sam/details", name="Sam Smith", deputy="sam")
    assert engine.people.get("sam").deputy_id is None
    assert root.send("/people/sam/details", name=" ").status_code == 422


def test_whoever_starts_or_completes_is_told_of_a_role_without_a_holder(
    app: Flask, engine: Engine, dana: Browser
) -> None:
    """The step waits, and who did the last one, the case and the task say for what."""
    dana.open("/cases/start")
    task = dana.send("/cases/start/DESK_handle_request").location
    engine.people.set_active(SYSTEM, "sam", False)
    answer = dana.post_json(f"{task}/complete", {"data": {"title": "A second screen", "urgent": False}})
    told = "“Answer the request” waits for the role Support, which nobody holds."
    page = dana.open(answer.json["location"]).text
    assert page.count(told) == 2, "once as the answer to what was done, once on the case"
    assert "nobody may take it" in page
    (waiting,) = [t for t in engine.case(SYSTEM, answer.json["location"].rpartition("/")[2]).tasks if t.state == "open"]
    lea = Browser(app).sign_in("lea", PASSWORD)
    page = lea.open(f"/tasks/{waiting.id}").text
    assert told in page
    assert '<option value="dora">' in page, "without a holder anybody may be assigned"
    engine.people.set_active(SYSTEM, "sam", True)
    assert told not in lea.open(f"/tasks/{waiting.id}").text
