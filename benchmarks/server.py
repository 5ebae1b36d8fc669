# SPDX-License-Identifier: Apache-2.0
"""Starts a server in a process of its own, waits for its first answer, asks it over one kept connection, ends it."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

FITSM = ("-c", "from webapp.cli import main; main()")  #: the command `fitsm`, whatever is on the PATH
PATIENCE = 60.0  #: seconds until a server that does not answer is given up
ROOT = Path(__file__).resolve().parent.parent


class Server:
    """A running server; ``took`` is the time from the start of its process to its first answer."""

    def __init__(self, port: int, took: float, group: int = 0) -> None:
        self.took = took
        self._group = group
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def ask(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> bytes:
        self._connection.request(method, path, body, dict(headers or {}))
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:300]!r}")
        return content

    def page(self, path: str, cookie: str = "") -> tuple[str, str]:
        """A page's text, and the cookie that came with it (or the one it was asked with)."""
        self._connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        answer = self._connection.getresponse()
        return answer.read().decode(), _cookie(answer) or cookie

    def post_form(self, path: str, form: str, cookie: str) -> str:
        """Send a form as a page does; returns the cookie that came back."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
        self._connection.request("POST", path, form, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != 303:
            raise RuntimeError(f"POST {path}: {answer.status} {content[:300]!r}")
        return _cookie(answer)

    def sign_in(self, login: str, password: str) -> dict[str, str]:
        """Sign a person in as a browser does; returns the headers that go with all they send to the API."""
        page, cookie = self.page("/sign-in")
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found is not None
        cookie = self.post_form("/sign-in", urlencode({"csrf_token": found[1], "login": login, "password": password}), cookie)
        state, cookie = self.page("/session.json", cookie)
        session = json.loads(state)
        assert session["signed_in"]
        return {"Cookie": cookie, "X-CSRFToken": session["csrf_token"], "Content-Type": "application/json"}

    def computing(self) -> float:
        """Seconds of processor time that its processes have used so far (Linux)."""
        ticks = 0
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text("ascii", "replace").rpartition(")")[2].split()
            except OSError:
                continue  # it has just ended
            if int(fields[2]) == self._group:
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        self._connection.close()


def _cookie(answer: http.client.HTTPResponse) -> str:
    return (answer.headers.get("Set-Cookie") or "").partition(";")[0]


@contextmanager
def running(arguments: Sequence[str], port: int, page: str, environment: Mapping[str, str]) -> Iterator[Server]:
    """Run ``python <arguments>`` until the block ends; it is ready when ``page`` answers with 200."""
    env = {**os.environ, **environment, "PYTHONPATH": str(ROOT)}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait(process, port, page, began)
        server = Server(port, time.perf_counter() - began, process.pid)
        yield server
        server.close()
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, page: str, began: float) -> None:
    while time.perf_counter() - began < PATIENCE:
        if process.poll() is not None:
            raise RuntimeError(f"The server ended with {process.returncode} before it answered.")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            connection.request("GET", page)
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.005)
        finally:
            connection.close()
    raise RuntimeError(f"The server did not answer {page} within {PATIENCE:.0f} s.")
