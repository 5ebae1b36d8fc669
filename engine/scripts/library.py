# SPDX-License-Identifier: Apache-2.0
"""The function library: every function that an expression or script may call, by name.

Deterministic: the same arguments and context give the same result, on any machine. `docs/expressions.md` lists the
same functions for process owners; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.scripts.functions import Function
from engine.scripts.functions_case import CASE
from engine.scripts.functions_time import TIME
from engine.scripts.functions_values import VALUES

LIBRARY: Mapping[str, Function] = MappingProxyType({**TIME, **VALUES, **CASE})
