# SPDX-License-Identifier: Apache-2.0
"""Texts with insertions: ``Incident {{ incident_id }} is {{ lower(priority) }}``. The result is plain text: whoever
shows it as HTML escapes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from engine.errors import ExpressionFailed, ExpressionInvalid
from engine.scripts.context import Context
from engine.scripts.data import MAX_TEXT, text_of
from engine.scripts.expressions import Expression, compile_expression
from engine.values import Json

MAX_TEMPLATE = 20_000
MAX_INSERTIONS = 200


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled template: plain pieces and expressions in order."""

    source: str
    pieces: tuple[str | Expression, ...]

    def render(self, variables: Mapping[str, Json], context: Context) -> str:
        """The text with every insertion as `text(…)` writes it. Raises `ExpressionFailed`."""
        texts: list[str] = []
        length = 0
        for piece in self.pieces:
            text = piece if isinstance(piece, str) else text_of(piece.evaluate(variables, context))
            length += len(text)
            if length > MAX_TEXT:
                raise ExpressionFailed(
                    f"The text would be longer than {MAX_TEXT:,} characters", expression=self.source[:200]
                )
            texts.append(text)
        return "".join(texts)


@lru_cache(maxsize=1_024)
def compile_template(source: str) -> Template:
    """The template in executable form. Raises `ExpressionInvalid`."""
    if len(source) > MAX_TEMPLATE:
        raise ExpressionInvalid(f"The text is longer than {MAX_TEMPLATE:,} characters", expression=source[:200])
    pieces = tuple(_pieces(source))
    if sum(isinstance(piece, Expression) for piece in pieces) > MAX_INSERTIONS:
        raise ExpressionInvalid(f"The text has more than {MAX_INSERTIONS} insertions", expression=source[:200])
    return Template(source, pieces)


def template(text: str, variables: Mapping[str, Json], context: Context) -> str:
    """`text` with its ``{{ expression }}`` insertions rendered. Raises `ExpressionInvalid` or `ExpressionFailed`."""
    return compile_template(text).render(variables, context)


def _pieces(source: str) -> Iterator[str | Expression]:
    position = 0
    while (start := source.find("{{", position)) >= 0:
        yield source[position:start]
        end = _end(source, start + 2)
        if end < 0:
            raise ExpressionInvalid(
                "An insertion '{{' has no end", expression=source[start : start + 80], hint="Close it with }}."
            )
        yield compile_expression(source[start + 2 : end])
        position = end + 2
    yield source[position:]


def _end(source: str, position: int) -> int:
    """Where the next ``}}`` outside of quotation marks and braces is, or -1."""
    quote, depth = "", 0
    while position < len(source):
        sign = source[position]
        if quote:
            position += sign == "\\"
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign == "}" and depth == 0 and source.startswith("}}", position):
            return position
        else:
            depth += (sign == "{") - (sign == "}")
        position += 1
    return -1
