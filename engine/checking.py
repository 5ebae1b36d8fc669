# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a diagram or a decision table: a pure function of the file and of what there is beside it.

No database: so it runs in a worker of `engine.guard` for what people send, and here for what is shipped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from engine.bpmn import Model, compile_program, parse_tables, read_models
from engine.bpmn.check import Known, check
from engine.bpmn.xml import parse
from engine.decisions import check as check_table
from engine.errors import DiagramInvalid
from engine.values import Finding

#: Process id -> the files of its newest version and of all that it calls.
Newest = Callable[[str], Mapping[str, bytes]]


def findings(xml: bytes, file: str, known: Known, beside: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """What the rules say of a diagram or, by its name, a decision table; it is not compiled.

    ``beside``: further files (BPMN, DMN) that it may refer to, as if they were published.
    """
    try:
        if file.endswith(".dmn"):
            return tuple(f for table in parse_tables(xml, file) for f in check_table(table))
        return tuple(check(parse(xml, file), file, known=_with(known, beside)))
    except DiagramInvalid as error:
        return error.findings


def uncompilable(xml: bytes, file: str, beside: Mapping[str, bytes], newest: Newest) -> tuple[Finding, ...]:
    """Why a diagram that keeps all rules cannot be made a program; empty when it can."""
    if file.endswith(".dmn"):
        return ()
    try:
        for model in read_models(parse(xml, file), file):
            compile_program(model.process_id, together(model, xml, beside, newest), ())
    except DiagramInvalid as error:
        return error.findings
    return ()


def calls_of(xml: bytes, file: str, beside: Mapping[str, bytes]) -> tuple[str, ...]:
    """The published processes that must be known before a diagram can be compiled."""
    wanted: dict[str, None] = {}

    def note(process_id: str) -> Mapping[str, bytes]:
        wanted[process_id] = None
        return {}

    for model in () if file.endswith(".dmn") else read_models(parse(xml, file), file):
        together(model, xml, beside, note)
    return tuple(wanted)


def together(model: Model, xml: bytes, beside: Mapping[str, bytes], newest: Newest) -> dict[str, bytes]:
    """The diagram and, in any depth, those it calls: of the same file, of files ``beside`` it, else newest versions."""
    found, wanted = {model.file: xml}, list(model.called)
    near = {m.process_id: m for n, d in {model.file: xml, **beside}.items() for m in _readable(d, n)}
    seen: set[str] = set()
    while wanted:
        process_id = wanted.pop()
        if process_id in seen:
            continue
        seen.add(process_id)
        if process_id in near:
            found.setdefault(near[process_id].file, beside.get(near[process_id].file, xml))
            wanted += near[process_id].called
            continue
        for name, data in newest(process_id).items():
            found.setdefault(name, data)
    return found


def in_order(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors first, in the order of the file."""
    return tuple(sorted(found, key=lambda f: (f.severity != "error", f.line)))


def _readable(data: bytes, name: str) -> tuple[Model, ...]:
    try:
        return () if name.endswith(".dmn") else read_models(parse(data, name), name)
    except DiagramInvalid:
        return ()


def _with(known: Known, beside: Mapping[str, bytes]) -> Known:
    """What a diagram may refer to when further files lie beside it; those that cannot be read offer nothing."""
    decisions, processes = dict(known.decisions), set(known.processes)
    for name, data in beside.items():
        processes |= {m.process_id for m in _readable(data, name)}
        try:
            tables = parse_tables(data, name) if name.endswith(".dmn") else ()
        except DiagramInvalid:
            continue
        decisions |= {t.id: frozenset(o.name for o in t.outputs) for t in tables}
    return replace(known, decisions=decisions, processes=frozenset(processes))
