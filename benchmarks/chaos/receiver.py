# SPDX-License-Identifier: Apache-2.0
"""The service that cases call: it does each thing once per key, and is as unreliable as services are."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """Counts requests by key; what it did for a key it does not do again, it gives the first answer.

    One in five requests fails: with 503, or with no answer at all after the thing was done.
    """

    def __init__(self, seed: int) -> None:
        self.requests: Counter[str] = Counter()
        self.effects: dict[str, dict[str, Any]] = {}
        self.faults: Counter[str] = Counter()
        self.peaceful = False
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/orders"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def take(self, key: str, body: dict[str, Any]) -> dict[str, Any] | int | None:
        """What to answer: a receipt, a status, or None for no answer."""
        with self._lock:
            self.requests[key] += 1
            trouble = "" if self.peaceful else self._chance.choices(["", "busy", "mute"], [80, 10, 10])[0]
            if trouble == "busy":
                self.faults["the service answered 503"] += 1
                return 503
            receipt = self.effects.setdefault(key, {"receipt": len(self.effects) + 1, "n": body["n"]})
            if trouble == "mute":
                self.faults["the service did it without an answer"] += 1
                return None
            return receipt

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                found = receiver.take(self.headers["Idempotency-Key"], body)
                if found is None:
                    self.connection.close()
                    return
                content = b"" if isinstance(found, int) else json.dumps(found).encode()
                self.send_response(found if isinstance(found, int) else 200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

            def handle(self) -> None:
                with suppress(OSError, ValueError):  # the caller is dead
                    super().handle()

        return Handler
