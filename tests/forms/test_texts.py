# SPDX-License-Identifier: Apache-2.0
"""What the shipped forms ask for in writing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from engine import forms
from tests.forms.test_both_sides import FORMS, schema_of

#: Keywords of a text that is chosen or checked otherwise.
CHOSEN = {"oneOf", "enum", "const", "format", "pattern", "x-roles", "x-person", "x-register"}


def unwritten(schema: Mapping[str, Any], known: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """The texts that must be there and may be nothing but blanks."""
    known = {**known, **forms.fields(schema)}
    for name in schema.get("required", ()):
        field = known.get(name, {})
        if field.get("type") == "string" and not field.get("minLength") and not CHOSEN & field.keys():
            yield f"{path}{name}"
    for part in [*schema.get("allOf", ()), *(schema[name] for name in ("then", "else") if name in schema)]:
        yield from unwritten(part, known, path)
    for name, field in schema.get("properties", {}).items():
        for inner in (field, field.get("items", {})):
            yield from unwritten(inner, {}, f"{path}{name}.")


@pytest.mark.parametrize("form", FORMS)
def test_a_text_that_is_needed_is_more_than_blanks(form: str) -> None:
    """Evidence, reasons and verifications that nobody wrote are none."""
    assert list(unwritten(schema_of(form), {})) == []
