# SPDX-License-Identifier: Apache-2.0
"""Decision tables: hit policies, explanations and checks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from engine.decisions import DecisionTable, Input, Output, Rule, check, evaluate
from engine.errors import ExpressionFailed
from engine.scripts import Context
from engine.values import Json

NOW = Context(datetime(2026, 1, 26, 9, tzinfo=UTC))


def a_table(
    rules: Sequence[tuple[Sequence[str], Sequence[str]]],
    inputs: Sequence[str] = ("impact",),
    outputs: Sequence[str] = ("priority",),
    policy: str = "UNIQUE",
    aggregation: str = "",
    **output: Any,
) -> DecisionTable:
    """A table whose rules are (cells, results); `output` goes to every output column."""
    return DecisionTable(
        "table",
        "Table",
        policy,  # type: ignore[arg-type]
        aggregation,  # type: ignore[arg-type]
        tuple(Input(f"in_{name}", "", name) for name in inputs),
        tuple(Output(f"out_{name}", name, **output) for name in outputs),
        tuple(Rule(f"r{n}", n, tuple(cells), tuple(results), line=n) for n, (cells, results) in enumerate(rules, 1)),
        "table.dmn",
        1,
    )


def outputs(table: DecisionTable, **variables: Json) -> Json:
    return evaluate(table, variables, NOW).outputs


# three rules of which the second and third match 3
SEVERAL = [(("< 2",), ('"low"',)), ((">= 2",), ('"middle"',)), (("> 2",), ('"high"',))]


@pytest.mark.parametrize(
    ("policy", "impact", "result"),
    [
        ("UNIQUE", 1, "low"),
        ("FIRST", 3, "middle"),
        ("ANY", 2, "middle"),
        ("PRIORITY", 3, "high"),
        ("RULE ORDER", 3, ["middle", "high"]),
        ("OUTPUT ORDER", 3, ["high", "middle"]),
        ("COLLECT", 3, ["middle", "high"]),
        ("COLLECT", 1, ["low"]),
    ],
)
def test_the_hit_policy_decides(policy: str, impact: int, result: Json) -> None:
    """One or several hits, in the order that the policy asks for."""
    table = a_table(SEVERAL, policy=policy, values=('"high"', '"middle"', '"low"'))
    assert outputs(table, impact=impact) == {"priority": result}


def test_unique_names_both_rules() -> None:
    """Two hits of a UNIQUE table are an error that names them, never a silent first match."""
    with pytest.raises(ExpressionFailed, match=r"rules 2 \(r2\) and 3 \(r3\) both match") as caught:
        outputs(a_table(SEVERAL), impact=3)
    assert caught.value.names == {"impact": 3}


def test_any_must_agree() -> None:
    """Several hits of an ANY table are fine while their results are the same."""
    rules = [(("> 1",), ('"x"',)), (("> 2",), ('"x"',)), (("> 3",), ("True",)), (("> 4",), ("1",))]
    assert outputs(a_table(rules, policy="ANY"), impact=3) == {"priority": "x"}
    with pytest.raises(ExpressionFailed, match=r"rules 1 \(r1\) and 3 \(r3\) both match and give different results"):
        outputs(a_table(rules, policy="ANY"), impact=4)


def test_priority_needs_a_listed_result() -> None:
    """A result that is not among the output values has no priority."""
    rules = [(("> 1",), ('"odd"',)), (("> 1",), ('"high"',))]
    with pytest.raises(ExpressionFailed, match='"odd" is not among'):
        outputs(a_table(rules, policy="PRIORITY", values=('"high"',)), impact=3)


@pytest.mark.parametrize(
    ("aggregation", "impact", "result"),
    [("SUM", 3, 7), ("MIN", 3, 2), ("MAX", 3, 5), ("COUNT", 3, 2), ("SUM", 0, None), ("COUNT", 0, 0)],
)
def test_collect_aggregates(aggregation: str, impact: int, result: Json) -> None:
    """SUM, MIN, MAX and COUNT make one value of the hits."""
    rules = [(("> 1",), ("2",)), (("> 2",), ("5",))]
    table = a_table(rules, policy="COLLECT", aggregation=aggregation)
    assert outputs(table, impact=impact) == {"priority": result}


def test_an_aggregate_needs_numbers() -> None:
    """A text among the results cannot be summed."""
    rules = [(("> 1",), ("2",)), (("> 2",), ('"x"',))]
    with pytest.raises(ExpressionFailed, match="SUM needs numbers"):
        outputs(a_table(rules, policy="COLLECT", aggregation="SUM"), impact=3)


def test_no_hit_gives_nothing_or_the_default() -> None:
    """Without a hit every output is None, its default, or an empty list."""
    rules = [(("1",), ('"a"', '"b"'))]
    two = ("x", "y")
    assert outputs(a_table(rules, outputs=two), impact=2) == {"x": None, "y": None}
    assert outputs(a_table(rules, outputs=two, default='"d" + text(impact)'), impact=2) == {"x": "d2", "y": "d2"}
    assert outputs(a_table(rules, outputs=two, policy="COLLECT"), impact=2) == {"x": [], "y": []}
    assert outputs(a_table(rules, outputs=two, policy="COLLECT", default="0"), impact=2) == {"x": [0], "y": [0]}


def test_results_are_expressions() -> None:
    """Output cells compute; an empty one gives None."""
    table = a_table([(("-",), ("impact * 2", "", "-"))], outputs=("a", "b", "c"))
    assert outputs(table, impact=2) == {"a": 4, "b": None, "c": None}


def test_it_explains_itself() -> None:
    """The result tells which rule hit, by which cells, on which values."""
    table = a_table(
        [(('"x"', "-"), ("1",)), (('"x", "y"', ">= 3"), ("2",))], inputs=("kind", "impact + 1"), policy="FIRST"
    )
    result = evaluate(table, {"kind": "y", "impact": 2}, NOW)
    assert result.inputs == {"kind": "y", "impact + 1": 3}
    (hit,) = result.hits
    assert (hit.rule, hit.number) == ("r2", 2)
    assert hit.cells == (("kind", '"x", "y"'), ("impact + 1", ">= 3"))


def test_inputs_of_the_same_name_stay_apart() -> None:
    """Two columns with one label are told apart by their number."""
    table = a_table([(("1", "1"), ("1",))], inputs=("impact", "impact"))
    assert evaluate(table, {"impact": 1}, NOW).inputs == {"impact (1)": 1, "impact (2)": 1}


def test_a_failing_cell_names_its_place() -> None:
    """The error of a cell says table, rule and column."""
    with pytest.raises(ExpressionFailed, match=r"Decision table 'Table', rule 1 \(r1\), impact: '<' cannot compare"):
        outputs(a_table(SEVERAL), impact="high")
    with pytest.raises(ExpressionFailed, match=r"rule 1 \(r1\), priority: Unknown variable 'high'"):
        outputs(a_table([(("-",), ("high",))]), impact=1)


# --- checks ----------------------------------------------------------------------------------------------------------


def findings(table: DecisionTable) -> list[tuple[str, str, str]]:
    return [(finding.severity, finding.rule, finding.element) for finding in check(table)]


def test_a_good_table_has_no_findings() -> None:
    """Nothing is said where nothing is wrong."""
    rules = [(("1",), ('"P1"',)), (("2, 3",), ('"P2"',)), (("> 3",), ('"P3"',)), (("< 1",), ('"P4"',))]
    assert findings(a_table(rules)) == []


@pytest.mark.parametrize(
    ("table", "finding"),
    [
        (a_table([(("[1..",), ("1",))]), ("error", "dmn-expression", "r1")),
        (a_table([(("1",), ("a b",))]), ("error", "dmn-expression", "r1")),
        (a_table([(("1",), ("1",))], inputs=("a +",)), ("error", "dmn-expression", "in_a +")),
        (a_table([(("1",), ("1",))], default="1 +"), ("error", "dmn-expression", "out_priority")),
        (a_table([(("1",), ("1",))], values=("1 +",)), ("error", "dmn-expression", "out_priority")),
        (a_table([]), ("error", "dmn-rules", "table")),
        (a_table([(("1",), ())], outputs=()), ("error", "dmn-output", "table")),
        (a_table([(("1",), ("1", "1"))], outputs=("a", "a")), ("error", "dmn-output", "table")),
        (a_table([(("1",), ("1",))], policy="PRIORITY"), ("error", "dmn-priority", "table")),
        (
            a_table([(("1",), ("1", "1"))], outputs=("a", "b"), policy="COLLECT", aggregation="SUM"),
            ("error", "dmn-aggregation", "table"),
        ),
        (a_table([(("high",), ("1",))]), ("warning", "dmn-bare-name", "r1")),
        (a_table([(("1",), ("high",))], type="string"), ("warning", "dmn-bare-name", "r1")),
    ],
)
def test_a_fault_is_found(table: DecisionTable, finding: tuple[str, str, str]) -> None:
    """Each kind of fault is found with its place."""
    assert finding in findings(table)


def test_a_literal_of_another_type_is_found() -> None:
    """A text cell under a number column can never match."""
    table = a_table([(('"1"',), ("1",)), (("2",), ("1",))])
    typed = Input("in", "", "impact", type="number")
    table = DecisionTable(
        table.id, table.name, "FIRST", "", (typed,), table.outputs, table.rules, table.file, table.line
    )
    assert [(f.rule, f.element) for f in check(table)] == [("dmn-type", "r1")]


def test_overlaps_of_a_unique_table_are_found() -> None:
    """Two rules that match the same combination are an error that shows it."""
    rules = [(('"a"', "-"), ("1",)), (('"b"', "1"), ("1",)), (('"a", "b"', "2"), ("1",)), (('"b"', "> 2"), ("1",))]
    found = [f for f in check(a_table(rules, inputs=("kind", "impact"))) if f.rule == "dmn-overlap"]
    assert [f.message for f in found] == ['rules 1 and 3 both match: kind = "a", impact = 2']


def test_overlapping_ranges_are_found() -> None:
    """Ranges are tried at their limits and between them."""
    found = check(a_table([(("[1..5]",), ("1",)), (("[5..9]",), ("1",)), (("< 1, > 9",), ("1",))]))
    assert [f.message for f in found] == ["rules 1 and 2 both match: impact = 5"]


def test_gaps_of_a_unique_table_are_found() -> None:
    """Combinations without a rule are warned of, unless a default answers them."""
    rules = [(("True", '"a"'), ("1",)), (("False", "-"), ("1",))]
    table = a_table([*rules, (("True", '"b"'), ("1",))], inputs=("major", "kind"))
    assert findings(table) == []
    rules[1] = (("False", '"b"'), ("1",))
    table = a_table(rules, inputs=("major", "kind"))
    assert [f.message for f in check(table)] == [
        'no rule matches: major = True, kind = "b"',
        'no rule matches: major = False, kind = "a"',
    ]
    assert findings(a_table(rules, inputs=("major", "kind"), default="0")) == []


def test_ranges_of_whole_numbers_have_no_false_gap() -> None:
    """Between 2 and 3 nothing is missed when all limits are whole; between 2 and 5 something is."""
    ends = [(("< 1",), ("1",)), (("> 9",), ("1",))]
    assert check(a_table([*ends, (("[1..2]",), ("1",)), (("[3..9]",), ("1",))])) == []
    found = check(a_table([*ends, (("[1..2]",), ("1",)), (("[5..9]",), ("1",))]))
    assert [f.message for f in found] == ["no rule matches: impact = 3"]


def test_declared_values_are_all_covered() -> None:
    """If an input lists its values, each of them needs a rule."""
    table = a_table([(('"low"',), ("1",))])
    listed = Input("in", "Impact", "impact", values=('"low"', '"high"'))
    table = DecisionTable(table.id, table.name, "UNIQUE", "", (listed,), table.outputs, table.rules, "t.dmn", 1)
    assert [f.message for f in check(table)] == ['no rule matches: Impact = "high"']


def test_coverage_is_not_guessed() -> None:
    """A cell that looks at other variables, or too many combinations, give no findings about overlaps or gaps."""
    assert findings(a_table([(("? > other",), ("1",)), (("? > other",), ("1",))])) == []
    cells = tuple(", ".join(str(n) for n in range(30)) for _ in range(6))
    assert findings(a_table([(cells, ("1",))], inputs="abcdef")) == []


def test_rules_of_an_any_table_that_differ_are_found() -> None:
    """Those that agree are what ANY is for; what is computed is only known when it is asked."""
    rules = [(("> 1",), ('"x"',)), (("> 2",), ('"x"',)), (("<= 1",), ('"z"',))]
    assert findings(a_table(rules, policy="ANY")) == []
    found = check(a_table([*rules, (("> 3",), ('"y"',))], policy="ANY"))
    assert [(f.rule, f.element, f.severity) for f in found] == [("dmn-any", "r4", "error")] * 2
    assert found[0].message == "rules 1 and 4 both match: impact = 4, and differ"
    assert findings(a_table([*rules, (("> 3",), ("other",))], policy="ANY")) == []


@pytest.mark.parametrize("policy", ["UNIQUE", "ANY", "FIRST", "PRIORITY"])
def test_gaps_are_found_wherever_there_is_one_result(policy: str) -> None:
    """A combination without a rule would give nothing."""
    table = a_table([(("1",), ('"x"',)), (("> 2",), ('"x"',))], policy=policy, values=('"x"',))
    assert ("dmn-gap", "warning") in {(f.rule, f.severity) for f in check(table)}


@pytest.mark.parametrize("policy", ["RULE ORDER", "OUTPUT ORDER", "COLLECT"])
def test_lists_may_be_empty(policy: str) -> None:
    """Where each hit is an element of a list, no hit is an empty list and no gap."""
    table = a_table([(("1",), ('"x"',)), (("> 2",), ('"x"',))], policy=policy, values=('"x"',))
    assert findings(table) == []
    assert outputs(table, impact=2) == {"priority": []}


def test_a_rule_of_a_first_table_that_never_decides_is_found() -> None:
    """Everything it matches is matched before; one that decides somewhere is none."""
    rules = [(("> 1",), ("1",)), (("> 2",), ("2",)), (("-",), ("3",))]
    found = check(a_table(rules, policy="FIRST"))
    assert [(f.rule, f.element, f.severity) for f in found] == [("dmn-unreachable", "r2", "warning")]
    assert found[0].message == "rule 2 never decides: rule 1 matches whatever it matches"
    assert findings(a_table([rules[1], rules[0], rules[2]], policy="FIRST")) == []
    words = [(('"a"', "-"), ("1",)), (("-", '"b"'), ("2",)), (("-", "-"), ("3",))]
    assert findings(a_table(words, policy="FIRST", inputs=("kind", "place"))) == []


ORDERED = [(("> 0",), ('"low"', "1")), (("> 1",), ('"high"', "2")), (("> 2",), ('"middle"', "3"))]


@pytest.mark.parametrize(
    ("policy", "level", "number"),
    [
        ("FIRST", "low", 1),
        ("PRIORITY", "high", 2),
        ("RULE ORDER", ["low", "high", "middle"], [1, 2, 3]),
        ("OUTPUT ORDER", ["high", "middle", "low"], [2, 3, 1]),
        ("COLLECT", ["low", "high", "middle"], [1, 2, 3]),
    ],
)
def test_several_outputs_stay_together(policy: str, level: Json, number: Json) -> None:
    """The order is that of the whole rule, also of an output without a list of values."""
    table = a_table([(c, r[:1]) for c, r in ORDERED], policy=policy, values=('"high"', '"middle"', '"low"'))
    both = DecisionTable(
        table.id, table.name, table.hit_policy, "", table.inputs, (*table.outputs, Output("o2", "number")),
        tuple(Rule(f"r{n}", n, c, r, line=n) for n, (c, r) in enumerate(ORDERED, 1)), "t.dmn", 1,
    )  # fmt: skip
    assert outputs(both, impact=3) == {"priority": level, "number": number}
