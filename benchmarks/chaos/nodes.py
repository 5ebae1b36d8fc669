# SPDX-License-Identifier: Apache-2.0
"""Nodes that can be killed: `fitsm up` and `fitsm worker`, each in a process group of its own, started again by itself."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from benchmarks.server import FITSM, ROOT, free_port

PATIENCE = 120.0  #: seconds until a node that does not come up is given up
_LOOK = 0.05


class Node:
    """One process of the product. ``url`` is empty for a worker, which nobody talks to."""

    def __init__(self, name: str, folder: Path, environment: Mapping[str, str], python: str, *, web: bool) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self.kills = 0
        self._python = python
        port = free_port() if web else 0
        self.url = f"http://127.0.0.1:{port}" if web else ""
        self._command = ["up", "--no-browser", "--port", str(port)] if web else ["worker"]
        self._environment = {**os.environ, **environment, "PYTHONPATH": str(ROOT)}
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start it, unless it runs."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                with self.log.open("ab") as log:
                    self._process = subprocess.Popen(
                        [self._python, *FITSM, *self._command],
                        cwd=self.log.parent,
                        env=self._environment,
                        stdout=log,
                        stderr=subprocess.STDOUT,
                        start_new_session=True,
                    )

    def kill(self) -> None:
        """SIGKILL, the node with all that belongs to it."""
        with self._lock:
            if self._process is not None:
                try:
                    os.killpg(self._process.pid, signal.SIGKILL)
                except ProcessLookupError:
                    return
                self._process.wait()
                self._process = None
                self.kills += 1

    def is_ready(self) -> bool:
        if not self.url:
            return self._process is not None and self._process.poll() is None
        try:
            with urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def await_ready(self, patience: float = PATIENCE) -> None:
        """Wait until it answers, starting it again should it end by itself (as a supervisor would).

        Raises:
            RuntimeError: it does not come up; with the end of its log.
        """
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if self.is_ready():
                return
            self.start()
            time.sleep(_LOOK)
        raise RuntimeError(f"{self.name} does not come up:\n{self.log.read_text(errors='replace')[-2000:]}")

    def stop(self) -> None:
        """SIGTERM, and the end of it after a minute."""
        with self._lock:
            if self._process is None:
                return
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(60)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
