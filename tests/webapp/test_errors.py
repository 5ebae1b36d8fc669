# SPDX-License-Identifier: Apache-2.0
"""Errors: every class of the engine has a status, and people and scripts are told in their own way."""

from __future__ import annotations

import pytest
from flask import Flask

from engine import errors as engine_errors
from engine.errors import EngineError, FormInvalid, StorageFailed, TaskTaken
from engine.values import FieldError
from tests.webapp.browsing import Browser
from webapp.errors import TITLES, WAYS_OUT, problem_of, status_of


def kinds(base: type[EngineError] = EngineError) -> list[type[EngineError]]:
    return [base, *(found for sub in base.__subclasses__() for found in kinds(sub))]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_every_engine_error_has_a_status_with_words(kind: type[EngineError]) -> None:
    """Title and way out exist for each status that an error can lead to."""
    error = kind.__new__(kind)
    EngineError.__init__(error, "Something is so.")
    assert status_of(error) in TITLES
    assert status_of(error) in WAYS_OUT
    assert kind is EngineError or status_of(error) != 500


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (engine_errors.NotFound("x"), 404),
        (engine_errors.NotAllowed("x"), 403),
        (TaskTaken("x"), 409),
        (engine_errors.VersionConflict("x"), 409),
        (FormInvalid([FieldError(("a",), "m")]), 422),
        (engine_errors.ExpressionFailed("x"), 422),
        (StorageFailed("The database is locked."), 503),
        (StorageFailed("The disk is full."), 507),
    ],
)
def test_the_table_says(error: EngineError, status: int) -> None:
    """The statuses that islands and API clients rely on."""
    assert status_of(error) == status


def test_faults_of_fields_become_paths(app: Flask) -> None:
    """The shape that the form island reads."""
    with app.test_request_context("/tasks/1/complete", method="POST"):
        problem = problem_of(FormInvalid([FieldError(("items", 0, "name"), "is missing")]))
    assert dict(problem.extra) == {"errors": [{"path": ["items", 0, "name"], "message": "is missing"}]}


def test_storage_faults_say_that_nothing_is_lost() -> None:
    """The most frightening error calms down."""
    problem = problem_of(StorageFailed("The database is locked."))
    assert "what you typed is still in the page" in problem.hint


def test_unknown_addresses_and_methods(dana: Browser) -> None:
    """A page for people, a problem for scripts."""
    page = dana.open("/no/such/page")
    assert page.status_code == 404
    assert "Nothing is here" in page.text
    problem = dana.fetch("/no/such/page")
    assert problem.mimetype == "application/problem+json"
    assert problem.json is not None
    assert (problem.json["status"], problem.json["title"]) == (404, "Nothing is here")
    assert dana.open("/cases/start/x").status_code == 405


def test_an_unforeseen_error_is_told_without_its_inside(app: Flask) -> None:
    """People see a number to report, never a trace."""

    @app.get("/broken")
    def broken() -> str:
        raise ZeroDivisionError("secret detail")

    answer = Browser(app).open("/broken")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert answer.headers["X-Request-ID"] in answer.text


def test_an_error_in_a_piece_of_a_page_is_a_notice(dana: Browser) -> None:
    """htmx shows it where notices go; no second page within the page."""
    answer = dana.send("/tasks/nothing/claim", htmx=True)
    assert answer.status_code == 404
    assert answer.text.lstrip().startswith('<div class="notice')


def test_a_request_that_is_too_large_is_refused(dana: Browser) -> None:
    """413 in plain words, before anything is read into memory."""
    answer = dana.post_json("/tasks/nothing/draft", {"data": {"text": "x" * (5 * 1024 * 1024)}})
    assert answer.status_code == 413
    assert answer.json is not None
    assert answer.json["title"] == "That is too large"
