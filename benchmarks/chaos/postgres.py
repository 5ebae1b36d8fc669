# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL server of our own, from the system's binaries, in a folder of its own; restarted and cut at will."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from benchmarks.server import free_port

_BINARIES = Path("/usr/lib/postgresql")
_NAME = "chaos"
_SETTINGS = """
listen_addresses = '127.0.0.1'
max_connections = 120
deadlock_timeout = 100ms
log_min_messages = warning
"""


class Postgres:
    """Started and stopped as a user who is not root, as PostgreSQL demands."""

    def __init__(self) -> None:
        self._bin = _binaries()
        self._user = _user()
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="fitsm-chaos-pg-"))
        self._data = self.folder / "data"
        self.url = f"postgresql+psycopg://{_NAME}@127.0.0.1:{self.port}/{_NAME}"
        if self._user is not None:
            shutil.chown(self.folder, self._user)
        self._run("initdb", "-D", str(self._data), "-U", _NAME, "-A", "trust", "-E", "UTF8", "--no-sync")
        with (self._data / "postgresql.conf").open("a") as settings:
            settings.write(f"{_SETTINGS}port = {self.port}\nunix_socket_directories = '{self.folder}'\n")
        self.start()
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {_NAME}")

    def start(self) -> None:
        self._run("pg_ctl", "-D", str(self._data), "-l", str(self.log), "-w", "-t", "60", "start")

    def restart(self, mode: str) -> None:
        """``fast`` cuts all connections, ``immediate`` is a crash: recovery runs at the start."""
        self._run("pg_ctl", "-D", str(self._data), "-l", str(self.log), "-w", "-t", "60", "-m", mode, "restart")

    def close(self) -> None:
        self._run("pg_ctl", "-D", str(self._data), "-w", "-m", "immediate", "stop", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @contextmanager
    def connected(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self._dsn(_NAME), autocommit=True, connect_timeout=5) as connection:
            yield connection

    def cut(self, share: float) -> int:
        """Terminate that share of the product's connections; returns how many."""
        with self.connected() as connection:
            found = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = %s AND pid <> pg_backend_pid() AND random() < %s",
                (_NAME, share),
            ).fetchall()
        return len(found)

    def isolate(self, level: str) -> None:
        """The isolation level of connections made from now on; all there are now are cut."""
        with self.connected() as connection:
            connection.execute(f"ALTER DATABASE {_NAME} SET default_transaction_isolation TO '{level}'")
        self.cut(1.0)

    def logged(self, text: str) -> int:
        """How often the server's log says so."""
        return self.log.read_text(errors="replace").count(text)

    def _dsn(self, database: str) -> str:
        return f"host=127.0.0.1 port={self.port} user={_NAME} dbname={database}"

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        done = subprocess.run(
            [str(self._bin / program), *arguments],
            cwd=self.folder,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            user=self._user,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        if check and done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr.decode(errors='replace')[-800:]}")


def is_installed() -> bool:
    return bool(list(_BINARIES.glob("*/bin/initdb"))) or shutil.which("initdb") is not None


def _binaries() -> Path:
    found = sorted(_BINARIES.glob("*/bin"), key=lambda p: int(p.parent.name) if p.parent.name.isdigit() else 0)
    if found:
        return found[-1]
    on_path = shutil.which("initdb")
    if on_path is None:
        raise RuntimeError("There is no PostgreSQL server on this machine. Install the package 'postgresql'.")
    return Path(on_path).resolve().parent


def _user() -> str | None:
    """Whom to run it as: ourselves, unless we are root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"
