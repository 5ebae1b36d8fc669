# SPDX-License-Identifier: Apache-2.0
"""What a worker is asked to do: pure functions of their arguments, answered in JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from engine import errors
from engine.errors import DiagramInvalid, EngineError
from engine.values import Finding

if TYPE_CHECKING:
    from engine.bpmn.check import Known


@dataclass(frozen=True, slots=True)
class Examined:
    """What is wrong with a file. ``called``: published processes that must be known before it can be compiled."""

    findings: tuple[Finding, ...]
    called: tuple[str, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.severity == "error")


@dataclass(frozen=True, slots=True)
class Failed:
    """An error of the engine on its way from the worker to the server."""

    kind: str
    sentence: str
    hint: str
    findings: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def of(cls, error: EngineError) -> Failed:
        found = error.findings if isinstance(error, DiagramInvalid) else ()
        return cls(type(error).__name__, error.sentence, error.hint, tuple(asdict(f) for f in found))

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Failed:
        return cls(told["kind"], told["sentence"], told["hint"], tuple(told["findings"]))

    def as_error(self) -> EngineError:
        if self.kind == "DiagramInvalid":
            return DiagramInvalid([Finding(**f) for f in self.findings], hint=self.hint)
        known = getattr(errors, self.kind, None)
        plain = known in (errors.Invalid, errors.NotFound, errors.ExpressionInvalid, errors.ExpressionFailed)
        return (known if plain and known is not None else errors.Invalid)(self.sentence, hint=self.hint)


def examine(
    xml: bytes,
    file: str,
    known: Known,
    beside: Mapping[str, bytes],
    called: Mapping[str, Mapping[str, bytes]] | None,
) -> dict[str, Any]:
    """Check a file and, once all that it calls is there, compile it."""
    from engine import checking

    found: tuple[Finding, ...] = ()
    if called is None:
        found = checking.findings(xml, file, known, beside)
        if any(f.severity == "error" for f in found):
            return _examined(found)
        if wanted := checking.calls_of(xml, file, beside):
            return _examined(found, wanted)
    there = called or {}
    return _examined([*found, *checking.uncompilable(xml, file, beside, there.__getitem__)])


def _examined(findings: Iterable[Finding], called: Iterable[str] = ()) -> dict[str, Any]:
    return {"findings": [asdict(f) for f in findings], "called": list(called)}


def trial(**arguments: Any) -> Any:
    """Run diagrams in memory."""
    from engine.trial import run_here

    return run_here(**arguments)


TASKS: Mapping[str, Callable[..., Any]] = {"examine": examine, "trial": trial}
