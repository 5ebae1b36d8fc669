# SPDX-License-Identifier: Apache-2.0
"""Calls as the pages show them, and what a person writes to skip one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from engine.errors import FormInvalid
from engine.values import Call, FieldError


def failed(calls: Iterable[Call]) -> list[Call]:
    """Those that nobody calls any more."""
    return [call for call in calls if call.state == "failed"]


def retrying(calls: Iterable[Call]) -> list[Call]:
    """Those that failed and will be made again by themselves."""
    return [call for call in calls if call.state != "failed" and call.error]


def skipping(form: Mapping[str, str]) -> tuple[str, Any]:
    """Reason and answer. Raises FormInvalid when there is no reason or the answer is no JSON."""
    reason, text = form.get("reason", "").strip(), form.get("result", "").strip()
    faults = [] if reason else [FieldError(("reason",), "Say why the case can go on without it; the history keeps it.")]
    result = None
    if text:
        try:
            result = json.loads(text)
        except ValueError:
            faults.append(FieldError(("answer",), "This is no JSON value; texts go in double quotes."))
    if faults:
        raise FormInvalid(faults)
    return reason, result
