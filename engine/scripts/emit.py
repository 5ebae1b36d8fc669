# SPDX-License-Identifier: Apache-2.0
"""From a script's syntax tree to the program that Monty runs. What is not named in the tables here is refused.

Nothing of the owner's text reaches Monty as it is. The program is written anew from the checked tree: every variable
becomes `v_<name>` and every library function `f_<name>`, so that no name can mean a built-in; comparisons and `%`
go through the prelude, so that they mean the same as in expressions.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from engine.scripts.data import Trouble
from engine.scripts.naming import suggestion
from engine.scripts.syntax import CONSTANTS, called_function, checked_constant, checked_name, refusal

PRELUDE = """\
def o_numbers(a, b):
    return isinstance(a, (int, float)) and isinstance(b, (int, float))
def o_order(sign, a, b):
    if isinstance(a, str) and isinstance(b, str):
        if a[10:11] == "T" and b[10:11] == "T":
            return h_order(sign, a, b)
    elif isinstance(a, bool) or isinstance(b, bool) or not o_numbers(a, b):
        return h_order(sign, a, b)
    if sign == "<":
        return a < b
    if sign == "<=":
        return a <= b
    if sign == ">":
        return a > b
    return a >= b
def o_json(v, depth):
    if isinstance(v, (list, tuple, dict)):
        if depth > 50:
            raise ValueError("a value is nested too deeply, or holds itself")
        for each in v.values() if isinstance(v, dict) else v:
            o_json(each, depth + 1)
    return v
def o_mod(a, b):
    return h_mod(a, b) if isinstance(a, str) else a % b
def o_pow(a, b):
    return a ** b if isinstance(a, int) and isinstance(b, int) and 0 <= b <= 64 else h_pow(a, b)
"""  #: the operators that differ from Python's; h_… are the host's. `o_json`: Monty would cut such values, silently
PRELUDE_LINES = PRELUDE.count("\n")

METHODS = frozenset(
    {"append", "extend", "insert", "pop", "remove", "reverse", "sort", "copy", "index", "count"}  # lists
    | {"get", "keys", "values", "items", "update", "setdefault"}  # mappings
    | {"lower", "upper", "strip", "split", "join", "startswith", "endswith", "replace", "find"}  # texts
)
ITERATORS = frozenset({"range", "enumerate", "zip"})  #: callable in scripts besides the library

_VIEWS = frozenset({"keys", "values", "items"})
_ORDER = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_EQUAL = {ast.Eq: "==", ast.NotEq: "!=", ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not"}
_BINARY = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//"}
_FUNCTIONS = {ast.Mod: "o_mod", ast.Pow: "o_pow"}
_UNARY = {ast.Not: "not ", ast.USub: "-", ast.UAdd: "+"}


class Emitter:
    """Writes one program. `lines` maps the program's lines to the script's; the sets tell which names it uses."""

    def __init__(self) -> None:
        self.read: set[str] = set()
        self.written: set[str] = set()
        self.loops: set[str] = set()
        self.calls: set[str] = set()
        self.program: list[str] = []
        self.lines: list[int] = []

    # --- statements ------------------------------------------------------------------------------------------------

    def block(self, statements: list[ast.stmt], indent: int = 0) -> None:
        for statement in statements:
            writer = _STATEMENTS.get(type(statement))
            if writer is None:
                raise refusal(statement)
            writer(self, statement, indent)

    def _line(self, node: ast.stmt, indent: int, text: str) -> None:
        self.program.append(" " * indent + text)
        self.lines.append(node.lineno)

    def assign(self, node: ast.Assign, indent: int) -> None:
        targets = [self._target(target) for target in node.targets]
        self._line(node, indent, " = ".join([*targets, self.expression(node.value)]))

    def change(self, node: ast.AugAssign, indent: int) -> None:
        target = self._target(node.target)
        if isinstance(node.target, ast.Name):
            self.read.add(node.target.id)
        value, symbol = self.expression(node.value), _BINARY.get(type(node.op))
        if symbol is None:
            raise refusal(node, "this kind of assignment is not part of the language", "Write x = x … instead.")
        self._line(node, indent, f"{target} {symbol}= {value}")

    def branch(self, node: ast.If, indent: int) -> None:
        self._line(node, indent, f"if {self.expression(node.test)}:")
        self.block(node.body, indent + 1)
        if node.orelse:
            self._line(node, indent, "else:")
            self.block(node.orelse, indent + 1)

    def loop(self, node: ast.For, indent: int) -> None:
        if node.orelse:
            raise refusal(node, "else after a loop is not part of the language")
        iterated = self._iterated(node.iter)
        self._line(node, indent, f"for {self._loop_target(node.target)} in {iterated}:")
        self.block(node.body, indent + 1)

    def repeat(self, node: ast.While, indent: int) -> None:
        if node.orelse:
            raise refusal(node, "else after a loop is not part of the language")
        self._line(node, indent, f"while {self.expression(node.test)}:")
        self.block(node.body, indent + 1)

    def word(self, node: ast.stmt, indent: int) -> None:
        self._line(node, indent, type(node).__name__.lower())

    def statement(self, node: ast.Expr, indent: int) -> None:
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            self._line(node, indent, "pass")  # a text that stands alone is a comment
            return
        if not isinstance(node.value, ast.Call):
            raise refusal(node, "this line has no effect", "Set a variable: name = …")
        self._line(node, indent, self.expression(node.value))

    def _target(self, node: ast.expr) -> str:
        if isinstance(node, ast.Name):
            self.written.add(self._variable(node))
            return f"v_{node.id}"
        if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice):
            return f"{self.expression(node.value)}[{self.expression(node.slice)}]"
        hint = "One variable or one entry at a time: name = …, or mapping[key] = …"
        raise refusal(node, "this cannot be assigned to", hint)

    def _loop_target(self, node: ast.expr) -> str:
        names = node.elts if isinstance(node, ast.Tuple) else [node]
        for name in names:
            if not isinstance(name, ast.Name):
                raise refusal(name, "a loop sets plain variables")
            self.loops.add(self._variable(name))
        return ", ".join(f"v_{name.id}" for name in names if isinstance(name, ast.Name))

    def _variable(self, node: ast.Name) -> str:
        name = checked_name(node)
        if name in CONSTANTS:
            raise refusal(node, f"'{name}' is a value and cannot be set")
        return name

    # --- expressions -----------------------------------------------------------------------------------------------

    def expression(self, node: ast.expr) -> str:
        """The program text of an expression, in parentheses where it could run into its neighbours."""
        writer = _EXPRESSIONS.get(type(node))
        if writer is None:
            raise refusal(node)
        return writer(self, node)

    def constant(self, node: ast.Constant) -> str:
        return f"({checked_constant(node)!r})"

    def name(self, node: ast.Name) -> str:
        if node.id in CONSTANTS:
            return repr(CONSTANTS[node.id])
        self.read.add(checked_name(node))
        return f"v_{node.id}"

    def binary(self, node: ast.BinOp) -> str:
        left, right = self.expression(node.left), self.expression(node.right)
        if type(node.op) in _FUNCTIONS:
            return f"{_FUNCTIONS[type(node.op)]}({left}, {right})"
        if type(node.op) not in _BINARY:
            name = type(node.op).__name__
            raise refusal(node, f"the operator {name} is not part of the language", "Use and, or, not.")
        return f"({left} {_BINARY[type(node.op)]} {right})"

    def unary(self, node: ast.UnaryOp) -> str:
        if type(node.op) not in _UNARY:
            raise refusal(node, "'~' is not part of the language", "Write not.")
        return f"({_UNARY[type(node.op)]}{self.expression(node.operand)})"

    def logical(self, node: ast.BoolOp) -> str:
        word = " and " if isinstance(node.op, ast.And) else " or "
        return f"({word.join(self.expression(value) for value in node.values)})"

    def compare(self, node: ast.Compare) -> str:
        operands = [node.left, *node.comparators]
        for middle in operands[1:-1]:
            if not isinstance(middle, ast.Name | ast.Constant):
                raise refusal(middle, "this chain of comparisons is too involved", "Join two comparisons with and.")
        texts = [self.expression(operand) for operand in operands]
        steps = zip(node.ops, texts, texts[1:], node.comparators, strict=False)
        return f"({' and '.join(self._comparison(*step) for step in steps)})"

    def _comparison(self, op: ast.cmpop, left: str, right: str, node: ast.expr) -> str:
        if type(op) in _ORDER:
            return f'o_order("{_ORDER[type(op)]}", {left}, {right})'
        if isinstance(op, ast.Is | ast.IsNot) and not (isinstance(node, ast.Constant) and node.value is None):
            raise refusal(node, "'is' compares with None only", "Compare with ==.")
        return f"({left} {_EQUAL[type(op)]} {right})"

    def conditional(self, node: ast.IfExp) -> str:
        test, then, otherwise = (self.expression(each) for each in (node.test, node.body, node.orelse))
        return f"({then} if {test} else {otherwise})"

    def subscript(self, node: ast.Subscript) -> str:
        value = self.expression(node.value)
        if not isinstance(node.slice, ast.Slice):
            return f"{value}[{self.expression(node.slice)}]"
        if node.slice.step is not None:
            raise refusal(node, "a part has a start and an end only", "Write items[0:3].")
        lower, upper = node.slice.lower, node.slice.upper
        return f"{value}[{self.expression(lower) if lower else ''}:{self.expression(upper) if upper else ''}]"

    def elements(self, node: ast.List) -> str:
        return f"[{', '.join(self.expression(element) for element in node.elts)}]"

    def entries(self, node: ast.Dict) -> str:
        texts = []
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                raise refusal(value, "'**' before a value is not part of the language")
            texts.append(f"{self.expression(key)}: {self.expression(value)}")
        return f"{{{', '.join(texts)}}}"

    def list_of(self, node: ast.ListComp) -> str:
        clauses = self._clauses(node.generators)
        return f"[{self.expression(node.elt)}{clauses}]"

    def dict_of(self, node: ast.DictComp) -> str:
        clauses = self._clauses(node.generators)
        return f"{{{self.expression(node.key)}: {self.expression(node.value)}{clauses}}}"

    def _clauses(self, generators: list[ast.comprehension]) -> str:
        texts = []
        for clause in generators:
            if clause.is_async:
                raise Trouble("await is not part of the language")
            iterated = self._iterated(clause.iter)
            texts.append(f" for {self._loop_target(clause.target)} in {iterated}")
            texts.extend(f" if {self.expression(test)}" for test in clause.ifs)
        return "".join(texts)

    def call(self, node: ast.Call) -> str:
        if isinstance(node.func, ast.Attribute):
            return self._method(node, node.func)
        if isinstance(node.func, ast.Name) and node.func.id in ITERATORS:
            return f"list({self._iterator(node, node.func.id)})"
        function = called_function(node, ITERATORS)
        self.calls.add(function.name)
        given = [self._sent(argument) for argument in node.args]
        named = [f"{keyword.arg}={self._sent(keyword.value)}" for keyword in node.keywords]
        return f"f_{function.name}({', '.join([*given, *named])})"

    def _sent(self, node: ast.expr) -> str:
        """An argument on its way to this process."""
        text = self.expression(node)
        return text if isinstance(node, ast.Constant) else f"o_json({text}, 0)"

    def _method(self, node: ast.Call, called: ast.Attribute) -> str:
        if called.attr not in METHODS:
            hint = suggestion(called.attr, METHODS, 'For an entry of a mapping write incident["title"].')
            raise refusal(called, f"there is no '.{called.attr[:60]}' in the language", hint)
        text = f"{self.expression(called.value)}.{called.attr}({self._plain_arguments(node)})"
        return f"list({text})" if called.attr in _VIEWS else text

    def _iterated(self, node: ast.expr) -> str:
        """What a loop runs over; numbers of a range are made one by one."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ITERATORS:
            return self._iterator(node, node.func.id)
        return self.expression(node)

    def _iterator(self, node: ast.Call, name: str) -> str:
        return f"{name}({self._plain_arguments(node)})"

    def _plain_arguments(self, node: ast.Call) -> str:
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            raise refusal(node, "named arguments are for functions of the library only")
        return ", ".join(self.expression(argument) for argument in node.args)


_STATEMENTS: dict[type[ast.stmt], Callable[..., None]] = {
    ast.Assign: Emitter.assign,
    ast.AugAssign: Emitter.change,
    ast.If: Emitter.branch,
    ast.For: Emitter.loop,
    ast.While: Emitter.repeat,
    ast.Break: Emitter.word,
    ast.Continue: Emitter.word,
    ast.Pass: Emitter.word,
    ast.Expr: Emitter.statement,
}
_EXPRESSIONS: dict[type[ast.expr], Callable[..., str]] = {
    ast.Constant: Emitter.constant,
    ast.Name: Emitter.name,
    ast.BinOp: Emitter.binary,
    ast.UnaryOp: Emitter.unary,
    ast.BoolOp: Emitter.logical,
    ast.Compare: Emitter.compare,
    ast.IfExp: Emitter.conditional,
    ast.Subscript: Emitter.subscript,
    ast.List: Emitter.elements,
    ast.Dict: Emitter.entries,
    ast.ListComp: Emitter.list_of,
    ast.DictComp: Emitter.dict_of,
    ast.Call: Emitter.call,
}
