# SPDX-License-Identifier: Apache-2.0
"""Roles that records assign: who holds which role from when until when stands in a register, and steps of processes
write it (FitSM-3, section 5; FitSM-1 GR1, GR4).

A register's ``x-assigns`` says which of its fields are meant: ``{"person": "person", "role": "role", "while":
["active"]}``. While a record is in one of those states, the person holds the role. What follows from a change is
`engine.handover`'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine import definitions
from engine.store import people as store
from engine.store.transaction import Tx
from engine.values import FieldError, Json

ASSIGNS = "x-assigns"
#: What nobody gets by a record: whoever manages people could give themselves everything else.
_BY_HAND = "people.manage"


def by_hand(role: Mapping[str, Any]) -> bool:
    """Whether a role is given by hand only."""
    return _BY_HAND in role.get("grants", ())


def assigned(described: Mapping[str, Any], data: Mapping[str, Json]) -> tuple[str, str] | None:
    """(person, role) that a record assigns now; None while it assigns nothing."""
    meant = described[ASSIGNS]
    person, role = data.get(meant["person"]), data.get(meant["role"])
    holds = data.get("state") in meant["while"] and person and role
    return (str(person), str(role)) if holds else None


def refused(tx: Tx, described: Mapping[str, Any], data: Mapping[str, Json]) -> Iterator[FieldError]:
    """What is wrong with what a record assigns."""
    if ASSIGNS not in described or (found := assigned(described, data)) is None:
        return
    person, role = found
    meant = described[ASSIGNS]
    row = store.get(tx.connection, person)
    if row is None or not row["active"]:
        yield FieldError((meant["person"],), f"There is nobody '{person}' who could hold a role.", "reference")
    known = {r["id"]: r for r in definitions.roles(tx)}
    if role not in known:
        yield FieldError((meant["role"],), f"There is no role '{role}'.", "reference")
    elif by_hand(known[role]):
        told = f"The role '{known[role]['title']}' is given by hand, on the page of the person."
        yield FieldError((meant["role"],), told, "by_hand")
