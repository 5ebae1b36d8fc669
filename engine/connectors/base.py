# SPDX-License-Identifier: Apache-2.0
"""What all connectors share: how they fail, and a time after which an attempt is over whatever the other side does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType

from engine.values import Json

Connector = Callable[[Mapping[str, Json], str], Json]


class ConnectorFailed(Exception):
    """A call did not succeed. ``code`` is what an error boundary event may catch; ``final``: do not try again."""

    def __init__(self, message: str, *, code: str = "ServiceFailed", final: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.final = final


class Deadline:
    """Cuts a connection after ``seconds``: a socket's own timeout begins anew with every byte that trickles in."""

    def __init__(self, seconds: float) -> None:
        self.expired = False
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def watch(self, connection: socket.socket) -> None:
        self._sockets.append(connection)
        if self.expired:
            self._cut()

    def _cut(self) -> None:
        self.expired = True
        for connection in self._sockets:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Deadline:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._timer.cancel()
