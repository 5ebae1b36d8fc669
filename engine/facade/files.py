# SPDX-License-Identifier: Apache-2.0
"""Files that people hand in: uploaded before they are named, read by who may read what names them."""

from __future__ import annotations

from collections.abc import Iterable

from engine import files, registers
from engine.errors import NotFound
from engine.facade.registers import RegistersFacade
from engine.history import log
from engine.store.transaction import Tx
from engine.values import Actor, File


class FilesFacade(RegistersFacade):
    def keep_file(self, actor: Actor, name: str, content: bytes, key: str | None = None) -> File:
        """Upload a file, so that a form, a start or a record can name it (`engine.files`).

        Raises:
            Invalid: it is empty, too large, or of a kind that is not kept.
        """
        file = files.checked(name, content)

        def do(tx: Tx) -> str:
            files.keep(tx, actor.person_id, file, content)
            return file.sha256

        self._command(actor, key, "keep_file", {"called": file.name, "digest": file.sha256}, do)
        return file

    def case_file(self, actor: Actor, case_id: str, sha256: str) -> tuple[File, bytes]:
        """A file that was handed in to a case, and its content."""
        with self.read() as tx:
            self._require(tx, actor, "case.read", case_id)
            return _given(tx, (file for _, file in files.handed_in(log.read(tx, case_id))), sha256)

    def record_file(self, actor: Actor, register: str, record_id: str, sha256: str) -> tuple[File, bytes]:
        """A file that some version of a record names, and its content."""
        with self.read() as tx:
            self._require_record(tx, actor, register, record_id)
            versions = registers.history(tx, register, record_id)
            return _given(tx, (file for version in versions for _, file in files.named(version.data)), sha256)


def _given(tx: Tx, named: Iterable[File], sha256: str) -> tuple[File, bytes]:
    found = next((file for file in named if file.sha256 == sha256), None)
    if found is None:
        raise NotFound("Nothing here names this file.")
    return found, files.content(tx, found)
