# SPDX-License-Identifier: Apache-2.0
"""Did you mean …? Suggestions for names that do not exist."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, or None. Looks at 500 names at most."""
    near = get_close_matches(name[:100], [each[:100] for each in islice(known, 500)], n=1, cutoff=0.6)
    return near[0] if near else None


def suggestion(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """A hint sentence: ``Did you mean 'impact'?``, or `otherwise`."""
    near = closest(name, known)
    return f"Did you mean '{near}'?" if near else otherwise
