# SPDX-License-Identifier: Apache-2.0
"""A lock whose waiters come in turn.

Python's own locks let whoever runs take them again at once, so a thread that writes one short transaction after another
(ten thousand timers that are due) keeps everybody else waiting for as long as it goes on. Here it goes to the end of the
queue each time: a person waits for the transaction that runs and for those who asked before, never for a whole round.

The clock has a queue of its own, and the two are served by turns. Otherwise many busy people would leave it one turn in
many, and timers would fall behind on a machine that has enough to do.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

PEOPLE, CLOCK = 0, 1


class Turns:
    """Mutual exclusion in the order of arrival. A thread that has it may take it again (and must leave as often)."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._owner: int | None = None
        self._depth = 0
        self._queues: tuple[deque[tuple[int, threading.Lock]], ...] = (deque(), deque())
        self._served = CLOCK  #: whose turn the last one was
        self._thread = threading.local()

    @contextmanager
    def of_the_clock(self) -> Iterator[None]:
        """Meanwhile what this thread asks for counts as the clock's."""
        before, self._thread.queue = getattr(self._thread, "queue", PEOPLE), CLOCK
        try:
            yield
        finally:
            self._thread.queue = before

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(map(len, self._queues))

    def __enter__(self) -> None:
        me, queue = threading.get_ident(), getattr(self._thread, "queue", PEOPLE)
        with self._guard:
            if self._owner in (None, me):
                self._served = queue if self._owner is None else self._served
                self._owner = me
                self._depth += 1
                return
            turn = threading.Lock()
            turn.acquire()
            self._queues[queue].append((me, turn))
        turn.acquire()  # released by the one before, who has made us the owner

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._guard:
            self._depth -= 1
            if self._depth:
                return
            other = CLOCK if self._served == PEOPLE else PEOPLE
            served = other if self._queues[other] else self._served
            if not self._queues[served]:
                self._owner = None
                return
            self._served = served
            self._owner, turn = self._queues[served].popleft()
            self._depth = 1
        turn.release()
