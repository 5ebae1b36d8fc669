# SPDX-License-Identifier: Apache-2.0
"""`docs/expressions.md` is true: its list of functions is the library, and its examples give what they say."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.errors import ExpressionInvalid
from engine.scripts import Context, ScriptRunner, compile_expression, compile_script, compile_template
from engine.scripts.emit import ITERATORS, METHODS
from engine.scripts.library import LIBRARY
from engine.scripts.unary import compile_cell
from engine.values import Json
from engine.worktime import Calendar

TEXT = (Path(__file__).parent.parent / "docs" / "expressions.md").read_text(encoding="utf-8")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
OFFICE = Calendar.from_json({"time_zone": "UTC", "opening_hours": {day: ["08:00-17:00"] for day in DAYS}})
STEP = Context(datetime(2026, 1, 26, 9, tzinfo=UTC), "ada", "C-1", "grace", {"default": OFFICE})


def block(kind: str) -> str:
    """The fenced block whose info string ends with `kind`."""
    found = re.search(rf"```\w+ {kind}\n(.*?)```", TEXT, re.DOTALL)
    assert found, kind
    return found[1]


def section(title: str) -> str:
    """The text from a heading to the next of its level or above."""
    (level,) = re.findall(rf"^(#+) {re.escape(title)}$", TEXT, re.MULTILINE)
    start = TEXT.index(f"\n{level} {title}\n") + len(level) + 2
    end = re.search(rf"^#{{1,{len(level)}}} [A-Z]", TEXT[start:], re.MULTILINE)  # comments of scripts begin small
    return TEXT[start : start + end.start()] if end else TEXT[start:]


def rows(text: str) -> list[list[str]]:
    """The cells of all table rows that begin with code."""
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.removesuffix("|").strip("| ").split(" | ")] for line in lines]


def code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


VARIABLES: dict[str, Json] = json.loads(block("variables"))
FUNCTIONS = re.findall(
    r"^#### `(.+)`\n\n(.+)\n\n\| written \| gives \|\n\|---\|---\|\n((?:\|.*\n)+)", section("Functions"), re.MULTILINE
)


def test_the_list_of_functions_is_the_library() -> None:
    """Every function, with the signature and the words that the library has, and no other."""
    assert {(signature, summary) for signature, summary, _ in FUNCTIONS} == {
        (function.signature, function.summary) for function in LIBRARY.values()
    }


@pytest.mark.parametrize(("signature", "table"), [(signature, table) for signature, _, table in FUNCTIONS])
def test_the_examples_of_a_function_are_true(signature: str, table: str) -> None:
    """Each documented example is one of the library and gives what stands beside it."""
    shown = [(code(written)[0], json.loads(code(gives)[0])) for written, gives in rows(table)]
    assert shown == [*LIBRARY[signature.split("(", maxsplit=1)[0]].examples]
    for written, result in shown:
        assert compile_expression(written).evaluate({}, STEP) == result


@pytest.mark.parametrize("row", [row for row in rows(section("Expressions")) if len(row) == 3], ids=lambda row: row[0])
def test_the_examples_of_expressions_are_true(row: list[str]) -> None:
    """Each example of the language gives what stands beside it, and JSON has the same kind of value."""
    result = compile_expression(code(row[0])[0]).evaluate(VARIABLES, STEP)
    assert json.dumps(result) == json.dumps(json.loads(code(row[1])[0]))


@pytest.mark.parametrize("row", rows(section("What there is not, and what to write instead")), ids=lambda row: row[0])
def test_what_there_is_not_is_refused(row: list[str]) -> None:
    """The left side is refused; the right side, where it is code, works."""
    with pytest.raises(ExpressionInvalid):
        compile_expression(code(row[0])[0])
    for better in code(row[1]):
        compile_expression(better).evaluate(VARIABLES, STEP)


def test_the_places_have_valid_examples() -> None:
    """The table at the top shows what can really be written there."""
    first = TEXT[: TEXT.index("## Values")]
    examples = dict(re.findall(r"^\| ([^`|]+) \| [^|]+ \| `([^`]+)` \|$", first, re.MULTILINE))
    assert len(examples) == 8
    compile_template(examples.pop("instructions, in Markdown"))
    compile_cell(examples.pop("input cell of a decision table"))
    compile_script(examples.pop("script task"))
    for example in examples.values():
        compile_expression(example)


@pytest.mark.parametrize("row", rows(section("Cells of decision tables")), ids=lambda row: row[0])
def test_the_cells_can_be_read(row: list[str]) -> None:
    """Every cell that is shown compiles."""
    for cell in [
        part for column in row[:2] for part in code(column) if part not in ("<", "<=", ">", "=", "!=", "not in")
    ]:
        compile_cell(cell)


def test_the_script_does_what_it_says() -> None:
    """The example script changes exactly the variables that are shown."""
    with ScriptRunner(workers=1) as runner:
        assert compile_script(block("script")).run(VARIABLES, STEP, runner) == json.loads(block("changes"))


def test_the_methods_of_scripts_are_listed() -> None:
    """All methods and iterators that scripts have stand in their section."""
    words = set(
        re.findall(
            r"\w+", " ".join(code(re.sub(r"```.*?```", "", section("Scripts"), flags=re.DOTALL).replace("\n", " ")))
        )
    )
    assert words >= METHODS | ITERATORS
