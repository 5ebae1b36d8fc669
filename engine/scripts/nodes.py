# SPDX-License-Identifier: Apache-2.0
"""From an expression's syntax tree to our own executable nodes: one small function for each node type of the language.

The table `BUILDERS` is the language: a node type that is not in it cannot be built. An executable node takes a
`Scope` and returns a value; every node runs at most once in an evaluation, so the number of nodes bounds the steps.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from engine.scripts.context import Scope
from engine.scripts.data import MAX_ITEMS, Trouble, described, weigh
from engine.scripts.library import LIBRARY
from engine.scripts.naming import suggestion
from engine.scripts.operators import BINARY, COMPARISONS, item, negative, part, positive
from engine.scripts.syntax import CONSTANTS, called_function, checked_constant, checked_name, place_of, refusal
from engine.values import Json

Node = Callable[[Scope], Json]
SUBJECT = "\u0242"  #: stands for `?` in the cells of decision tables: one character, so that places stay true

_BINARY = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
}  # fmt: skip
_COMPARISONS = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
_JSON = (str, int, float, bool, list, dict, type(None))


class Builder:
    """Builds the nodes of one expression and notes which variables and functions it uses."""

    def __init__(self, *, with_subject: bool = False) -> None:
        self.names: set[str] = set()
        self.calls: set[str] = set()
        self._with_subject = with_subject

    def build(self, node: ast.expr) -> Node:
        """The executable node. Raises `Trouble` for what the language does not have."""
        builder = BUILDERS.get(type(node))
        if builder is None:
            raise refusal(node)
        return builder(self, node)

    def constant(self, node: ast.Constant) -> Node:
        value = checked_constant(node)
        return lambda scope: value

    def name(self, node: ast.Name) -> Node:
        if node.id in CONSTANTS:
            value = CONSTANTS[node.id]
            return lambda scope: value
        if node.id == SUBJECT:
            if not self._with_subject:
                raise refusal(node, "'?' stands for the input value only in the cells of decision tables")
            return lambda scope: scope.subject
        name, place = checked_name(node), place_of(node)
        self.names.add(name)

        def run(scope: Scope) -> Json:
            try:
                value = scope.variables[name]
            except KeyError:
                raise unknown(name, scope).at(place) from None
            if not isinstance(value, _JSON):
                raise Trouble(f"the variable '{name}' does not hold a JSON value", place=place)
            return value

        return run

    def binary(self, node: ast.BinOp) -> Node:
        symbol = _BINARY.get(type(node.op))
        if symbol is None:
            raise refusal(
                node, f"the operator {type(node.op).__name__} is not part of the language", "Use and, or, not."
            )
        apply, left, right = BINARY[symbol], self.build(node.left), self.build(node.right)
        place = place_of(node)

        def run(scope: Scope) -> Json:
            first, second = left(scope), right(scope)
            try:
                return apply(first, second)
            except Trouble as trouble:
                raise trouble.at(place) from None

        return run

    def unary(self, node: ast.UnaryOp) -> Node:
        operand, place = self.build(node.operand), place_of(node)
        if isinstance(node.op, ast.Not):
            return lambda scope: not operand(scope)
        if isinstance(node.op, ast.Invert):
            raise refusal(node, "'~' is not part of the language", "Write not.")
        apply = negative if isinstance(node.op, ast.USub) else positive

        def run(scope: Scope) -> Json:
            value = operand(scope)
            try:
                return apply(value)
            except Trouble as trouble:
                raise trouble.at(place) from None

        return run

    def logical(self, node: ast.BoolOp) -> Node:
        values = [self.build(value) for value in node.values]
        stops_at = isinstance(node.op, ast.Or)

        def run(scope: Scope) -> Json:
            result = None
            for value in values:
                result = value(scope)
                if bool(result) is stops_at:
                    break
            return result

        return run

    def compare(self, node: ast.Compare) -> Node:
        first = self.build(node.left)
        steps = [
            (self._comparison(op, right), self.build(right), place_of(node))
            for op, right in zip(node.ops, node.comparators, strict=True)
        ]

        def run(scope: Scope) -> Json:
            left = first(scope)
            for apply, build, place in steps:
                right = build(scope)
                try:
                    if not apply(left, right):
                        return False
                except Trouble as trouble:
                    raise trouble.at(place) from None
                left = right
            return True

        return run

    def conditional(self, node: ast.IfExp) -> Node:
        test, then, otherwise = self.build(node.test), self.build(node.body), self.build(node.orelse)
        return lambda scope: then(scope) if test(scope) else otherwise(scope)

    def subscript(self, node: ast.Subscript) -> Node:
        if isinstance(node.slice, ast.Slice):
            return self._slice(node, node.slice)
        container, key, place = self.build(node.value), self.build(node.slice), place_of(node)

        def run(scope: Scope) -> Json:
            whole, chosen = container(scope), key(scope)
            try:
                return item(whole, chosen)
            except Trouble as trouble:
                raise trouble.at(place) from None

        return run

    def elements(self, node: ast.List) -> Node:
        parts = [self.build(element) for element in node.elts]
        return lambda scope: _weighed([each(scope) for each in parts])

    def entries(self, node: ast.Dict) -> Node:
        parts = []
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                raise refusal(value, "'**' before a value is not part of the language")
            parts.append((self.build(key), self.build(value), place_of(key)))

        def run(scope: Scope) -> Json:
            result = {}
            for key, value, place in parts:
                name = key(scope)
                if not isinstance(name, str):
                    raise Trouble(f"the keys of a mapping are texts, not {described(name)}", place=place)
                result[name] = value(scope)
            return _weighed(result)

        return run

    def call(self, node: ast.Call) -> Node:
        function = called_function(node)
        self.calls.add(function.name)
        implementation, scoped, place, name = function.implementation, function.scoped, place_of(node), function.name
        arguments = [self.build(argument) for argument in node.args]
        keywords = [(str(keyword.arg), self.build(keyword.value)) for keyword in node.keywords]

        def run(scope: Scope) -> Json:
            given = [argument(scope) for argument in arguments]
            named = {key: value(scope) for key, value in keywords}
            try:
                return implementation(scope, *given, **named) if scoped else implementation(*given, **named)
            except Trouble as trouble:
                raise trouble.at(place) from None
            except RecursionError:
                raise Trouble(f"{name}() saw a value that is nested too deeply", place=place) from None

        return run

    def _comparison(self, op: ast.cmpop, right: ast.expr) -> Callable[[Json, Json], bool]:
        if isinstance(op, ast.Is | ast.IsNot):
            if not (isinstance(right, ast.Constant) and right.value is None):
                raise refusal(right, "'is' compares with None only", "Compare with ==.")
            return (lambda a, b: a is b) if isinstance(op, ast.Is) else (lambda a, b: a is not b)
        return COMPARISONS[_COMPARISONS[type(op)]]

    def _slice(self, node: ast.Subscript, limits: ast.Slice) -> Node:
        if limits.step is not None:
            raise refusal(node, "a part has a start and an end only", "Write items[0:3].")
        container, place = self.build(node.value), place_of(node)
        start = self.build(limits.lower) if limits.lower else _nothing
        stop = self.build(limits.upper) if limits.upper else _nothing

        def run(scope: Scope) -> Json:
            whole, first, last = container(scope), start(scope), stop(scope)
            try:
                return part(whole, first, last)
            except Trouble as trouble:
                raise trouble.at(place) from None

        return run


def unknown(name: str, scope: Scope) -> Trouble:
    """The trouble for a name that is no variable."""
    if name in LIBRARY:
        return Trouble(f"'{name}' is a function", f"Call it: {LIBRARY[name].signature}.")
    otherwise = f'get_var("{name}", default) allows a variable that is not there yet.'
    return Trouble(f"unknown variable '{name}'", suggestion(name, scope.variables, otherwise))


def _nothing(scope: Scope) -> Json:
    return None


def _weighed(value: Json) -> Json:
    if len(value) > MAX_ITEMS:
        raise Trouble(f"there would be more than {MAX_ITEMS:,} elements")
    if any(isinstance(each, list | dict) for each in (value.values() if isinstance(value, dict) else value)):
        weigh(value)
    return value


BUILDERS: dict[type[ast.expr], Callable[..., Node]] = {
    ast.Constant: Builder.constant,
    ast.Name: Builder.name,
    ast.BinOp: Builder.binary,
    ast.UnaryOp: Builder.unary,
    ast.BoolOp: Builder.logical,
    ast.Compare: Builder.compare,
    ast.IfExp: Builder.conditional,
    ast.Subscript: Builder.subscript,
    ast.List: Builder.elements,
    ast.Dict: Builder.entries,
    ast.Call: Builder.call,
}
