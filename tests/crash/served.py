# SPDX-License-Identifier: Apache-2.0
"""A real server that can be killed: `fitsm up` in a process group of its own, over a database that outlives it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-c", "from webapp.cli import main; main()"]
START_WITHIN = 60.0


class Gone(Exception):
    """The server did not answer; whether the command was carried out is not known."""


class Served:
    """Starts, asks and kills the server."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "FITSM_VAR_DIR": str(folder),
            "FITSM_DATABASE_URL": self.url,
            "FITSM_DEMO": "no",
            "FITSM_CONTENT_DIR": str(ROOT),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = subprocess.Popen(
            [*COMMAND, "up", "--no-browser", "--port", str(self.port)],
            cwd=self.folder,
            env=self.environment,
            stdout=(self.folder / "server.log").open("ab"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        end = time.monotonic() + START_WITHIN
        while time.monotonic() < end and self._process.poll() is None:
            try:
                with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=1) as answer:
                    if answer.status == 200:
                        return
            except (URLError, OSError):
                time.sleep(0.05)
        raise AssertionError((self.folder / "server.log").read_text()[-2000:])

    def kill(self) -> None:
        """kill -9, the server with all that belongs to it."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def post(self, path: str, content: Mapping, token: str, key: str) -> tuple[int, dict]:
        """(status, answer) of a command; raises Gone when no whole answer came."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": key}
        request = Request(f"http://127.0.0.1:{self.port}/api/v1{path}", json.dumps(content).encode(), headers)
        try:
            return self._answer(request)
        except (HTTPException, OSError, ValueError) as error:  # an answer cut off in the middle is none
            raise Gone(str(error)) from error

    @staticmethod
    def _answer(request: Request) -> tuple[int, dict]:
        try:
            with urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read())
        except HTTPError as error:
            return error.code, json.loads(error.read())
