# SPDX-License-Identifier: Apache-2.0
"""Opening a database: created, brought up to date, or left as it is; by several processes at once."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from engine.store import open_store
from engine.store.database import MIGRATIONS, newest_revision, revision_of
from engine.store.queue import newest_migration
from tests.databases import Database, at_revision, only_postgresql


def revision(url: str) -> str | None:
    sql = create_engine(url)
    with sql.connect() as connection:
        found = revision_of(connection)
    sql.dispose()
    return found


def test_a_migration_s_file_is_named_after_its_revision() -> None:
    """The newest file name is the revision that Alembic would upgrade to, and there is no second branch."""
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [newest_revision()]


def test_an_empty_database_gets_the_newest_schema(database: Database) -> None:
    """A file that is not there is created with everything in it."""
    url = database.url
    assert revision(url) is None
    open_store(url).close()
    assert revision(url) == newest_revision()


def test_an_older_database_is_upgraded(database: Database) -> None:
    """One that the first release made is brought to this release's schema when it is opened."""
    at_revision("0001", database.url)
    assert revision(database.url) == "0001"
    open_store(database.url).close()
    assert revision(database.url) == newest_revision()


def test_several_processes_may_open_an_empty_database_at_once(database: Database) -> None:
    """One makes the schema, the others wait for it; none stumbles."""
    with ThreadPoolExecutor(6) as threads:
        for store in [one.result() for one in [threads.submit(open_store, database.url) for _ in range(6)]]:
            store.close()
    assert revision(database.url) == newest_revision()


@only_postgresql
def test_the_queue_s_tables_are_upgraded_with_the_library(database: Database) -> None:
    """A database that an older library made gets the library's own migrations, and keeps its jobs."""
    open_store(database.url).close()
    trigger = "procrastinate_trigger_status_events_update_v1"
    with database.past() as past:  # what the library's migration before the last one had left
        past.execute(f"DROP TRIGGER {trigger} ON procrastinate_jobs")
        before = "03.04.00_01_pre_add_retry_failed_job_procedure.sql"
        past.execute(f"COMMENT ON TABLE procrastinate_jobs IS 'fitsm-flow: migrated to {before}'")
        past.execute("INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('steps', 'sweep')")
    open_store(database.url).close()
    with database.past() as past:
        assert past.execute("SELECT count(*) FROM pg_trigger WHERE tgname = ?", (trigger,)).fetchone() == (1,)
        assert past.execute("SELECT count(*) FROM procrastinate_jobs").fetchone() == (1,)
        (comment,) = past.execute("SELECT obj_description(to_regclass('procrastinate_jobs'))").fetchone()
        assert comment == f"fitsm-flow: migrated to {newest_migration()}"


def test_a_current_database_opens_without_alembic(database: Database) -> None:
    """Loading Alembic takes a tenth of a second that nobody has to wait for every time."""
    url = database.url
    open_store(url).close()
    code = (
        f"from engine.store import open_store; open_store({url!r}).close(); import sys; print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
