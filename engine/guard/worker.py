# SPDX-License-Identifier: Apache-2.0
"""The worker's side: limits first, then questions until the server is gone."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import sys
from typing import Any, BinaryIO

import orjson

from engine.errors import EngineError, Invalid
from engine.guard.pool import OUT_OF_MEMORY
from engine.guard.tasks import TASKS, Failed


def main(memory: int) -> None:
    """Answer the questions that come on standard input. Does not return."""
    _limit(memory)
    questions, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints does not speak to the server
    _import_all()
    while question := _question(questions):
        _write(answers, _answer(question))
    os._exit(0)


def _limit(memory: int) -> None:
    """No more memory than that and no core dumps, where the system can do it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the server, which ends us
    try:
        import resource
    except ImportError:
        return
    for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(what, (most, most))


def _import_all() -> None:
    """Be warm when the first question comes."""
    import engine.bpmn.check
    import engine.decisions
    import engine.trial  # noqa: F401


def _question(stream: BinaryIO) -> bytes:
    """The next question; empty when the server is gone."""
    size = int.from_bytes(stream.read(8), "big")
    return stream.read(size) if size else b""


def _answer(question: bytes) -> bytes:
    try:
        task, arguments, seconds = pickle.loads(question)  # noqa: S301  from our own server
        _allow(seconds)
        return orjson.dumps({"result": TASKS[task](**arguments)}, default=_plain)
    except EngineError as error:
        return orjson.dumps({"error": Failed.of(error)})
    except RecursionError:
        deep = Invalid("It is nested too deeply.", hint="Put parts of it into processes of their own.")
        return orjson.dumps({"error": Failed.of(deep)})
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    finally:
        _allow(0)


def _allow(seconds: float) -> None:
    """SIGPROF ends the process after so much computing, whatever it is busy with, and whether the server is there."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _plain(value: Any) -> Any:
    """Mappings that are no dicts."""
    return dict(value)


def _write(stream: BinaryIO, content: bytes) -> None:
    stream.write(len(content).to_bytes(8, "big") + content)
    stream.flush()
