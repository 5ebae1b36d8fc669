# SPDX-License-Identifier: Apache-2.0
"""Scripts: small programs of assignments, branches and loops. JSON values in, the variables that changed out.

A script counts as a whole: it either gives all its changes or raises. Loop variables do not become case variables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from engine.errors import ExpressionFailed, ExpressionInvalid
from engine.scripts.context import Context, Scope
from engine.scripts.data import Trouble, capitalised, same
from engine.scripts.emit import PRELUDE, PRELUDE_LINES, Emitter
from engine.scripts.expressions import seen
from engine.scripts.naming import suggestion
from engine.scripts.sandbox import Fault, Program, ScriptRunner
from engine.scripts.syntax import parse_script
from engine.values import Json

MAX_LENGTH = 20_000
MAX_NODES = 5_000
MAX_DEPTH = 50

_CACHED = 512


@dataclass(frozen=True, slots=True)
class Script:
    """A compiled script. `names`: variables it reads; `changes`: variables it may set; `calls`: library functions."""

    source: str
    names: frozenset[str]
    changes: frozenset[str]
    calls: frozenset[str]
    _program: Program = field(repr=False, compare=False)
    _lines: tuple[int, ...] = field(repr=False, compare=False)

    def run(self, variables: Mapping[str, Json], context: Context, runner: ScriptRunner) -> dict[str, Json]:
        """Only the variables that are new or have another value after the script. Raises `ExpressionFailed`."""
        given = {name: variables[name] for name in self.names | self.changes if name in variables}
        try:
            after = runner.run(self._program, given, Scope(variables, context))
        except Fault as fault:
            raise self._failed(fault, variables) from None
        return {name: value for name, value in after.items() if name not in given or not same(value, given[name])}

    def _failed(self, fault: Fault, variables: Mapping[str, Json]) -> ExpressionFailed:
        line = self._line(fault.line)
        hint = fault.hint
        if fault.unknown:
            otherwise = f'get_var("{fault.unknown}", default) allows a variable that is not there yet.'
            hint = suggestion(fault.unknown, [*variables, *self.changes], otherwise)
        where = f" (in line {line}: {self.source.splitlines()[line - 1].strip()[:200]})" if line else ""
        return ExpressionFailed(
            capitalised(fault.sentence) + where, expression=self.source, names=seen(self.names, variables), hint=hint
        )

    def _line(self, program_line: int) -> int:
        index = program_line - PRELUDE_LINES - 1
        return self._lines[index] if 0 <= index < len(self._lines) else 0


@lru_cache(maxsize=_CACHED)
def compile_script(source: str) -> Script:
    """The script in executable form. Raises `ExpressionInvalid` with the line and a hint."""
    emitter = Emitter()
    try:
        emitter.block(parse_script(source, MAX_LENGTH, MAX_NODES, MAX_DEPTH))
    except Trouble as trouble:
        raise ExpressionInvalid(_sentence(trouble, source), expression=source[:MAX_LENGTH], hint=trouble.hint) from None
    temporary = emitter.loops - emitter.written
    results = sorted((emitter.read | emitter.written) - temporary)
    return Script(
        source,
        frozenset(emitter.read - temporary),
        frozenset(emitter.written),
        frozenset(emitter.calls),
        Program("\n".join([PRELUDE + "\n".join(emitter.program), *_collected(results)]), frozenset(emitter.calls)),
        tuple(emitter.lines),
    )


def _collected(names: list[str]) -> list[str]:
    """The last lines of the program: all variables that the script touched, as one mapping."""
    lines = ["r_all = {}"]
    for name in names:
        lines += ["try:", f" r_all[{name!r}] = o_json(v_{name}, 0)", "except NameError:", " pass"]
    return [*lines, "r_all"]


def _sentence(trouble: Trouble, source: str) -> str:
    text = capitalised(trouble.sentence)
    if trouble.place is None:
        return text
    lines = source.splitlines()
    line = min(trouble.place[0], len(lines))
    return f"{text} (in line {line}: {lines[line - 1].strip()[:200]})" if line else text
