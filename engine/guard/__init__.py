# SPDX-License-Identifier: Apache-2.0
"""Files from people are read, checked, compiled and tried out in a worker process that can be killed.

A diagram is a program, and reading it can take for ever or all memory: nested elements, wide forks, expressions, a
parser's own faults. So the first reading happens in a worker of its own with limits on time and memory (`pool`); the
server waits for its answer, and when none comes it says so. Why the server may then read the same file itself stands in
``docs/decisions``: reading is a pure function of the bytes, and it has just been seen to end within the limits.
"""

from engine.guard.pool import Guard, shared
from engine.guard.tasks import Examined

__all__ = ["Examined", "Guard", "shared"]
