# SPDX-License-Identifier: Apache-2.0
"""The tables of Procrastinate, the job queue in PostgreSQL: made and upgraded with ours, and asked what waits.

The library ships its schema and numbered migrations. Which of them a database has is kept as the comment of its table
of jobs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

_MARK = "fitsm-flow: migrated to "
_THERE = text("SELECT to_regclass('procrastinate_jobs') IS NOT NULL")
_COMMENT = text("SELECT obj_description(to_regclass('procrastinate_jobs'), 'pg_class')")
#: What is due by a moment and has no job yet, although it should: found from the rows, which are the truth.
_TIMERS = text("""
    SELECT t.instance_id AS what, min(t.due_at) AS at FROM timer t JOIN instance i ON i.id = t.instance_id
    WHERE i.state = 'running' AND t.due_at <= :by AND NOT EXISTS (
        SELECT 1 FROM procrastinate_jobs j WHERE j.status IN ('todo', 'doing') AND j.task_name = 'timers'
        AND j.args->>'case_id' = t.instance_id AND (j.scheduled_at IS NULL OR j.scheduled_at <= t.due_at OR j.attempts > 0))
    GROUP BY t.instance_id""")
_STARTS = text("""
    SELECT s.process_id AS what, min(s.due_at) AS at FROM start_timer s
    WHERE s.due_at <= :by AND NOT EXISTS (
        SELECT 1 FROM procrastinate_jobs j WHERE j.status IN ('todo', 'doing') AND j.task_name = 'starts'
        AND j.args->>'process_id' = s.process_id AND (j.scheduled_at IS NULL OR j.scheduled_at <= s.due_at OR j.attempts > 0))
    GROUP BY s.process_id""")
_CALLS = text("""
    SELECT c.instance_id || '.' || c.token || '.' || c.element AS what, c.next_at AS at
    FROM call c JOIN instance i ON i.id = c.instance_id
    WHERE i.state = 'running' AND c.state <> 'failed' AND c.next_at <= :by AND NOT EXISTS (
        SELECT 1 FROM procrastinate_jobs j WHERE j.status IN ('todo', 'doing') AND j.task_name = 'call'
        AND j.args->>'call_id' = c.instance_id || '.' || c.token || '.' || c.element)""")
_MESSAGES = text("""
    SELECT m.id, m.kind, m.name, m.key, m.state, m.source_id, m.target_id FROM message m
    WHERE m.state = 'pending' AND m.sent_at <= :by AND NOT EXISTS (
        SELECT 1 FROM procrastinate_jobs j WHERE j.status IN ('todo', 'doing') AND j.task_name = 'deliver'
        AND j.args->>'message_id' = m.id)
    ORDER BY m.sent_at, m.id""")
_STATES = text("SELECT status::text AS status, count(*) AS number FROM procrastinate_jobs GROUP BY status")


def is_current(connection: Connection) -> bool:
    """Whether the queue's tables are those of the installed library."""
    return _applied(connection) == newest_migration()


def install(connection: Connection) -> None:
    """Make the queue's tables, or run the migrations that are missing; part of the connection's transaction.

    Which of the library's migrations may run while old processes still work is in their names; ours run before the
    new processes start, which the library's rolling upgrade allows for one version at a time.
    """
    applied = _applied(connection)
    if applied is None:
        _run(connection, (_sql() / "schema.sql"))
    else:
        for path in _migrations():
            if path.name > applied:
                _run(connection, path)
    mark = (_MARK + newest_migration()).replace("'", "")
    connection.exec_driver_sql(f"COMMENT ON TABLE procrastinate_jobs IS '{mark}'")


def _applied(connection: Connection) -> str | None:
    """The newest migration that the database has; None when there are no tables."""
    if not connection.scalar(_THERE):
        return None
    comment = connection.scalar(_COMMENT) or ""
    return str(comment).removeprefix(_MARK)


def _run(connection: Connection, path: Path) -> None:
    """A file of several statements, past SQLAlchemy: only without parameters they are sent as one."""
    raw: Any = connection.connection.driver_connection
    raw.execute(path.read_text(encoding="utf-8"))


def _sql() -> Path:
    import procrastinate

    return Path(procrastinate.__file__).parent / "sql"


@cache
def newest_migration() -> str:
    return _migrations()[-1].name


def _migrations() -> list[Path]:
    return sorted(path for path in (_sql() / "migrations").iterdir() if re.match(r"\d\d\.", path.name))


# --- what waits ------------------------------------------------------------------------------------------------------


def timers_without_job(connection: Connection, by: datetime) -> list[Any]:
    """Cases (``what``) with timers due by a moment (``at``: the first) for which no job waits."""
    return list(connection.execute(_TIMERS, {"by": by}))


def starts_without_job(connection: Connection, by: datetime) -> list[Any]:
    """The same of processes with start timers."""
    return list(connection.execute(_STARTS, {"by": by}))


def calls_without_job(connection: Connection, by: datetime) -> list[Any]:
    """The same of service calls."""
    return list(connection.execute(_CALLS, {"by": by}))


def messages_without_job(connection: Connection, sent_by: datetime) -> list[Any]:
    """Messages that have been on their way since a moment or longer, and that no job is going to deliver."""
    return list(connection.execute(_MESSAGES, {"by": sent_by}))


def states(connection: Connection) -> Mapping[str, int]:
    """How many jobs there are by state (todo, doing, failed …)."""
    return {row.status: row.number for row in connection.execute(_STATES)}
