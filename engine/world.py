# SPDX-License-Identifier: Apache-2.0
"""What a step sees of the world, live or as recorded. Every answer of the live world is kept for the replay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine import registers
from engine.errors import NotReproduced
from engine.store.transaction import Tx
from engine.values import Json


class LiveWorld:
    """Asks the database; ``reads`` lists each question with its answer, in order."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self.reads: list[list[Json]] = []

    def record(self, register: str, record_id: str) -> Mapping[str, Json] | None:
        found = registers.mapping(self._tx, register, record_id)
        self.reads.append(["record", register, record_id, found])
        return found

    def records(self, register: str, question: Mapping[str, Json]) -> Json:
        found = registers.ask(self._tx, register, question)
        self.reads.append(["records", register, dict(question), found])
        return found

    def new_number(self, register: str) -> str:
        number = registers.new_number(self._tx, register)
        self.reads.append(["number", register, number])
        return number


class RecordedWorld:
    """Gives the recorded answers; a question that was not asked then means that the step does not reproduce."""

    def __init__(self, reads: Sequence[Any]) -> None:
        self._reads = list(reads)

    def record(self, register: str, record_id: str) -> Mapping[str, Json] | None:
        return self._next(["record", register, record_id])[3]  # type: ignore[no-any-return]

    def records(self, register: str, question: Mapping[str, Json]) -> Json:
        return self._next(["records", register, dict(question)])[3]

    def new_number(self, register: str) -> str:
        return str(self._next(["number", register])[2])

    def _next(self, question: list[Json]) -> Sequence[Any]:
        answer = self._reads.pop(0) if self._reads else None
        if answer is None or list(answer[: len(question)]) != question:
            raise NotReproduced(
                f"The step now asks for {' '.join(map(str, question))}; it did not when it was recorded."
            )
        return answer  # type: ignore[no-any-return]
