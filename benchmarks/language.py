# SPDX-License-Identifier: Apache-2.0
"""What single pieces cost: an expression, a script, working time, verifying an event."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from benchmarks.measure import Figure, Report, each, middle, scratch, timed
from benchmarks.subject import ROOT, Loop, Rows, add_worker, open_on
from engine import SYSTEM
from engine.scripts import Context, ScriptRunner, compile_expression, compile_script
from engine.worktime import Calendar

CALENDAR = ROOT / "processes" / "calendars" / "default.json"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def run() -> Report:
    report = Report("language", "Single pieces")
    context = Context(now=NOW, case_id="bench")
    condition = compile_expression('priority == "P1" and users > 3')
    values = {"priority": "P1", "users": 5}
    calendar = Calendar.from_json(json.loads(CALENDAR.read_text(encoding="utf-8")))
    pieces = {
        "expression": lambda: condition.evaluate(values, context),
        "add PT8H of working time": lambda: calendar.add(NOW, "PT8H"),
    }
    for name, act in pieces.items():
        report.figures.append(Figure(name, middle(each(act, repeat=200, rounds=20))))
    script = compile_script("total = amount * 2")
    with ScriptRunner() as runner:
        script.run({"amount": 3}, context, runner)
        took = middle(each(lambda: script.run({"amount": 3}, context, runner), repeat=5, rounds=20))
    report.figures.append(Figure("script", took))
    with scratch() as folder:
        engine = open_on(folder)
        rows = Rows(folder)
        try:
            loop = Loop(engine, rows, add_worker(engine))
            loop.go(250)
            events = engine.verify(SYSTEM, loop.id).events
            seconds = middle([timed(lambda: engine.verify(SYSTEM, loop.id)) for _ in range(3)])
            report.figures.append(Figure("verify and replay, per event", seconds / events, note=f"{events} events"))
        finally:
            rows.close()
            engine.close()
    return report
