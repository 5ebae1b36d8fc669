# SPDX-License-Identifier: Apache-2.0
"""The only room that knows SQLAlchemy: tables, and the queries on them, one file per group of tables.

Functions take an open connection and return values or plain mappings; rows and sessions stay inside. No rules, no
commits (only ``Store.write`` commits), no events. Core is used rather than the ORM, which would cost a
step several times as much (`docs/decisions/0007`).
"""

from engine.store.database import Store, open_store

__all__ = ["Store", "open_store"]
