# SPDX-License-Identifier: Apache-2.0
"""Workers that stay warm, one question at a time each, and are killed when they do not answer.

They are started as programs of their own (no fork: the server has threads) and ask the server for nothing. Questions go
to them as pickles, which the server made; what comes back is JSON, so that a worker that was taken over by a file has no
way to speak to the server but in plain values.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import pickle
import queue
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

import orjson

from engine.errors import Invalid
from engine.guard.tasks import Examined, Failed
from engine.values import Finding

if TYPE_CHECKING:
    from engine.bpmn.check import Known

logger = logging.getLogger(__name__)

SECONDS = 20.0  #: of computing, for one question
_WAITING = 6  #: times that by the clock on the wall: on a busy machine a good diagram must pass
MEMORY = 2 * 1024**3  #: bytes of address space of a worker
WORKERS = 2
OUT_OF_MEMORY = 77  #: the exit status of a worker that had no more memory
_ENDS = {OUT_OF_MEMORY: "memory", -signal.SIGKILL: "memory", -getattr(signal, "SIGPROF", 0): "time"}
_USES = 200  #: questions after which a worker is replaced by a fresh one
_LARGEST = 64 * 1024**2  #: bytes of an answer
_START = "import sys; sys.path[:] = {path!r}; from engine.guard.worker import main; main({memory})"


class Stopped(Exception):
    """A worker gave no answer: ``why`` in a few words."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Guard:
    """A pool of workers, started when first needed (or by `warm`). Thread safe."""

    def __init__(self, seconds: float = SECONDS, memory: int = MEMORY, workers: int = WORKERS) -> None:
        self.seconds, self._memory = seconds, memory
        self._places = threading.BoundedSemaphore(workers)
        self._idle: queue.LifoQueue[_Worker] = queue.LifoQueue()
        self._closed = False

    def __enter__(self) -> Guard:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def warm(self) -> None:
        """Start a worker that will be ready when the first question comes; does not wait for it."""
        if self._places.acquire(blocking=False):
            self._idle.put(_Worker(self._memory))
            self._places.release()

    def close(self) -> None:
        self._closed = True
        with contextlib.suppress(queue.Empty):
            while True:
                self._idle.get_nowait().kill()

    def abandon(self) -> None:
        """Forget the workers without ending them: they belong to another process."""
        self._idle, self._closed = queue.LifoQueue(), True

    def examine(
        self,
        xml: bytes,
        file: str,
        known: Known,
        beside: Mapping[str, bytes] | None = None,
        called: Mapping[str, Mapping[str, bytes]] | None = None,
    ) -> Examined:
        """Check and compile a diagram (or, by its name, check a decision table).

        ``known``: what it may refer to. ``beside``: further files that it may refer to. ``called``: the files of
        published processes that it calls; without them such a diagram is not compiled, and the answer says which they are.
        A worker that gave no answer is a finding of its own.
        """
        asked = {"xml": xml, "file": file, "known": known, "beside": dict(beside or {}), "called": called}
        try:
            told = self._ask("examine", asked, file)
        except Stopped as stopped:
            return Examined((_heavy(file, stopped, self.seconds),))
        return Examined(tuple(Finding(**f) for f in told["findings"]), tuple(told["called"]))

    def trial(self, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """The parts of a `engine.trial.Trial`, as JSON. Raises what the trial raises.

        Raises:
            Invalid: it was stopped.
        """
        try:
            found: Mapping[str, Any] = self._ask("trial", dict(arguments), "the trial run")
            return found
        except Stopped as stopped:
            limit = f"after {self.seconds:g} s" if stopped.why == "time" else "because it took too much memory"
            raise Invalid(
                f"The trial run was stopped {limit}.", hint="Look for a loop without an end, or set --until."
            ) from None

    def _ask(self, task: str, arguments: Mapping[str, Any], file: str) -> Any:
        if not self._places.acquire(timeout=_WAITING * self.seconds):
            raise Invalid("Other diagrams are being checked right now.", hint="Try again in a moment.")
        try:
            worker = self._worker()
            try:
                answer = worker.ask(pickle.dumps((task, arguments, self.seconds)), _WAITING * self.seconds)
            except Stopped as stopped:
                logger.warning("the worker that looked at %s was stopped: %s", file, stopped.why)
                raise
            if worker.is_fresh and not self._closed:
                self._idle.put(worker)
            else:
                worker.kill()
        finally:
            self._places.release()
        return _result(answer)

    def _worker(self) -> _Worker:
        with contextlib.suppress(queue.Empty):
            while True:
                found = self._idle.get_nowait()
                if found.is_alive:
                    return found
                found.kill()
        return _Worker(self._memory)


_shared: list[Guard] = []
_sharing = threading.Lock()


def shared() -> Guard:
    """The guard of this process. All engines use it: it keeps nothing of a question but the warmth."""
    with _sharing:
        if not _shared:
            _shared.append(Guard())
            atexit.register(_shared[0].close)
        return _shared[0]


def _after_fork() -> None:
    """In the child: the workers are the parent's, and so are the pipes to them."""
    global _sharing  # noqa: PLW0603
    for guard in _shared:
        guard.abandon()
    _shared.clear()
    _sharing = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class _Worker:
    """One process. After a question without an answer it is dead."""

    def __init__(self, memory: int) -> None:
        program = _START.format(path=sys.path, memory=memory)
        self._process = subprocess.Popen(  # noqa: S603  our own program, our own arguments
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        self._uses = 0

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    @property
    def is_fresh(self) -> bool:
        return self._uses < _USES and self.is_alive

    def ask(self, question: bytes, seconds: float) -> bytes:
        """Raises Stopped; the process is then dead."""
        self._uses += 1
        end = time.monotonic() + seconds
        sender = threading.Thread(target=self._send, args=(question,), daemon=True)
        sender.start()
        try:
            size = int.from_bytes(self._receive(8, end), "big")
            if size > _LARGEST:
                raise Stopped("memory")
            return self._receive(size, end)
        except Stopped:
            self.kill()
            raise
        finally:
            sender.join()

    def _send(self, question: bytes) -> None:
        assert self._process.stdin is not None
        view = memoryview(len(question).to_bytes(8, "big") + question)
        with contextlib.suppress(OSError, ValueError):  # it has died: the answer that does not come says so
            while view:
                view = view[self._process.stdin.write(view) :]

    def _receive(self, size: int, end: float) -> bytes:
        assert self._process.stdout is not None
        content = bytearray()
        while len(content) < size:
            left = end - time.monotonic()
            ready = select.select([self._process.stdout], [], [], max(left, 0))[0] if left > 0 else []
            if not ready:
                raise Stopped("time")
            piece = self._process.stdout.read(min(size - len(content), 1024 * 1024))
            if not piece:
                raise Stopped(_ENDS.get(self._process.wait(), "crash"))
            content += piece
        return bytes(content)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def _result(answer: bytes) -> Any:
    """What the worker found, or the error that it told."""
    told = orjson.loads(answer)
    if "error" in told:
        raise Failed.read(told["error"]).as_error()
    return told["result"]


def _heavy(file: str, stopped: Stopped, seconds: float) -> Finding:
    why = {
        "time": f"checking the file took more than {seconds:g} s of computing and was stopped",
        "memory": "checking the file took more memory than there is for it and was stopped",
    }.get(stopped.why, "checking the file brought the checking program down")
    hint = "Split it: move parts into processes of their own and call them."
    return Finding("error", file, 1, "", "too-heavy", f"{why[:1].upper()}{why[1:]}.", hint)
