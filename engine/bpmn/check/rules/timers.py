# SPDX-License-Identifier: Apache-2.0
"""Timers: one value each, of the kind that fits the event, and readable."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from engine.bpmn.check.diagram import (
    Diagram,
    Node,
    definitions_of,
    is_event_subprocess,
    kind,
    label,
    owner_of,
    prop,
    scope_of,
    text,
)
from engine.bpmn.check.known import Known
from engine.bpmn.check.language import TIMER_VALUES, fault_of_expression
from engine.bpmn.check.rule import Fault, rule
from engine.bpmn.timing import is_plain
from engine.errors import ExpressionInvalid, TimeInvalid
from engine.iso8601 import check_length, parse_datetime, parse_duration, parse_zone
from engine.recurrence import check_recurrence, parse_recurrence
from engine.scripts import compile_expression
from engine.scripts.naming import suggestion


@rule("timer-value")
def timer_value(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A timer has exactly one value: ISO 8601 of its kind, or an expression."""
    for definition in diagram.of_kind("timerEventDefinition"):
        values = [part for part in definition if kind(part) in TIMER_VALUES]
        owner = owner_of(definition)
        if len(values) != 1:
            message = f"The timer of {label(owner)} has {len(values) or 'no'} values."
            yield Fault(definition, message, "Give one: a date-time, a duration or a cycle.")
        for value in values[:1]:
            yield from _unreadable(owner, value)


@rule("timer-length")
def timer_length(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A duration is longer than nothing, at most 100 years; a cycle ever comes, and again after a second to 100 years."""
    for value in diagram.of_kind("timeDuration", "timeCycle"):
        written = text(value) if is_plain(text(value)) else _literal(text(value))
        if written is None or not _readable(value, written):
            continue
        try:
            check_length(written) if kind(value) == "timeDuration" else check_recurrence(written)
        except TimeInvalid as error:
            owner = owner_of(value.getparent())
            yield Fault(value, f"The timer of {label(owner)}, '{written[:80]}': {error.sentence}", error.hint)


@rule("timer-kind")
def timer_kind(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A cycle stands at a process's start event or a non-interrupting event; a process's start has no duration."""
    for definition in diagram.of_kind("timerEventDefinition"):
        owner = owner_of(definition)
        repeats = _begins_cases(owner) or "false" in (owner.get("cancelActivity"), owner.get("isInterrupting"))
        for value in definition:
            if kind(value) == "timeCycle" and not repeats:
                message = f"The timer of {label(owner)} fires once, so its cycle would be ignored."
                yield Fault(value, message, "Use a duration, or a non-interrupting event.")
            if kind(value) == "timeDuration" and _begins_cases(owner):
                message = f"The start event {label(owner)} has a duration, but nothing from which to count it."
                yield Fault(value, message, "Use a date-time or a cycle, such as R/2026-01-01T09:00:00+01:00/P1M.")


@rule("timer-start-expression")
def timer_start_expression(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """The timer of a process's start event reads no case variables: there is no case yet."""
    for definition in diagram.of_kind("timerEventDefinition"):
        owner = owner_of(definition)
        for value in definition:
            if not _begins_cases(owner) or kind(value) not in TIMER_VALUES or prop(owner, "register"):
                continue
            for name in _names(text(value))[:1]:
                message = f"The start event {label(owner)} reads '{name}' before there is a case."
                hint = "Write the time itself, or name the register of the record that is meant (property register)."
                yield Fault(value, message, hint)


@rule("timer-record")
def timer_record(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A start event that waits for records names a register that is there and reads its fields: for a date, or with
    `while` for a cycle."""
    for event in diagram.of_kind("startEvent"):
        register, condition = prop(event, "register"), prop(event, "while")
        if not register:
            if condition:
                message = f"{label(event)} goes round while a record says so, but names no register."
                yield Fault(event, message, "Name the register of that record (property register).")
            continue
        if register not in known.registers:
            hint = suggestion(register, known.registers, "Registers are files under processes/registers/.")
            yield Fault(event, f"There is no register '{register}', which {label(event)} names.", hint)
            continue
        timers = [d for d in definitions_of(event) if kind(d) == "timerEventDefinition"]
        values = [value for timer in timers for value in timer if kind(value) in TIMER_VALUES]
        if not _begins_cases(event) or [kind(value) for value in values] not in (["timeDate"], ["timeCycle"]):
            message = f"{label(event)} names the register '{register}', but has no date to wait for."
            yield Fault(event, message, "Make it a timer start event of the process, with a timeDate or a timeCycle.")
            continue
        cycle = kind(values[0]) == "timeCycle"
        if cycle and not is_plain(text(values[0])):
            message = f"The start event {label(event)} has a cycle that is no plain text."
            yield Fault(values[0], message, "Write it as in R/2026-01-01T09:00:00/P1M, and for which records in `while`.")
        if condition and not cycle:
            message = f"The start event {label(event)} waits for a date, so that its `while` would be ignored."
            yield Fault(event, message, 'Write the condition into the date: next_review_on if state == "active" else None.')
        yield from _of_record(event, values[0], condition if cycle else text(values[0]), register, known)


def _of_record(event: Node, value: Node, written: str, register: str, known: Known) -> Iterator[Fault]:
    fields, names = {*known.registers[register], "state", "id", "number"}, _names(written)
    for name in names:
        if name not in fields:
            hint = suggestion(name, fields, "Use the register's fields, state, id and number.")
            message = f"The start event {label(event)} reads '{name}', which no record of '{register}' has."
            yield Fault(value, message, hint)
    if not names:
        message = f"The start event {label(event)} waits for one and the same moment for every record."
        hint = "Write the field that holds the date, such as next_review_on; of a cycle: for which records, in `while`."
        yield Fault(value, message, hint)


def _names(written: str) -> list[str]:
    """The variables that a timer's expression reads; none of one that cannot be read, which another rule tells."""
    if not written or is_plain(written):
        return []
    try:
        return sorted(compile_expression(written).names)
    except ExpressionInvalid:
        return []


def _unreadable(owner: Node, value: Node) -> Iterator[Fault]:
    written = text(value)
    if not written:
        yield Fault(value, f"The timer of {label(owner)} is empty.", "Write it as in PT4H.")
        return
    if is_plain(written):
        yield from _bad_time(owner, value, written)
        return
    fault = fault_of_expression(value, f"The timer of {label(owner)}", written)
    if fault is not None:
        yield fault
        return
    literal = _literal(written)
    if literal is not None:
        yield from _bad_time(owner, value, literal)


def _bad_time(owner: Node, value: Node, written: str) -> Iterator[Fault]:
    try:
        _read(value, written)
    except TimeInvalid as error:
        yield Fault(value, f"The timer of {label(owner)}, '{written[:80]}': {error.sentence}", error.hint)


def _read(value: Node, written: str) -> None:
    zone = parse_zone("UTC")  # only whether it can be read
    if kind(value) == "timeDuration":
        parse_duration(written)
    elif kind(value) == "timeDate":
        parse_datetime(written, zone)
    else:
        parse_recurrence(written, zone)


def _readable(value: Node, written: str) -> bool:
    try:
        _read(value, written)
    except TimeInvalid:
        return False
    return True


def _literal(written: str) -> str | None:
    """The text that an expression is, if it is nothing but a text in quotes."""
    try:
        value = ast.literal_eval(written)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return value if isinstance(value, str) else None


def _begins_cases(event: Node) -> bool:
    return kind(event) == "startEvent" and not is_event_subprocess(scope_of(event))
