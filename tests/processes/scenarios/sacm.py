# SPDX-License-Identifier: Apache-2.0
"""PR4 Service availability and continuity management."""

from __future__ import annotations

from typing import Any

from tests.processes.drive import Scenario

SCENARIOS: list[Scenario] = []


def risk(
    likelihood: str, impact: str, level: str, treatment: str, review_in: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"likelihood": likelihood, "impact": impact}, {
        "level": level,
        "treatment": treatment,
        "review_in": review_in,
    }


TABLES = {
    "risk_level": [
        risk("possible", "low", "low", "accept", "P1Y"),
        risk("certain", "low", "medium", "decide", "P1Y"),
        risk("rare", "medium", "low", "accept", "P1Y"),
        risk("possible", "medium", "medium", "decide", "P1Y"),
        risk("likely", "medium", "high", "reduce", "P3M"),
        risk("unlikely", "high", "medium", "decide", "P1Y"),
        risk("likely", "high", "high", "reduce", "P3M"),
        risk("certain", "high", "very_high", "reduce", "P1M"),
        risk("rare", "critical", "high", "reduce", "P3M"),
        risk("possible", "critical", "very_high", "reduce", "P1M"),
    ],
}
