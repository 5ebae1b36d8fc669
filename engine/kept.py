# SPDX-License-Identifier: Apache-2.0
"""What was made from published content, kept by the content's digest: it can never be stale.

For nothing else: what the key does not determine must be asked for again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """At most ``size`` values; those made first leave first. Thread safe; two threads may make the same one."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: dict[K, V] = {}
        self._lock = threading.Lock()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The value for ``key``, made at the first time."""
        try:
            return self._values[key]
        except KeyError:
            value = make()
        with self._lock:
            self._values[key] = value
            if len(self._values) > self._size:
                del self._values[next(iter(self._values))]
        return value
