# SPDX-License-Identifier: Apache-2.0
"""The writer's lock: one at a time, in the order in which they came."""

from __future__ import annotations

import threading

import pytest

from engine.store.turns import Turns

PATIENCE = 20.0  #: seconds; only a broken lock needs them


def waiting(turns: Turns, number: int) -> None:
    """Until so many wait."""
    turn = threading.Event()
    while turns.waiting < number:
        turn.wait(0.001)


def test_those_who_wait_come_in_order() -> None:
    """Whoever has just left stands at the end."""
    turns, order = Turns(), list[int]()

    def take(number: int) -> None:
        with turns:
            order.append(number)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(5)]
    with turns:
        for number, thread in enumerate(threads):
            thread.start()
            waiting(turns, number + 1)
    with turns:
        order.append(99)
    for thread in threads:
        thread.join(PATIENCE)
    assert order == [0, 1, 2, 3, 4, 99]


def test_the_clock_has_every_second_turn() -> None:
    """However many people wait; and people have theirs, however often the clock asks."""
    turns, order = Turns(), list[str]()

    def person(name: str) -> None:
        with turns:
            order.append(name)

    def clock() -> None:
        with turns.of_the_clock():
            for _ in range(3):
                with turns:
                    order.append("clock")
                    waiting(turns, 6 - len(order) + order.count("clock"))

    threads = [threading.Thread(target=person, args=(f"p{number}",)) for number in range(6)]
    with turns:
        for number, thread in enumerate(threads):
            thread.start()
            waiting(turns, number + 1)
        ticking = threading.Thread(target=clock)
        ticking.start()
        waiting(turns, 7)
    for thread in (*threads, ticking):
        thread.join(PATIENCE)
    assert [name for name in order if name != "clock"] == [f"p{number}" for number in range(6)]
    assert order[:2] == ["clock", "p0"]
    assert order.count("clock") == 3


def test_only_one_has_it() -> None:
    """Also when many take it often; nothing that is counted inside is lost."""
    turns, count = Turns(), [0]

    def work() -> None:
        for _ in range(500):
            with turns:
                before = count[0]
                count[0] = before + 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert count == [4000]
    assert turns._owner is None


def test_who_has_it_may_take_it_again() -> None:
    """It is free when left as often as it was taken, also by an error."""
    turns, got = Turns(), threading.Event()

    def other() -> None:
        with turns:
            got.set()

    thread = threading.Thread(target=other)

    def fail() -> None:
        with turns:
            with turns:
                thread.start()
                waiting(turns, 1)
            assert not got.is_set()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert got.wait(PATIENCE)
    thread.join(PATIENCE)
