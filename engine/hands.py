# SPDX-License-Identifier: Apache-2.0
"""Open tasks that nobody may take: nobody holds their role, or all who do are excluded (four eyes).

Somebody who can no longer sign in holds no role. Those who assign tasks can give it to a person, those who manage roles
can give the role.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine import access
from engine.store import people as people_store
from engine.store.transaction import Tx
from engine.values import Actor


def nobodys(tx: Tx, tasks: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Ids of the open tasks that nobody may take."""
    offered = [t for t in tasks if t["state"] == "open" and t["purpose"] == "work"]
    offered = [t for t in offered if not t["assignee"] and not t["claimed_by"]]
    holders = people_store.holding(tx.connection, {t["role"] for t in offered}) if offered else {}
    return tuple(
        t["id"] for t in offered if all(access.is_excluded(Actor(one), t) for one in holders.get(t["role"], ()))
    )
