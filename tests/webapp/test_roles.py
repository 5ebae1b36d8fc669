# SPDX-License-Identifier: Apache-2.0
"""Roles: who holds which, since when and until when; what nobody holds stands first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from engine import Engine
from engine.values import SYSTEM, Role
from tests.webapp.browsing import Browser
from tests.webapp.conftest import PASSWORD
from webapp.roles import present


@pytest.fixture
def standing(engine: Engine) -> dict[str, present.Standing]:
    """Support is leaving in ten days, a deputy stands in; the desk's Dora left, and a new lead is planned."""
    today = engine.clock.now().date()

    def day(number: int) -> str:
        return (today + timedelta(days=number)).isoformat()

    def assign(person: str, role: str, state: str, **more: str) -> None:
        engine.write_record(SYSTEM, "duty", {"title": f"{role}: {person}", "person": person, "role": role, "state": state, **more})

    engine.people.set_active(SYSTEM, "dora", active=False)
    engine.people.set_active(SYSTEM, "lea", active=False)
    assign("sam", "support", "active", valid_from=day(-30), valid_until=day(10), deputy="dana")
    assign("guest", "lead", "planned", valid_from=day(3))
    found = present.standings(engine, engine.people.actor("ada"), today)
    return {one.role.id: one for one in found}


def test_what_nobody_holds_stands_first(standing: dict[str, present.Standing]) -> None:
    """Who left holds nothing any more; somebody who is planned does not hold it yet."""
    first = next(iter(standing.values()))
    assert first.role.id == "lead"
    assert first.is_gap
    assert [record.data["person"] for record in first.planned] == ["guest"]
    assert not standing["desk"].is_gap


def test_then_what_nobody_holds_soon(standing: dict[str, present.Standing]) -> None:
    assert list(standing)[1] == "support"
    assert standing["support"].ends


def test_an_assignment_says_since_when_and_who_stands_in(standing: dict[str, present.Standing]) -> None:
    (sam,) = standing["support"].holders
    assert (sam.person.id, sam.deputy, bool(sam.since), bool(sam.until)) == ("sam", "dana", True, True)
    (dana,) = standing["desk"].holders
    assert (dana.person.id, dana.record) == ("dana", None)


def test_gaps_are_counted_without_looking_at_everybody(engine: Engine, standing: dict[str, present.Standing]) -> None:
    assert present.gaps(engine) == sum(one.is_gap for one in standing.values()) == 1


def test_a_role_that_manages_people_is_given_by_hand(engine: Engine) -> None:
    """No record gives it, so no process offers to."""
    roles: dict[str, Role] = {role.id: role for role in engine.roles()}
    assert roles["administrator"].by_hand
    assert not roles["desk"].by_hand


def test_the_page_names_gaps_and_holders(app: Flask, standing: dict[str, present.Standing]) -> None:
    page = Browser(app).sign_in("ada", PASSWORD).open("/roles/").text
    assert "1 that nobody holds" in page
    assert page.index("Nobody holds") < page.index("Who holds which role")
    assert "nobody after" in page
    assert "given by hand" in page
    assert "deputy Dana" in page
    assert "an administrator gives it" in page


@pytest.mark.usefixtures("standing")
def test_administrators_find_it_from_the_people(app: Flask) -> None:
    """And from home, where the gaps are counted."""
    root = Browser(app).sign_in("root", PASSWORD)
    assert 'href="/roles/"' in root.open("/people/").text
    assert 'href="/roles/"><span class="stat-value">1</span>' in root.open("/home").text


def test_administrators_see_who_was_given_which_role(app: Flask, standing: dict[str, present.Standing]) -> None:
    """Without the right to read registers: since when and until when, what is planned, and the record behind it."""
    root = Browser(app).sign_in("root", PASSWORD)
    page = root.open("/roles/").text
    assert "1 that nobody holds" in page
    assert "nobody after" in page
    assert "deputy Dana" in page
    for record in (standing["support"].holders[0].record, standing["lead"].planned[0]):
        assert record is not None
        assert f'href="/registers/duty/{record.id}"' in page
        assert root.open(f"/registers/duty/{record.id}").status_code == 200
    assert root.open("/registers/manual").status_code == 403
    assert Browser(app).sign_in("guest", PASSWORD).open("/roles/").status_code == 403
