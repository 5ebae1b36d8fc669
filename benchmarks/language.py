# SPDX-License-Identifier: Apache-2.0
"""The small parts of a step: expressions, decision tables, scripts, working time, and verifying what was recorded.

Each against the plain thing underneath: Python's own evaluation (which is not bounded and not safe), the sandbox with
an empty script, clock arithmetic without a calendar, and re-running the recorded commands alone.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from benchmarks.measure import Figure, Report, interleaved, middle, scratch
from benchmarks.subject import LOOP, ROOT, Floor, Loop, Recorded, Rows, add_worker, open_on
from engine import SYSTEM
from engine.bpmn import read_decision
from engine.decisions import evaluate
from engine.scripts import Context, ScriptRunner, compile_expression, compile_script
from engine.worktime import Calendar

ROUNDS = 15
NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
CONTEXT = Context(NOW, actor="anna", case_id="c")
VARIABLES: dict[str, Any] = {"impact": "high", "urgency": "high", "affected_users": 40, "service": "SVC-1", "items": []}
EXPRESSION = 'impact in ["high", "critical"] and urgency == "high" and affected_users * 2 >= 50'
SCRIPT = """
level = 1
total = 0
for number in [3, 5, 8, 13]:
    total = total + number
if total > 20 and urgency == "high":
    level = 2
"""
TURNS = 100  #: of the case that is verified; two events each

#: The table isrm_priority as a Python programmer would write it.
_PLAIN = {"critical": 0, "high": 1, "medium": 2, "low": 3}


def run() -> Report:
    report = Report("language", "The parts of a step")
    report.figures += [_expression(), _decision(), _script(), _working_time(), _verify()]
    return report


def _figure(what: str, own: Any, against: str, floor: Any, repeat: int) -> Figure:
    times = interleaved([own, floor], repeat=repeat, rounds=ROUNDS)
    return Figure(what, middle(times[0]), against, middle(times[1]))


def _expression() -> Figure:
    expression = compile_expression(EXPRESSION)
    code = compile(EXPRESSION, "floor", "eval")
    assert expression.evaluate(VARIABLES, CONTEXT) is True
    return _figure(
        "expression (three comparisons)",
        lambda: expression.evaluate(VARIABLES, CONTEXT),
        "Python's eval, compiled",
        lambda: eval(code, {}, VARIABLES),
        500,
    )


def _decision() -> Figure:
    content = (ROOT / "processes" / "bpmn" / "PR9-ISRM" / "priority.dmn").read_bytes()
    table = read_decision(content, "isrm_priority")

    def plain() -> str:
        return f"P{min(5, max(1, _PLAIN[VARIABLES['impact']] + _PLAIN[VARIABLES['urgency']]))}"

    return _figure(
        f"decision ({len(table.rules)} rules)",
        lambda: evaluate(table, VARIABLES, CONTEXT),
        "the same in Python",
        plain,
        100,
    )


def _script() -> Figure:
    script, empty = compile_script(SCRIPT), compile_script("level = 1")
    with ScriptRunner() as runner:
        assert script.run(VARIABLES, CONTEXT, runner)["level"] == 2
        return _figure(
            "script (a loop and a branch)",
            lambda: script.run(VARIABLES, CONTEXT, runner),
            "a script of one assignment",
            lambda: empty.run(VARIABLES, CONTEXT, runner),
            10,
        )


def _working_time() -> Figure:
    content = (ROOT / "processes" / "calendars" / "default.json").read_bytes()
    calendar, zone = Calendar.from_json(orjson.loads(content)), ZoneInfo("Europe/Berlin")
    return _figure(
        "add working time (20 hours)",
        lambda: calendar.add(NOW, "PT20H"),
        "clock time, in the zone",
        lambda: (NOW + timedelta(hours=20)).astimezone(zone),
        100,
    )


def _verify() -> Figure:
    with scratch() as folder:
        engine = open_on(folder)
        rows, floor = Rows(folder), Floor(engine, folder)
        try:
            loop = Loop(engine, rows, add_worker(engine))
            loop.go(TURNS)
            tokens, variables = rows.state(loop.id)
            loop.step()
            events = engine.history(SYSTEM, loop.id)
            digest = engine.definition(LOOP).digest
            floor.prepare(digest)
            recorded = Recorded(events[-1], tokens, variables, digest, loop.actor.person_id)
            assert engine.verify(SYSTEM, loop.id).reproduced
            times = interleaved(
                [lambda: engine.verify(SYSTEM, loop.id), lambda: [floor.run(recorded) for _ in events]], rounds=5
            )
        finally:
            rows.close()
            floor.close()
            engine.close()
    own, alone = ([one / len(events) for one in column] for column in times)
    return Figure("verify, per event", middle(own), "run alone", middle(alone))
