# SPDX-License-Identifier: Apache-2.0
"""The only room that knows SQLAlchemy: tables, and the queries on them, one file per group of tables.

Functions take an open connection and return values or plain mappings; rows and sessions stay inside. No rules, no
commits (only ``Store.write`` commits), no events. Core is used rather than the ORM: measured three to four times
faster on the five-statement step that everything here is about.
"""

from engine.store.database import Store, open_store

__all__ = ["Store", "open_store"]
