# SPDX-License-Identifier: Apache-2.0
"""A brake on guessing: so many failures in a time window, then wait. Kept in this process's memory.

Several processes multiply the limit by their number, which still stops guessing.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from threading import Lock
from time import monotonic


class Throttle:
    """Counts failures by key (an address, a login) over a sliding window."""

    def __init__(self, limit: int, window: float, *, keys: int = 10_000) -> None:
        """``limit`` failures in ``window`` seconds; at most ``keys`` keys are remembered."""
        self.limit, self.window, self.keys = limit, window, keys
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def wait(self, key: str, now: float | None = None) -> int:
        """Seconds until this key may try again; 0 when it may at once."""
        with self._lock:
            times = self._recent(key, monotonic() if now is None else now)
            if len(times) < self.limit:
                return 0
            return max(1, int(times[0] + self.window - (monotonic() if now is None else now)) + 1)

    def failed(self, key: str, now: float | None = None) -> None:
        """One more failure of this key."""
        with self._lock:
            moment = monotonic() if now is None else now
            self._recent(key, moment).append(moment)
            self._failures.move_to_end(key)
            while len(self._failures) > self.keys:
                self._failures.popitem(last=False)

    def succeeded(self, key: str) -> None:
        """Forget this key's failures."""
        with self._lock:
            self._failures.pop(key, None)

    def _recent(self, key: str, now: float) -> deque[float]:
        times = self._failures.setdefault(key, deque(maxlen=self.limit))
        while times and times[0] <= now - self.window:
            times.popleft()
        return times
