# SPDX-License-Identifier: Apache-2.0
"""A lock whose waiters come in turn.

Python's own locks let whoever runs take them again at once, so a thread that writes one short transaction after another
(ten thousand timers that are due) keeps everybody else waiting for as long as it goes on. Here it goes to the end of the
queue each time: a person waits for the transaction that runs and for those who asked before, never for a whole round.
"""

from __future__ import annotations

import threading
from collections import deque
from types import TracebackType


class Turns:
    """Mutual exclusion in the order of arrival. A thread that has it may take it again (and must leave as often)."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._owner: int | None = None
        self._depth = 0
        self._queue: deque[tuple[int, threading.Lock]] = deque()

    def __enter__(self) -> None:
        me = threading.get_ident()
        with self._guard:
            if self._owner in (None, me):
                self._owner = me
                self._depth += 1
                return
            turn = threading.Lock()
            turn.acquire()
            self._queue.append((me, turn))
        turn.acquire()  # released by the one before, who has made us the owner

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._guard:
            self._depth -= 1
            if self._depth:
                return
            if not self._queue:
                self._owner = None
                return
            self._owner, turn = self._queue.popleft()
            self._depth = 1
        turn.release()
