# SPDX-License-Identifier: Apache-2.0
"""Runs the rules over one file."""

from __future__ import annotations

from lxml import etree

from engine.bpmn.check.diagram import Diagram, Node, kind
from engine.bpmn.check.known import Known
from engine.bpmn.check.rule import Fault, Rule
from engine.bpmn.check.rules import RULES
from engine.bpmn.check.vocabulary import BPMN
from engine.values import Finding


def check(tree: etree._ElementTree | etree._Element, name: str, *, known: Known) -> list[Finding]:
    """Everything that is wrong in a parsed BPMN file, by line; a file without errors can be published.

    `tree` comes from `engine.bpmn.xml.parse`; `name` is the file's name for the findings. Never raises for what a
    diagram contains.
    """
    root = tree if isinstance(tree, etree._Element) else tree.getroot()
    if root.tag != f"{{{BPMN}}}definitions":
        message = "This is no BPMN 2.0 file: it does not begin with definitions."
        return [
            Finding("error", name, root.sourceline or 1, "", "not-bpmn", message, "Export the diagram as BPMN 2.0 XML.")
        ]
    whole, executed = Diagram(root), Diagram(root, executed=True)
    found = ((rule, fault) for rule in RULES for fault in rule.find(whole if rule.everywhere else executed, known))
    findings = {_finding(rule, fault, name): None for rule, fault in found}
    return sorted(findings, key=lambda finding: (finding.line, finding.severity))


def _finding(rule: Rule, fault: Fault, name: str) -> Finding:
    line, element = fault.node.sourceline or 0, _nearest_id(fault.node)
    return Finding(rule.severity, name, line, element, rule.id, fault.message, fault.hint)


def _nearest_id(node: Node) -> str:
    """The id by which an editor can select the place: that of the nearest element that is drawn."""
    current: Node | None = node
    while current is not None:
        if kind(current) and (identifier := current.get("id")):
            return str(identifier)
        current = current.getparent()
    return ""
