# SPDX-License-Identifier: Apache-2.0
"""Armed timers as values. When one is due is `engine.bpmn.timing`'s word, firing is `engine.facade.time`'s."""

from __future__ import annotations

from typing import Any

from engine.values import Timer


def as_value(row: Any) -> Timer:
    return Timer(
        id=f"{row.instance_id}.{row.token}.{row.element}",
        case_id=row.instance_id,
        element=row.element,
        name=row.name,
        due_at=row.due_at,
        case_title=row.case_title,
    )
