# SPDX-License-Identifier: Apache-2.0
"""What is kept by a content's digest."""

from __future__ import annotations

from engine.kept import Kept


def test_a_value_is_made_once() -> None:
    """The second question is answered from memory, also when the value is nothing."""
    made: list[str] = []
    kept: Kept[str, None] = Kept(2)
    for _ in range(3):
        assert kept.get("a", lambda: made.append("a")) is None
    assert made == ["a"]


def test_the_oldest_leaves_first() -> None:
    """There are never more values than asked for."""
    made: list[int] = []
    kept: Kept[int, int] = Kept(2)

    def ask(number: int) -> int:
        def make() -> int:
            made.append(number)
            return number

        return kept.get(number, make)

    assert [ask(n) for n in (1, 2, 3, 3, 2, 1)] == [1, 2, 3, 3, 2, 1]
    assert made == [1, 2, 3, 1]
