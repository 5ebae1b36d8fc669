# SPDX-License-Identifier: Apache-2.0
"""``http/post`` against a real server: what it sends, what comes back, and every bound it keeps."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from engine import Services
from engine.connectors import ConnectorFailed
from engine.connectors.http import LARGEST, post

LOCAL = Services(timeout=timedelta(seconds=5), hosts=("127.0.0.1",))
SHORT = Services(timeout=timedelta(seconds=0.4), hosts=("127.0.0.1",))


class Server:
    """Answers by path; remembers headers, path and body of each request."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, str, Any]] = []
        self.trickling = threading.Event()
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.trickling.set()
        self.http.shutdown()
        self.http.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.asked.append((self.headers, self.path, json.loads(body)))
                answers = {
                    "/ok": (200, body), "/none": (404, b""), "/busy": (503, b""), "/slow-down": (429, b""),
                    "/moved": (307, b""), "/empty": (204, b""), "/text": (200, b"done"), "/nan": (200, b"[NaN]"),
                    "/deep": (200, b"[" * 500 + b"]" * 500), "/abyss": (200, b"[" * 100_000), "/huge": (200, b"1" * (LARGEST + 10)),
                    "/number": (200, b"99999999999999999999"),
                }  # fmt: skip
                if self.path == "/trickle":
                    self._trickle()
                    return
                status, content = answers.get(self.path.partition("?")[0], (500, b""))
                self.send_response(status)
                self.send_header("Location", f"{server.url}/ok")
                if status != 204:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def _trickle(self) -> None:
                """A byte now and then: no single wait is long, the whole would never end."""
                self.send_response(200)
                self.end_headers()
                with suppress(OSError):  # the caller has cut it
                    while not server.trickling.wait(0.05):
                        self.wfile.write(b" ")
                        self.wfile.flush()

            def log_message(self, *_: object) -> None:
                pass

            def handle(self) -> None:
                with suppress(OSError):  # the caller is gone
                    super().handle()

        return Handler


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


def failure(services: Services, url: object, **more: Any) -> ConnectorFailed:
    with pytest.raises(ConnectorFailed) as caught:
        post(services, {"url": url, **more}, "k")
    return caught.value


def test_it_sends_json_with_the_key_and_gives_the_answer_back(server: Server) -> None:
    """The key goes along as Idempotency-Key, written so that a header can hold it."""
    assert post(LOCAL, {"url": f"{server.url}/ok?a=1&b=ä", "body": {"a": [1, "ü"]}}, "case1.3.Prüfen") == {
        "a": [1, "ü"]
    }
    [(headers, path, body)] = server.asked
    assert body == {"a": [1, "ü"]}
    assert path == "/ok?a=1&b=%C3%A4"
    assert headers["Idempotency-Key"] == "case1.3.Pr%C3%BCfen"
    assert headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(("path", "value"), [("/text", "done"), ("/empty", None), ("/nan", "[NaN]")])
def test_an_answer_that_is_no_json_is_its_text(server: Server, path: str, value: object) -> None:
    """Also what only looks like JSON."""
    assert post(LOCAL, {"url": server.url + path}, "k") == value


@pytest.mark.parametrize(
    ("path", "code", "final"),
    [
        ("/none", "HTTP404", True),
        ("/busy", "HTTP503", False),
        ("/slow-down", "HTTP429", False),
        ("/moved", "HTTP307", True),
    ],
)
def test_it_tells_final_errors_from_passing_ones(server: Server, path: str, code: str, final: bool) -> None:
    """4xx does not get better, 5xx may, too many requests will."""
    failed = failure(LOCAL, server.url + path)
    assert (failed.code, failed.final) == (code, final)


def test_a_redirect_is_not_followed(server: Server) -> None:
    """It would lead to where the rules were not asked about."""
    assert "redirect is not followed" in str(failure(LOCAL, f"{server.url}/moved"))
    assert [path for _, path, _ in server.asked] == ["/moved"]


@pytest.mark.parametrize(
    ("path", "code"),
    [("/huge", "AnswerTooLarge"), ("/deep", "BadAnswer"), ("/abyss", "BadAnswer"), ("/number", "BadAnswer")],
)
def test_an_answer_has_bounds(server: Server, path: str, code: str) -> None:
    """A megabyte, a hundred levels, numbers that are kept exactly: nothing is cut off silently."""
    failed = failure(LOCAL, server.url + path)
    assert (failed.code, failed.final) == (code, True)


def test_an_attempt_ends_in_time_even_if_bytes_keep_coming(server: Server) -> None:
    """The timeout is for the whole, not for each byte."""
    began = time.monotonic()
    failed = failure(SHORT, f"{server.url}/trickle")
    assert (failed.code, failed.final) == ("Timeout", False)
    assert time.monotonic() - began < 3


def test_nobody_there_is_a_passing_error() -> None:
    """The service may come back."""
    failed = failure(LOCAL, "http://127.0.0.1:9/")
    assert (failed.code, failed.final) == ("ServiceFailed", False)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://127.0.0.1/", "http://", "//127.0.0.1/", "", None, 7, "http://127.0.0.1:99999/",
        "http://127.0.0.1:0/", "http://127.0.0.1/\r\nX: y", "http://127.0.0.1/a b", "http://user:secret@127.0.0.1/",
    ],
)  # fmt: skip
def test_what_is_no_http_address_is_never_opened(url: object) -> None:
    """A bad address does not get better; a password in it is not repeated."""
    failed = failure(LOCAL, url)
    assert (failed.code, failed.final) == ("BadAddress", True)
    assert "secret" not in str(failed)


def test_what_stands_in_the_query_is_not_told(server: Server) -> None:
    """It may be a secret between the two."""
    assert "token" not in str(failure(LOCAL, f"{server.url}/busy?token=1"))
