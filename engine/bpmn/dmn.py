# SPDX-License-Identifier: Apache-2.0
"""DMN 1.3 files in, `DecisionTable` values out. What we would not execute is refused with its line, never left out.

Read: decision tables. Refused: other kinds of decisions, decisions that require other decisions or inputs drawn as
shapes (a decision requirements graph), imports, type definitions. Drawings (DMNDI) are passed over.
"""

from __future__ import annotations

from typing import cast

from lxml import etree

from engine.bpmn.xml import parse
from engine.decisions import AGGREGATIONS, HIT_POLICIES, Aggregation, DecisionTable, HitPolicy, Input, Output, Rule
from engine.errors import DiagramInvalid
from engine.scripts.quoting import split_outside
from engine.values import Finding

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
_DRAWING = ("https://www.omg.org/spec/DMN/20191111/DMNDI/",)
_LANGUAGES = ("", "python")
_PASSED_OVER = {"description", "extensionElements", "question", "allowedAnswers", "variable"}
_GRAPH = {
    "inputData", "knowledgeSource", "businessKnowledgeModel", "decisionService", "informationRequirement",
    "knowledgeRequirement", "authorityRequirement",
}  # fmt: skip
_GRAPH_HINT = "Give the table the case's variables as inputs; call one table for each business rule task."


def parse_tables(data: bytes, name: str) -> tuple[DecisionTable, ...]:
    """The decision tables of the DMN file `name`. Raises `DiagramInvalid` with all findings."""
    root = parse(data, name)
    reader = _Reader(name)
    tables = reader.definitions(root)
    if reader.findings:
        raise DiagramInvalid(reader.findings)
    return tables


class _Reader:
    """Walks through one file and collects findings."""

    def __init__(self, file: str) -> None:
        self._file = file
        self.findings: list[Finding] = []

    def definitions(self, root: etree._Element) -> tuple[DecisionTable, ...]:
        if root.tag != f"{{{DMN}}}definitions":
            hint = "Save it as DMN 1.3." if "DMN" in str(root.tag) else "The root element is <definitions> of DMN 1.3."
            self._refuse(root, "dmn-version", "this is not a DMN 1.3 file", hint)
            return ()
        tables = []
        for child in root:
            if self._is_foreign(child) or (kind := _kind(child)) in _PASSED_OVER:
                continue
            if kind == "decision":
                tables.extend(self._decision(child))
            elif kind in _GRAPH:
                self._refuse(child, "dmn-graph", f"<{kind}> belongs to a decision requirements graph", _GRAPH_HINT)
            else:
                self._refuse(child, "dmn-element", f"<{kind}> is not executed", "Remove it.")
        if not tables and not self.findings:
            self._refuse(root, "dmn-empty", "there is no decision table in the file")
        return tuple(tables)

    def _decision(self, decision: etree._Element) -> list[DecisionTable]:
        tables: list[DecisionTable] = []
        for child in decision:
            kind = _kind(child)
            if kind == "decisionTable":
                tables.append(self._table(decision, child))
            elif kind in _GRAPH:
                self._refuse(child, "dmn-graph", f"<{kind}> belongs to a decision requirements graph", _GRAPH_HINT)
            elif kind not in _PASSED_OVER and not self._is_foreign(child):
                hint = "Make it a decision table with one rule."
                self._refuse(child, "dmn-element", f"<{kind}> is not executed, only decision tables are", hint)
        if not tables and not self.findings:
            self._refuse(decision, "dmn-empty", "the decision has no table")
        if not decision.get("id"):
            self._refuse(decision, "dmn-id", "the decision has no id", "A business rule task calls it by its id.")
        return tables

    def _table(self, decision: etree._Element, table: etree._Element) -> DecisionTable:
        policy = table.get("hitPolicy", "UNIQUE")
        aggregation = table.get("aggregation", "")
        if policy not in HIT_POLICIES:
            self._refuse(
                table, "dmn-hit-policy", f"the hit policy '{policy}' is not known", f"Use {', '.join(HIT_POLICIES)}."
            )
        if aggregation not in AGGREGATIONS or (aggregation and policy != "COLLECT"):
            self._refuse(
                table,
                "dmn-aggregation",
                f"'{aggregation}' cannot be used with {policy}",
                "COLLECT has SUM, MIN, MAX, COUNT.",
            )
        for child in table:
            if _kind(child) not in {"input", "output", "rule", "annotation", *_PASSED_OVER}:
                self._refuse(child, "dmn-element", f"<{_kind(child)}> is not known in a decision table")
        inputs = tuple(self._input(each) for each in _children(table, "input"))
        outputs = tuple(self._output(each, decision) for each in _children(table, "output"))
        rules = _children(table, "rule")
        return DecisionTable(
            id=decision.get("id", ""),
            name=decision.get("name", ""),
            hit_policy=cast("HitPolicy", policy),
            aggregation=cast("Aggregation", aggregation),
            inputs=inputs,
            outputs=outputs,
            rules=tuple(self._rule(rule, number, len(inputs), len(outputs)) for number, rule in enumerate(rules, 1)),
            file=self._file,
            line=_line(table),
        )

    def _input(self, element: etree._Element) -> Input:
        expressions = _children(element, "inputExpression")
        text = self._text(expressions[0]) if expressions else ""
        if not text:
            self._refuse(
                element, "dmn-input", "the input has no expression", "Write the case variable that it looks at."
            )
        return Input(
            id=element.get("id", ""),
            label=element.get("label", ""),
            expression=text,
            values=self._values(element, "inputValues"),
            type=expressions[0].get("typeRef", "") if expressions else "",
            line=_line(element),
        )

    def _output(self, element: etree._Element, decision: etree._Element) -> Output:
        single = len(_children(element.getparent(), "output")) == 1
        name = element.get("name", "") or (decision.get("id", "") if single else "")
        if not name.isidentifier() or name.startswith("_"):
            hint = "The name becomes a case variable: letters, digits and underscores, beginning with a letter."
            self._refuse(element, "dmn-output", f"'{name}' is not the name of a case variable", hint)
        defaults = _children(element, "defaultOutputEntry")
        return Output(
            id=element.get("id", ""),
            name=name,
            label=element.get("label", ""),
            values=self._values(element, "outputValues"),
            default=self._text(defaults[0]) if defaults else None,
            type=element.get("typeRef", ""),
            line=_line(element),
        )

    def _rule(self, element: etree._Element, number: int, inputs: int, outputs: int) -> Rule:
        cells = [self._text(each) for each in _children(element, "inputEntry")]
        results = [self._text(each) for each in _children(element, "outputEntry")]
        if len(cells) != inputs or len(results) != outputs:
            message = f"the rule has {len(cells)} + {len(results)} cells, the table {inputs} + {outputs} columns"
            self._refuse(element, "dmn-cells", message)
        return Rule(
            id=element.get("id", "") or f"rule_{number}",
            number=number,
            cells=tuple(cells),
            results=tuple(results),
            annotations=tuple(self._text(each) for each in _children(element, "annotationEntry")),
            description=_text_of(_children(element, "description")),
            line=_line(element),
        )

    def _values(self, element: etree._Element, tag: str) -> tuple[str, ...]:
        texts = [self._text(each) for each in _children(element, tag)]
        return tuple(value.strip() for text in texts if text for value in split_outside(text, ","))

    def _text(self, element: etree._Element) -> str:
        """The text of an entry; its language must be ours."""
        if element.get("expressionLanguage", "").lower() not in _LANGUAGES:
            language = element.get("expressionLanguage", "")
            self._refuse(
                element, "dmn-language", f"the expression language '{language[:60]}' is not executed", "Remove it."
            )
        return _text_of(_children(element, "text"))

    def _is_foreign(self, element: etree._Element) -> bool:
        """Whether the element is not of DMN's model; only drawings may be."""
        namespace = etree.QName(element).namespace
        if namespace == DMN:
            return False
        if namespace not in _DRAWING:
            self._refuse(
                element,
                "dmn-element",
                f"<{_kind(element)}> is not known here",
                "Extensions belong into extensionElements.",
            )
        return True

    def _refuse(self, element: etree._Element, rule: str, message: str, hint: str = "") -> None:
        self.findings.append(Finding("error", self._file, _line(element), _nearest_id(element), rule, message, hint))


def _children(element: etree._Element | None, tag: str) -> list[etree._Element]:
    return [] if element is None else element.findall(f"{{{DMN}}}{tag}")


def _kind(element: etree._Element) -> str:
    return str(etree.QName(element).localname)


def _text_of(elements: list[etree._Element]) -> str:
    return str(elements[0].text or "").strip() if elements else ""


def _line(element: etree._Element) -> int:
    return element.sourceline or 0


def _nearest_id(element: etree._Element) -> str:
    """The id of the element, or of the nearest one around it that has one."""
    for each in (element, *element.iterancestors()):
        if each.get("id"):
            return str(each.get("id"))
    return ""
