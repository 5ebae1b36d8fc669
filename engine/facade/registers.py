# SPDX-License-Identifier: Apache-2.0
"""Reading and, by hand, writing records."""

from __future__ import annotations

from collections.abc import Mapping

from engine import assignments, registers
from engine.facade.core import Core
from engine.store.transaction import Tx
from engine.values import (
    Actor,
    Json,
    Link,
    Page,
    Record,
    Register,
)


class RegistersFacade(Core):
    def registers(self) -> tuple[Register, ...]:
        with self.read() as tx:
            return registers.listed(tx)

    def register(self, name: str) -> Register:
        with self.read() as tx:
            return registers.as_value(name, registers.schema(tx, name))

    def records(
        self, actor: Actor, register: str, q: str = "", state: str | None = None, limit: int = 50, offset: int = 0
    ) -> Page[Record]:
        """Records of a register; every word of ``q`` must occur."""
        with self.read() as tx:
            registers.schema(tx, register)
            self._require(tx, actor, "register.read", register)
            return registers.search(tx, register, q, state, limit, offset)

    def search_records(self, actor: Actor, register: str, q: str, limit: int = 10) -> tuple[Record, ...]:
        """For the pickers of forms, which everybody who fills one in needs; show no more than label and state."""
        with self.read() as tx:
            registers.schema(tx, register)
            return registers.search(tx, register, q, None, limit, 0).items

    def look_up(self, actor: Actor, register: str, record_id: str) -> Record:
        """For a picker that holds an id and needs its label."""
        with self.read() as tx:
            return registers.one(tx, register, record_id)

    def record(self, actor: Actor, register: str, record_id: str, version: int | None = None) -> Record:
        with self.read() as tx:
            self._require_record(tx, actor, register, record_id)
            return registers.one(tx, register, record_id, version)

    def _require_record(self, tx: Tx, actor: Actor, register: str, record_id: str) -> None:
        """A record is for those who may read its register, and for those who may read the case that wrote it."""
        if not self._may(tx, actor, "register.read", register):
            case_id = registers.one(tx, register, record_id).case_id
            if case_id is None or not self._may(tx, actor, "case.read", case_id):
                self._require(tx, actor, "register.read", register)

    def record_history(self, actor: Actor, register: str, record_id: str) -> tuple[Record, ...]:
        """All versions, newest first."""
        with self.read() as tx:
            self._require_record(tx, actor, register, record_id)
            return registers.history(tx, register, record_id)

    def record_links(self, actor: Actor, register: str, record_id: str) -> tuple[Link, ...]:
        with self.read() as tx:
            self._require_record(tx, actor, register, record_id)
            return registers.links(tx, register, record_id)

    def write_record(
        self,
        actor: Actor,
        register: str,
        data: Mapping[str, Json],
        id: str | None = None,  # noqa: A002  the record's own word
        reason: str = "",
        key: str | None = None,
    ) -> Record:
        """Create or change a record by hand, without a process; needs the right to."""

        def do(tx: Tx) -> str:
            self._require(tx, actor, "register.write", register)
            if assignments.ASSIGNS in registers.schema(tx, register):
                self._require(tx, actor, "people.manage")
            return registers.edit(tx, actor, register, data, id, reason).id

        about = {"register": register, "id": id, "data": dict(data), "reason": reason}
        record_id = self._command(actor, key, "write_record", about, do)
        return self.record(actor, register, record_id)
