# SPDX-License-Identifier: Apache-2.0
"""Whatever a person enters, the page and the server say the same of it; and what is right passes both.

The page's check is the very code that the browser loads (`webapp/frontend/src/lib/form/validator.js`), run by Node.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import forms, typed
from hatch_build import find_node
from tests.forms.entries import TODAY, entries

ROOT = Path(__file__).parents[2]
FORMS = sorted(
    p.relative_to(ROOT / "forms").as_posix()
    for p in (ROOT / "forms").glob("*/*.json")
    if not p.name.endswith(".ui.json")
)
EACH = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


@cache
def schema_of(form: str) -> dict[str, Any]:
    registers = {p.stem: json.loads(p.read_text()) for p in (ROOT / "processes" / "registers").glob("*.json")}
    return forms.self_contained(json.loads((ROOT / "forms" / form).read_text()), registers, form)


def refused(form: str, data: dict[str, Any]) -> set[str]:
    """The fields that the server refuses."""
    schema = schema_of(form)
    found = [*forms.errors(schema, data), *typed.faults(forms.fields(schema), data, TODAY)]
    return {"." + ".".join(map(str, error.path)) for error in found}


class Page:
    """The page's check of forms, in a process of Node."""

    def __init__(self) -> None:
        node, _ = find_node()
        script = [str(node), str(Path(__file__).with_name("verdicts.mjs"))]
        self._process = subprocess.Popen(
            script, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self._sent: dict[str, int] = {}

    def refuses(self, form: str, data: Mapping[str, Any]) -> list[str]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        if form not in self._sent:
            self._sent[form] = len(self._sent)
            self._process.stdin.write(json.dumps({"is": self._sent[form], "schema": schema_of(form)}) + "\n")
        self._process.stdin.write(json.dumps({"schema": self._sent[form], "data": data, "today": TODAY.isoformat()}) + "\n")
        self._process.stdin.flush()
        return list(json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    opened = Page()
    yield opened
    opened.close()


@pytest.mark.parametrize("form", FORMS)
def test_what_is_right_passes_both(page: Page, form: str) -> None:
    @EACH
    @given(data=entries(schema_of(form), wrong=False))
    def passes(data: dict[str, Any]) -> None:
        assert (refused(form, data), page.refuses(form, data)) == (set(), []), data

    passes()


@pytest.mark.parametrize("form", FORMS)
def test_both_say_the_same_of_what_may_be_wrong(page: Page, form: str) -> None:
    """That it is wrong, and in which fields."""

    @EACH
    @given(data=entries(schema_of(form), wrong=True))
    def agree(data: dict[str, Any]) -> None:
        assert set(page.refuses(form, data)) == refused(form, data), data

    agree()


def test_there_are_right_and_wrong_ones() -> None:
    """The strategies are no empty words: of each kind many are found."""
    seen = {True: 0, False: 0}

    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def count(data: st.DataObject) -> None:
        form = data.draw(st.sampled_from(FORMS))
        seen[not forms.errors(schema_of(form), data.draw(entries(schema_of(form), wrong=True)))] += 1

    count()
    assert min(seen.values()) > 20
