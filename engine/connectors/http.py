# SPDX-License-Identifier: Apache-2.0
"""``http/post``: sends JSON to an address and gives back what it answers.

Bounded in every way: where it may go (`addresses`), how long it may take, how much may come back. No redirect is
followed: it would lead past the list of allowed hosts, and a POST that was moved is a setting to be mended.
"""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import SplitResult, quote, urlsplit

import orjson

from engine import plain
from engine.config import Services
from engine.connectors.addresses import resolve
from engine.connectors.base import ConnectorFailed, Deadline
from engine.errors import Invalid
from engine.values import Json

#: Bytes of an answer.
LARGEST = 1_000_000
_AGAIN = frozenset({408, 425, 429})  #: of the 4xx, those that may get better
_PIECE = 64 * 1024


def post(services: Services, parameters: Mapping[str, Json], key: str) -> Json:
    """POST ``body`` as JSON to ``url``; the key goes along as Idempotency-Key.

    Returns the answer as JSON, else as text. An answer 3xx or 4xx is final (it would not get better), but for 408, 425
    and 429; its status is the error's code, e.g. ``HTTP404``.

    Raises:
        ConnectorFailed
    """
    url = _address(parameters.get("url"))
    host, port = str(url.hostname), url.port or (443 if url.scheme == "https" else 80)
    addresses = resolve(host, port, services.hosts)
    body = orjson.dumps(parameters.get("body"))
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "User-Agent": "fitsm-flow",
        "Idempotency-Key": quote(key, safe="!#$&'*+-.^_`|~:/@"),
    }
    seconds = services.timeout.total_seconds()
    with Deadline(seconds) as deadline:
        connection = _Pinned(host, port, addresses, seconds, deadline, secure=url.scheme == "https")
        try:
            connection.request("POST", _target(url), body, headers)
            answer = connection.getresponse()
            content = _read(answer)
        except ssl.SSLCertVerificationError as error:
            reason = f"The certificate of '{host}' cannot be trusted: {error.verify_message}."
            raise ConnectorFailed(reason, code="BadCertificate") from error
        except (OSError, http.client.HTTPException) as error:
            if deadline.expired or isinstance(error, TimeoutError):
                raise ConnectorFailed(f"{_shown(url)} did not answer within {seconds:g} s.", code="Timeout") from error
            raise ConnectorFailed(f"{_shown(url)} cannot be reached: {error or type(error).__name__}.") from error
        finally:
            connection.close()
        if deadline.expired:  # an answer without a length looks whole when it is cut
            raise ConnectorFailed(f"{_shown(url)} did not answer within {seconds:g} s.", code="Timeout")
    if not 200 <= answer.status < 300:
        raise _refused(url, answer.status)
    return _value(content, url)


def _address(given: Json) -> SplitResult:
    text = given if isinstance(given, str) else ""
    try:
        url = urlsplit(text)
        usable = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        usable = False
    if not usable or not text.isprintable() or " " in text:
        raise ConnectorFailed(f"'{text[:200]}' is no http address.", code="BadAddress", final=True)
    if url.username is not None or url.password is not None:
        raise ConnectorFailed("The address holds a user name or password.", code="BadAddress", final=True)
    return url


def _target(url: SplitResult) -> str:
    path = quote(url.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return f"{path}?{quote(url.query, safe='/%:@!$&()*+,;=~-._?')}" if url.query else path


def _shown(url: SplitResult) -> str:
    """Without its query, which may hold what only the receiver should know."""
    return f"{url.scheme}://{url.netloc}{url.path}"


def _read(answer: http.client.HTTPResponse) -> bytes:
    content = bytearray()
    while piece := answer.read(_PIECE):
        content += piece
        if len(content) > LARGEST:
            message = f"The answer is larger than {LARGEST // 1_000_000} MB."
            raise ConnectorFailed(message, code="AnswerTooLarge", final=True)
    return bytes(content)


def _refused(url: SplitResult, status: int) -> ConnectorFailed:
    final = 300 <= status < 500 and status not in _AGAIN
    why = " A redirect is not followed: give the address it leads to." if 300 <= status < 400 else ""
    return ConnectorFailed(f"{_shown(url)} answered {status}.{why}", code=f"HTTP{status}", final=final)


def _value(content: bytes, url: SplitResult) -> Json:
    if not content.strip():
        return None
    try:
        value = json.loads(content, parse_constant=_no_constant)
        plain.check(value)
    except ValueError:
        return content.decode("utf-8", "replace")
    except (Invalid, RecursionError) as error:
        why = error.sentence if isinstance(error, Invalid) else "It is nested too deeply."
        message = f"{_shown(url)} answered what cannot be kept: {why}"
        raise ConnectorFailed(message, code="BadAnswer", final=True) from error
    return value


def _no_constant(name: str) -> Json:
    """NaN and Infinity are JavaScript's, not JSON's."""
    raise ValueError(name)


class _Pinned(http.client.HTTPConnection):
    """A connection to one of the addresses that were checked, under the host's name."""

    def __init__(
        self, host: str, port: int, addresses: list[str], seconds: float, deadline: Deadline, *, secure: bool
    ) -> None:
        super().__init__(host, port, timeout=seconds)
        self._addresses, self._deadline, self._secure = addresses, deadline, secure

    def connect(self) -> None:
        self.sock = self._opened()
        self._deadline.watch(self.sock)
        if self._secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
            self._deadline.watch(self.sock)

    def _opened(self) -> socket.socket:
        trouble: OSError | None = None
        for address in self._addresses:
            try:
                return socket.create_connection((address, self.port), self.timeout)
            except OSError as error:
                trouble = error
        raise trouble or OSError("no address")
