# SPDX-License-Identifier: Apache-2.0
"""Where scripts run: a pool of Monty worker processes with limits on time, memory and calls. No syntax here.

Why Monty in processes: it is another interpreter, without files, modules or network unless the host gives them, so
that an attribute walk leads nowhere; and a worker that hangs or dies takes only its script with it. Both clocks are
needed: the one inside stops ordinary loops after a second, the parent kills a worker that is busy inside one
operation. If the sandbox is not installed, scripts are refused; there is no fall-back.
"""

from __future__ import annotations

import ctypes
import os
import re
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any

from engine.scripts.context import Scope
from engine.scripts.data import Trouble, detached, weigh
from engine.scripts.library import LIBRARY
from engine.scripts.operators import COMPARISONS, modulo, power
from engine.values import Json

if TYPE_CHECKING:
    import pydantic_monty

SECONDS = 1.0  #: computing time of a script
GRACE = 0.5  #: seconds after which the parent kills a worker that did not stop by itself
MEMORY = 64 * 1024 * 1024
MAX_CALLS = 5_000  #: calls of library functions
HOST_SECONDS = 2.0  #: time by the clock on the wall, with the calls of library functions

_UNKNOWN = re.compile(r"name 'v_(\w+)' is not defined")
_OURS = re.compile(r"\b[vfo]_(?=\w)")
_KINDS = {
    "NoneType": "nothing (None)", "int": "a number", "float": "a number", "bool": "true/false", "str": "a text",
    "list": "a list", "tuple": "a list", "dict": "a mapping",
}  # fmt: skip
_KIND = re.compile(f"'({'|'.join(_KINDS)})'")
_LIMITS = {"TimeoutError": "the script ran too long", "MemoryError": "the script used too much memory"}
_SPLIT_HINT = "Do less in one script, or split the work over several."


@dataclass(frozen=True, slots=True)
class Program:
    """What a worker is given: the text that `emit` wrote, and which library functions it may call."""

    text: str
    calls: frozenset[str]


class Fault(Exception):
    """A script failed: why, in which line of the program (0 if unknown), and the variable that was unknown, if any."""

    def __init__(self, sentence: str, hint: str = "", line: int = 0, unknown: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint
        self.line = line
        self.unknown = unknown


class ScriptRunner:
    """A pool of workers, started at the first script. Thread safe; close it, or use it in a `with` statement.

    `seconds`: computing time of one script; `GRACE` later the parent kills a worker that did not stop by itself.
    """

    def __init__(self, workers: int = 2, seconds: float = SECONDS) -> None:
        self._workers = workers
        self._seconds = seconds
        self._lock = threading.Lock()
        self._pool: pydantic_monty.Monty | None = None
        self._closed = False

    def __enter__(self) -> ScriptRunner:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def run(self, program: Program, variables: Mapping[str, Json], scope: Scope) -> dict[str, Json]:
        """All variables that the program touched, with their values at its end. Raises `Fault`."""
        host = _Host(program, scope)
        inputs = {f"v_{name}": _sent(name, value) for name, value in variables.items()}
        monty, pool = self._started()
        try:
            session = pool.checkout(script_name="script", limits=_limits(self._seconds), os_policy=_policy(scope))
            with session:
                result = session.feed_run(
                    program.text,
                    inputs=inputs,
                    external_lookup=host.functions,
                    print_callback=monty.CollectString(max_bytes=10_000),
                )
        except monty.MontyError as error:
            raise _fault(error, host.trouble) from None
        except TimeoutError:
            raise Fault("all script workers are busy", "Try again.") from None
        return {name: _received(value, name) for name, value in result.items()}

    def close(self) -> None:
        """Ends the workers. A closed runner runs nothing more."""
        with self._lock:
            pool, self._pool, self._closed = self._pool, None, True
            _with_workers.discard(self)
            if pool is not None:
                pool.__exit__(None, None, None)

    def abandon(self) -> None:
        """Forgets workers that belong to another process. Their pool is never freed: to free it is to wait for it."""
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._pool))
        self._pool, self._lock = None, threading.Lock()

    def _started(self) -> tuple[Any, pydantic_monty.Monty]:
        try:
            import pydantic_monty as monty
        except ImportError:
            raise Fault("scripts cannot run: the sandbox is not installed", "Install pydantic-monty.") from None
        with self._lock:
            if self._closed:
                raise Fault("scripts cannot run: the engine is closing")
            if _forked:
                hint = "Start the process by itself, or fork before the first script."
                raise Fault("scripts cannot run in this process: it was forked from one that had run scripts", hint)
            if self._pool is None:
                pool = monty.Monty(
                    min_processes=1,
                    max_processes=self._workers,
                    checkout_timeout=10.0,
                    request_timeout=self._seconds + GRACE,
                    max_checkouts_per_worker=1_000,
                    feed_duration_limit_grace=GRACE,
                )
                _note_start()
                self._pool = pool.__enter__()
                _with_workers.add(self)
            return monty, self._pool


_ran = False  #: whether this process, or one that it was forked from, has started workers
_forked = False  #: whether this process was forked from one that had: Monty's threads do not survive that
_with_workers: weakref.WeakSet[ScriptRunner] = weakref.WeakSet()


def _note_start() -> None:
    global _ran  # noqa: PLW0603
    _ran = True


def _after_fork() -> None:
    """In the child: lets go of the parent's workers without ending them, which would wait for threads that are gone."""
    global _forked  # noqa: PLW0603
    _forked = _ran
    for runner in list(_with_workers):
        runner.abandon()


os.register_at_fork(after_in_child=_after_fork)


class _Host:
    """The functions that one run may call in this process, and the first trouble that one of them had."""

    def __init__(self, program: Program, scope: Scope) -> None:
        self.trouble: Trouble | None = None
        self._scope = scope
        self._deadline = time.monotonic() + HOST_SECONDS
        self.functions: dict[str, Callable[..., Json]] = {
            "h_order": self._guarded(lambda sign, left, right: COMPARISONS[sign](left, right)),
            "h_mod": self._guarded(modulo),
            "h_pow": self._guarded(power),
        }
        for name in program.calls:
            function = LIBRARY[name]
            self.functions[f"f_{name}"] = self._guarded(function.implementation, scoped=function.scoped)

    def _guarded(self, implementation: Callable[..., Json], *, scoped: bool = False) -> Callable[..., Json]:
        def call(*arguments: object, **named: object) -> Json:
            try:
                if time.monotonic() > self._deadline:
                    raise Trouble("the script ran too long", _SPLIT_HINT)
                given = [detached(_plain(argument)) for argument in arguments]
                given_by_name = {name: detached(_plain(argument)) for name, argument in named.items()}
                return implementation(*([self._scope] if scoped else []), *given, **given_by_name)
            except Trouble as trouble:
                self.trouble = trouble
                raise ValueError(trouble.sentence) from None
            except RecursionError:
                self.trouble = Trouble("a value is nested too deeply")
                raise ValueError from None

        return call


def _limits(seconds: float) -> pydantic_monty.ResourceLimits:
    return {
        "max_feed_duration_secs": seconds,
        "max_memory": MEMORY,
        "max_recursion_depth": 100,
        "max_suspensions": MAX_CALLS,
        "max_total_sleep_secs": 0.0,
    }


def _policy(scope: Scope) -> pydantic_monty.OSPolicy:
    """Nothing in the language asks for clock or randomness; should something ever do, it sees the step's."""
    return {"datetime": scope.context.now, "timezone": "utc", "sleep": "zero", "random_start": {"seed": 0}}


def _sent(name: str, value: Json) -> Json:
    try:
        return detached(value)
    except (Trouble, RecursionError) as error:
        reason = error.sentence if isinstance(error, Trouble) else "it is nested too deeply"
        raise Fault(f"the variable '{name}' cannot be given to a script: {reason}") from None


def _received(value: object, name: str) -> Json:
    try:
        return detached(_plain(value))
    except (Trouble, RecursionError) as error:
        reason = error.sentence if isinstance(error, Trouble) else "it is nested too deeply"
        raise Fault(f"the script leaves '{name}' with something that cannot be kept: {reason}") from None


def _plain(value: object) -> Json:
    """What a worker sent, with lists for the pairs that `enumerate` and `items()` give."""
    weigh(value)
    return _without_pairs(value)


def _without_pairs(value: object) -> Json:
    if isinstance(value, list | tuple):
        return [_without_pairs(each) for each in value]
    if isinstance(value, dict):
        return {key: _without_pairs(each) for key, each in value.items()}
    return value


def _fault(error: pydantic_monty.MontyError, trouble: Trouble | None) -> Fault:
    import pydantic_monty as monty

    if isinstance(error, monty.MontyCrashedError):
        return Fault("the script ran too long, or used too much memory, and was stopped", _SPLIT_HINT)
    if not isinstance(error, monty.MontyRuntimeError):
        return Fault(f"the script cannot be run: {_readable(str(error))}")
    line = next((frame.line for frame in error.traceback() if frame.function_name == "<module>"), 0)
    if trouble is not None:
        return Fault(trouble.sentence, trouble.hint, line)
    inner = error.exception()
    kind, message = type(inner).__name__, _readable(str(inner))
    if kind in _LIMITS:
        return Fault(_LIMITS[kind], _SPLIT_HINT, line)
    if unknown := _UNKNOWN.search(str(inner)):
        return Fault(f"unknown variable '{unknown[1]}'", "", line, unknown[1])
    if kind == "KeyError":
        return Fault(f"there is no {message} in the mapping", "get(mapping, key, default) allows a missing key.", line)
    if "uspension limit" in message:
        return Fault(f"the script calls functions more than {MAX_CALLS:,} times", _SPLIT_HINT, line)
    return Fault(message or kind, "", line)


def _readable(message: str) -> str:
    """A message of the interpreter without the names that only the program has, and with our names of kinds."""
    text = _OURS.sub("", message)[:300]
    return _KIND.sub(lambda found: _KINDS[found[1]], text)
