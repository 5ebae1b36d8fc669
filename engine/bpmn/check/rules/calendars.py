# SPDX-License-Identifier: Apache-2.0
"""Calendars: whoever counts working time on one by its name must have it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from engine.bpmn.check.diagram import Diagram
from engine.bpmn.check.known import Known
from engine.bpmn.check.language import Text, texts_of, timers_of
from engine.bpmn.check.rule import Fault, rule
from engine.errors import ExpressionInvalid
from engine.scripts import compile_template
from engine.scripts.naming import suggestion

#: Functions of the library whose argument number so and so is the name of a calendar.
_NAMED_BY = {"add_working_time": 2, "working_time_between": 2}


@rule("calendar-unknown")
def calendar_unknown(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A calendar that an expression or script names is there, below processes/calendars/."""
    if known.calendars is None:
        return
    for written in (*texts_of(diagram), *timers_of(diagram)):
        for name in sorted(set(_named(written)) - set(known.calendars)):
            there = f"Calendars: {', '.join(sorted(known.calendars)) or 'none'}."
            message = f"{written.what} counts on the calendar '{name[:60]}', which does not exist."
            yield Fault(written.node, message, suggestion(name, known.calendars, there))


def _named(written: Text) -> Iterator[str]:
    """The calendars that a text names; what it computes is seen when it runs."""
    for source in _sources(written):
        try:
            tree = ast.parse(source.strip())
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue  # another rule says so
        yield from _in(tree)


def _in(tree: ast.AST) -> Iterator[str]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in _NAMED_BY:
            place = _NAMED_BY[call.func.id]
            given = [k.value for k in call.keywords if k.arg == "calendar"] + call.args[place : place + 1]
            for each in given:
                if isinstance(each, ast.Constant) and isinstance(each.value, str):
                    yield each.value


def _sources(written: Text) -> Iterator[str]:
    """The text itself, or the expressions of a template."""
    if written.language != "template":
        yield written.source
        return
    try:
        pieces = compile_template(written.source).pieces
    except ExpressionInvalid:
        return
    yield from (piece.source for piece in pieces if not isinstance(piece, str))
