# SPDX-License-Identifier: Apache-2.0
"""Writes `docs/bpmn.md` from the tables and rules: `python -m engine.bpmn.check.doc > docs/bpmn.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping

from engine.bpmn.check.extensions import ELEMENTS as EXTENSION_ELEMENTS
from engine.bpmn.check.extensions import PROPERTIES, Extension
from engine.bpmn.check.instead import ATTRIBUTES_INSTEAD, CONDITIONAL_START, INSTEAD, SEVERAL_DEFINITIONS, SEVERAL_SETS
from engine.bpmn.check.rules import RULES
from engine.bpmn.check.vocabulary import FLOW_NODES, GROUPS, POSITIONS, Element
from engine.bpmn.style.rules import RULES as STYLE

_INTRODUCTION = """\
# BPMN: what a diagram may contain

<!-- Written by `python -m engine.bpmn.check.doc` from the tables that the check itself uses. Change those. -->

A diagram is checked before it is published. Nothing that is drawn is silently ignored: an element, an attribute or an
event definition that the engine would not act on is refused, with file, line, element and what to do instead.

The tables list the attributes that make a difference, besides `id` and `name`. Other attributes of BPMN may stand there
with the value that BPMN gives them by default (`startQuantity="1"`), and with no other.
"""
_POSITIONS = """\
## Which event may be what

An event has one event definition or none.
"""
_EXTENSIONS = """\
## Extension elements

In `bpmn:extensionElements`, namespace `http://spiffworkflow.org/bpmn/schema/1.0/core` (prefix `spiffworkflow`).
Expressions are described in [expressions.md](expressions.md).

### Properties

`<spiffworkflow:properties><spiffworkflow:property name="…" value="…"/></spiffworkflow:properties>`
"""
_VENDORS = """\
## Extensions of other tools

What another engine (Camunda, Flowable, Activiti, jBPM) would act on, such as `camunda:expression` or
`zeebe:taskDefinition`, is refused with what to write instead: here it would do nothing. Colours, sizes and what an
editor notes about itself (`bioc`, `color`, `modeler`, `signavio`) are passed over. Settings of another engine
(`asyncBefore`, `historyTimeToLive`) and extensions of unknown tools are warned of and have no effect.

A process that is not executable is documentation: it is kept and shown, and of the rules below only those on ids and
references hold in it.
"""
_INSTEAD = """\
## What is refused, and what to draw instead
"""
_RULES = """\
## The rules

An *error* keeps a diagram from being published; a *warning* does not.
"""
_STYLE = """\
## The rules of style

What people see, beside what can run: `fitsm style` looks at it. An *error* is to be mended, or stands with its reason
among the exceptions; a *warning* is to be thought about. Such a diagram can be published all the same.
"""


def document() -> str:
    """The whole page."""
    return "\n".join(_lines()).rstrip() + "\n"


def _lines() -> Iterator[str]:
    yield _INTRODUCTION
    for title, elements in GROUPS.items():
        yield f"## {title}\n"
        yield from _table(("element", "what it does", "attributes"), _elements(elements))
    yield _POSITIONS
    yield from _table(("event", "may be"), ((_code(name), _events(names)) for name, names in POSITIONS.items()))
    yield _EXTENSIONS
    yield from _table(("property", "at", "holds", "what it does"), _extensions(PROPERTIES))
    yield "### Elements\n"
    yield from _table(("element", "at", "holds", "what it does"), _extensions(EXTENSION_ELEMENTS))
    yield _VENDORS
    yield _INSTEAD
    yield from _table(("refused", "instead"), _refused())
    yield _RULES
    yield from _table(("rule", "severity", "what holds"), ((_code(r.id), r.severity, r.statement) for r in RULES))
    yield _STYLE
    yield from _table(("rule", "severity", "what holds"), ((_code(r.id), r.severity, r.statement) for r in STYLE))


def _refused() -> Iterator[tuple[str, str]]:
    for name, hint in sorted(INSTEAD.items()):
        yield _code(name), hint
    for name, hint in ATTRIBUTES_INSTEAD.items():
        yield f"attribute {_code(name)}", hint
    for name, hint in SEVERAL_DEFINITIONS.items():
        yield f"{_code(name)} with several definitions", hint
    yield f"`startEvent` of a process with {_code('conditionalEventDefinition')}", CONDITIONAL_START
    yield "several `inputSet` or `outputSet` of one element", SEVERAL_SETS


def _elements(elements: Mapping[str, Element]) -> Iterator[tuple[str, ...]]:
    for name, element in elements.items():
        attributes = [
            _code(key) if values is None else f"{_code(key)} ({' or '.join(map(_code, values))})"
            for key, values in element.attributes.items()
            if key not in ("id", "name") and (values is None or values == ("true", "false"))
        ]
        yield _code(name), element.does, ", ".join(attributes)


def _extensions(extensions: Mapping[str, Extension]) -> Iterator[tuple[str, ...]]:
    for name, extension in extensions.items():
        yield _code(name), _places(extension.at), extension.holds, extension.does


def _places(names: frozenset[str]) -> str:
    if names >= FLOW_NODES:
        return ", ".join(["any flow node", *map(_code, sorted(names - FLOW_NODES))])
    return ", ".join(map(_code, sorted(names)))


def _events(names: Iterable[str]) -> str:
    return ", ".join("without definition" if name == "none" else _code(name) for name in names)


def _code(text: str) -> str:
    return f"`{text}`"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    yield from ("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)
    yield ""


if __name__ == "__main__":
    sys.stdout.write(document())
