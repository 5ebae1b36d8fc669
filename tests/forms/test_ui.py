# SPDX-License-Identifier: Apache-2.0
"""How the shipped forms look: what their second file (`*.ui.json`) says is about fields that they have."""

from __future__ import annotations

import json

import pytest

from engine import forms
from tests.forms.test_both_sides import FORMS, ROOT, schema_of


@pytest.mark.parametrize("form", FORMS)
def test_its_order_and_widgets_are_of_its_fields(form: str) -> None:
    file = ROOT / "forms" / f"{form.removesuffix('.json')}.ui.json"
    look = json.loads(file.read_text()) if file.exists() else {}
    named = {name for name in look if not name.startswith("ui:")} | {*look.get("ui:order", ())} - {"*"}
    assert named <= forms.fields(schema_of(form)).keys()
