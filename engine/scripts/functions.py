# SPDX-License-Identifier: Apache-2.0
"""How a library function is declared: its name, its documentation with examples that run, and what it may see."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.scripts.data import Trouble, bounded_list, described, is_number
from engine.values import Json


@dataclass(frozen=True)
class Function:
    """One function of the library. `scoped`: its implementation receives the `Scope` as first argument."""

    name: str
    summary: str
    examples: Sequence[tuple[str, Json]]
    implementation: Callable[..., Json] = field(repr=False)
    scoped: bool = False

    @property
    def signature(self) -> str:
        """As an owner writes it: ``get(mapping, key, default=None)``."""
        shown = [str(each.replace(annotation=each.empty)) for each in self.parameters.parameters.values()]
        return f"{self.name}({', '.join(shown)})"

    @property
    def parameters(self) -> inspect.Signature:
        """The parameters that an owner gives (without the scope)."""
        signature = inspect.signature(self.implementation)
        given = list(signature.parameters.values())[1 if self.scoped else 0 :]
        return signature.replace(parameters=given, return_annotation=signature.empty)


class Shelf(dict[str, Function]):
    """Functions by name, filled by the decorator `add`."""

    def add(
        self, name: str, summary: str, *examples: tuple[str, Json], scoped: bool = False
    ) -> Callable[[Callable[..., Json]], Callable[..., Json]]:
        def register(implementation: Callable[..., Json]) -> Callable[..., Json]:
            self[name] = Function(name, summary, examples, implementation, scoped)
            return implementation

        return register


def a_text(value: Json, where: str) -> str:
    if isinstance(value, str):
        return value
    raise _wanted(where, "a text", value)


def a_number(value: Json, where: str) -> Any:
    if is_number(value):
        return value
    raise _wanted(where, "a number", value)


def a_list(value: Json, where: str) -> list[Json]:
    if isinstance(value, list):
        return bounded_list(value)
    raise _wanted(where, "a list", value)


def all_alike(values: list[Json], where: str) -> list[Json]:
    """The values, if they are all numbers or all texts, so that they have an order."""
    fits = is_number if values and is_number(values[0]) else _is_text
    for value in values:
        if not fits(value):
            raise Trouble(f"{where} needs numbers only or texts only and saw {described(value)} among them")
    return values


def _is_text(value: Json) -> bool:
    return isinstance(value, str)


def _wanted(where: str, wanted: str, value: Json) -> Trouble:
    hint = "It has no value yet; coalesce(value, …) gives it one." if value is None else ""
    return Trouble(f"{where} needs {wanted} and saw {described(value)}", hint)
