# SPDX-License-Identifier: Apache-2.0
"""Looks at one file."""

from __future__ import annotations

from engine.bpmn.check.diagram import Node, kind
from engine.bpmn.style.picture import Picture
from engine.bpmn.style.rules import RULES
from engine.bpmn.xml import parse
from engine.errors import DiagramInvalid
from engine.values import Finding


def check_style(data: bytes, name: str) -> tuple[Finding, ...]:
    """What is not as it should look in a BPMN file, in the order of the file; that it cannot be read, if so."""
    try:
        picture = Picture(parse(data, name))
    except DiagramInvalid as error:
        return error.findings
    found = {
        Finding(
            rule.severity, name, fault.node.sourceline or 0, _id(fault.node), rule.id, fault.message, fault.hint
        ): None
        for rule in RULES
        for fault in rule.find(picture)
    }
    return tuple(sorted(found, key=lambda finding: (finding.line, finding.rule)))


def _id(node: Node) -> str:
    return str(node.get("id", "")) if kind(node) else ""
