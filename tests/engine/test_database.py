# SPDX-License-Identifier: Apache-2.0
"""Opening a database: created, brought up to date, or left as it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from engine.store import open_store
from engine.store.database import MIGRATIONS, newest_revision, revision_of


def revision(url: str) -> str | None:
    sql = create_engine(url)
    with sql.connect() as connection:
        found = revision_of(connection)
    sql.dispose()
    return found


def test_a_migration_s_file_is_named_after_its_revision() -> None:
    """The newest file name is the revision that Alembic would upgrade to, and there is no second branch."""
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [newest_revision()]


def test_an_empty_database_gets_the_newest_schema(tmp_path: Path) -> None:
    """A file that is not there is created with everything in it."""
    url = f"sqlite:///{tmp_path}/new.db"
    assert revision(url) is None
    open_store(url).close()
    assert revision(url) == newest_revision()


def test_an_older_database_is_upgraded(tmp_path: Path) -> None:
    """One that the first release made is brought to this release's schema when it is opened."""
    url = f"sqlite:///{tmp_path}/old.db"
    sql = create_engine(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with sql.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    sql.dispose()
    assert revision(url) == "0001"
    open_store(url).close()
    assert revision(url) == newest_revision()


def test_a_current_database_opens_without_alembic(tmp_path: Path) -> None:
    """Loading Alembic takes a tenth of a second that nobody has to wait for every time."""
    url = f"sqlite:///{tmp_path}/current.db"
    open_store(url).close()
    code = f"from engine.store import open_store; open_store({url!r}).close(); import sys; print('alembic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
