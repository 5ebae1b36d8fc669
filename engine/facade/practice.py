# SPDX-License-Identifier: Apache-2.0
"""What is practised of what the diagrams say (`engine.practice`)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from engine import access, definitions, marks, practice
from engine.errors import NotAllowed
from engine.facade.core import Core
from engine.practice import Practice
from engine.store import definitions as definition_store
from engine.values import Actor

_RIGHTS = ("history.read", "definition.read")


class PracticeFacade(Core):
    def practice(
        self, actor: Actor, mark: str, values: Collection[str] | None = None, until: datetime | None = None
    ) -> Practice:
        """Which elements with the property ``mark`` were passed lately, how often and when last.

        ``values``: only those with one of these words in it. ``until``: what had been done by then, on today's diagrams.

        Raises:
            NotAllowed: the actor may read neither histories nor definitions.
        """
        with self.read() as tx:
            if not access.grants(actor, definitions.roles(tx)).intersection(_RIGHTS):
                raise NotAllowed("You may not do this.", hint=f"It needs a role with the right '{_RIGHTS[0]}'.")
            rows = definition_store.newest_of_all(tx.connection)
            if not marks.unread(rows):
                return practice.look(tx, self._ways, rows, mark, values, until)
        self._carry_out(lambda tx: marks.read(tx, marks.unread(definition_store.newest_of_all(tx.connection))))
        return self.practice(actor, mark, values, until)
