# SPDX-License-Identifier: Apache-2.0
"""From source text to a syntax tree within limits, and the sentences for what the language does not have.

Python's own parser reads the text, because owners' habits and editors know that syntax; nothing of the tree is ever
handed to Python to run. What is not named in the tables of `nodes` (expressions) or `emit` (scripts) is refused.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from engine.scripts.data import MAX_INTEGER, Trouble, writable_text
from engine.scripts.functions import Function
from engine.scripts.library import LIBRARY
from engine.scripts.naming import suggestion

MAX_NAME = 100
CONSTANTS = {"true": True, "false": False, "null": None}  #: spellings of JSON and DMN, beside True, False and None

_UNCOUNTED = (ast.expr_context, ast.operator, ast.boolop, ast.unaryop, ast.cmpop)
_LIBRARY_HINT = "The functions are listed in the documentation of expressions."
REFUSED: dict[type[ast.AST], tuple[str, str]] = {
    ast.Attribute: (
        "a dot after a value is not part of the language",
        'For an entry of a mapping write incident["title"].',
    ),
    ast.Lambda: ("lambda is not part of the language", ""),
    ast.NamedExpr: ("':=' is not part of the language", "Compare with ==; set variables in a script task."),
    ast.JoinedStr: ("f-texts are not part of the language", "Join texts with + and text(…), or with join(…)."),
    ast.Starred: ("'*' before a value is not part of the language", ""),
    ast.Tuple: ("a comma between values needs square brackets", "Write a list: [a, b]."),
    ast.Set: ("sets are not part of the language", "Write a list: [a, b]."),
    ast.Await: ("await is not part of the language", ""),
    ast.Yield: ("yield is not part of the language", ""),
    ast.YieldFrom: ("yield is not part of the language", ""),
    ast.GeneratorExp: ("'for' inside an expression is not part of the language", "Lists are made in a script task."),
    ast.ListComp: ("'for' inside an expression is not part of the language", "Lists are made in a script task."),
    ast.SetComp: ("'for' inside an expression is not part of the language", "Lists are made in a script task."),
    ast.DictComp: ("'for' inside an expression is not part of the language", "Lists are made in a script task."),
    ast.Import: ("import is not part of the language", _LIBRARY_HINT),
    ast.ImportFrom: ("import is not part of the language", _LIBRARY_HINT),
    ast.FunctionDef: ("def is not part of the language", ""),
    ast.AsyncFunctionDef: ("def is not part of the language", ""),
    ast.ClassDef: ("class is not part of the language", ""),
    ast.Return: ("return is not part of the language", "A script sets variables: result = …"),
    ast.Try: ("try is not part of the language", "Test the value first, for example with is_empty(…)."),
    ast.With: ("with is not part of the language", ""),
    ast.Raise: ("raise is not part of the language", ""),
    ast.Global: ("global is not part of the language", ""),
    ast.Nonlocal: ("nonlocal is not part of the language", ""),
    ast.Delete: ("del is not part of the language", "Set the variable to None."),
    ast.Match: ("match is not part of the language", "Use if and elif, or a decision table."),
    ast.Assert: ("assert is not part of the language", ""),
}


def place_of(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 1), getattr(node, "col_offset", 0)


def refusal(node: ast.AST, sentence: str = "", hint: str = "") -> Trouble:
    """The trouble for a node that the language does not have, at its place."""
    if not sentence:
        name = type(node).__name__
        sentence, hint = REFUSED.get(type(node), (f"this construct ({name}) is not part of the language", ""))
    return Trouble(sentence, hint, place_of(node))


def parse_expression(source: str, max_length: int, max_nodes: int, max_depth: int) -> ast.expr:
    """The tree of one expression, which may run over several lines."""
    if not source.strip():
        raise Trouble("the expression is empty")
    if len(source) > max_length:
        raise Trouble(f"the expression is longer than {max_length:,} characters")
    lines = source.strip().split("\n")
    if len(lines) == 1:
        tree = _parsed(source.strip(), "eval")
    else:
        # Parentheses let the lines belong together; the check below keeps "1) + (2" from using them.
        tree = _parsed(f"({source.strip()}\n)", "eval")
        if isinstance(tree, ast.Expression) and place_of(tree.body) == (1, 0):
            raise Trouble("the parentheses do not match", place=(1, 0))
    assert isinstance(tree, ast.Expression)
    _measure(tree, max_nodes, max_depth)
    return tree.body


def parse_script(source: str, max_length: int, max_nodes: int, max_depth: int) -> list[ast.stmt]:
    """The statements of a script."""
    if len(source) > max_length:
        raise Trouble(f"the script is longer than {max_length:,} characters")
    tree = _parsed(source, "exec")
    assert isinstance(tree, ast.Module)
    _measure(tree, max_nodes, max_depth)
    return tree.body


def character(source: str, place: tuple[int, int]) -> tuple[int, int]:
    """(line, column), both from 1, of a place in the stripped source; the end of the text is a place too."""
    line, column = place
    lines = source.strip().split("\n")
    text = lines[min(line, len(lines)) - 1]
    if len(lines) > 1 and line == 1:
        column -= 1  # the parenthesis that was put before
    before = text.encode("utf-8", "replace")[: max(0, column)]
    return line, len(before.decode("utf-8", "replace")) + 1


def checked_name(node: ast.Name) -> str:
    """The name, if it is one that a case variable can have."""
    if node.id.startswith("_"):
        raise refusal(
            node,
            f"the name '{node.id[:MAX_NAME]}' begins with an underscore",
            "Choose a name that begins with a letter.",
        )
    if len(node.id) > MAX_NAME:
        raise refusal(node, f"a name is longer than {MAX_NAME} characters")
    return node.id


def checked_constant(node: ast.Constant) -> object:
    value = node.value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _writable(value, node)
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise refusal(node, "the number has too many digits")
        return value
    if isinstance(value, float):
        if value - value != 0:
            raise refusal(node, "the number is too large")
        return value
    raise refusal(
        node, "this kind of literal is not part of the language", "There are texts, numbers, True, False and None."
    )


def _writable(value: str, node: ast.Constant) -> str:
    try:
        return writable_text(value)
    except Trouble as trouble:
        raise trouble.at(place_of(node)) from None


def called_function(node: ast.Call, others: Iterable[str] = ()) -> Function:
    """The library function that a call names, with its arguments checked in number and name."""
    if not isinstance(node.func, ast.Name):
        if isinstance(node.func, ast.Attribute):
            raise refusal(node.func)
        raise refusal(node, "only functions of the library can be called", _LIBRARY_HINT)
    function = LIBRARY.get(node.func.id)
    if function is None:
        shown = node.func.id[:MAX_NAME]
        hint = suggestion(shown, [*LIBRARY, *others], _LIBRARY_HINT)
        raise refusal(node, f"there is no function '{shown}'", hint)
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            raise refusal(argument)
    keywords = [keyword.arg for keyword in node.keywords]
    if None in keywords:
        raise refusal(node, "'**' before a value is not part of the language")
    try:
        function.parameters.bind(*node.args, **{str(name): None for name in keywords})
    except TypeError as error:
        raise refusal(node, f"{function.name}: {error}", f"It is {function.signature}.") from None
    return function


def _parsed(text: str, mode: str) -> ast.AST:
    try:
        return ast.parse(text, mode=mode)
    except SyntaxError as error:
        place = (error.lineno or 1, max(0, (error.offset or 1) - 1))
        raise Trouble(
            f"this cannot be read: {error.msg}", _syntax_hint(text) if mode == "eval" else "", place
        ) from None
    except Exception:  # the parser raises ValueError, RecursionError, MemoryError and SystemError on hostile text
        raise Trouble("this cannot be read: it is nested too deeply or holds characters that are not text") from None


def _syntax_hint(text: str) -> str:
    if "=" in text and not any(sign in text for sign in ("==", "<=", ">=", "!=")):
        return "Two values are compared with ==."
    return "Write and, or, not instead of &&, ||, !." if any(sign in text for sign in ("&&", "||", "! ")) else ""


def _measure(tree: ast.AST, max_nodes: int, max_depth: int) -> None:
    level: list[ast.AST] = [tree]
    nodes = 0
    for _ in range(max_depth + 2):
        level = [child for node in level for child in ast.iter_child_nodes(node) if not isinstance(child, _UNCOUNTED)]
        nodes += len(level)
        if nodes > max_nodes:
            raise Trouble(f"this has more than {max_nodes:,} parts", "Split it up, or use a decision table.")
        if not level:
            return
    raise Trouble(f"this is nested more than {max_depth} levels deep", "Split it up; join(…) joins many texts.")
