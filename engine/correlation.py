# SPDX-License-Identifier: Apache-2.0
"""Who of those that wait gets a message: the one rule, for the engine and for trial runs.

A message and a wait match by name and correlation key. Where several match, the case that was started first receives.
Without a key that would be a guess, so a message without one stays in its conversation: cases are in conversation when
one began by a message of the other, or has received one. Sent by a case that is in conversation with running cases of
that message, it goes to one of those or to nobody yet; else only if exactly one case waits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

Wait = TypeVar("Wait")


def receiver(
    key: str, waiting: Sequence[Wait], case_of: Callable[[Wait], str], partners: Collection[str]
) -> Wait | None:
    """The wait that gets a message, of those that match by name and key, in the order in which their cases started.

    ``partners``: the cases that the sender is in conversation with and that could wait for such a message.
    """
    if key:
        return waiting[0] if waiting else None
    if partners:
        return next((wait for wait in waiting if case_of(wait) in partners), None)
    return waiting[0] if len({case_of(wait) for wait in waiting}) == 1 else None
