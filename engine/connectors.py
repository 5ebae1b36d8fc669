# SPDX-License-Identifier: Apache-2.0
"""Connectors: what a service task's operator does in the outside world.

A connector gets the task's parameters and a key; the key is the same for every attempt of one call. It returns a JSON
value or raises ``ConnectorFailed``. Operators are named ``kind/action``.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from engine.values import Json

logger = logging.getLogger(__name__)
Connector = Callable[[Mapping[str, Json], str], Json]
TIMEOUT = 30.0


class ConnectorFailed(Exception):
    """A call did not succeed. ``code`` is what an error boundary event may catch; ``final``: do not try again."""

    def __init__(self, message: str, *, code: str = "ServiceFailed", final: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.final = final


def post_json(parameters: Mapping[str, Json], key: str) -> Json:
    """``http/post``: POST ``body`` as JSON to ``url``; the key goes along as Idempotency-Key.

    An answer 4xx is final (it would not get better); its status is the error's code, e.g. ``HTTP404``.
    """
    url = str(parameters.get("url") or "")
    if not url.startswith(("http://", "https://")):
        raise ConnectorFailed(f"'{url}' is no http address.", code="BadAddress", final=True)
    body = json.dumps(parameters.get("body")).encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    try:
        with urlopen(Request(url, body, headers), timeout=TIMEOUT) as answer:  # noqa: S310  the scheme was checked
            content = answer.read(1_000_000)
    except HTTPError as error:
        final = 400 <= error.code < 500 and error.code not in {408, 425, 429}
        raise ConnectorFailed(f"{url} answered {error.code}.", code=f"HTTP{error.code}", final=final) from error
    except (URLError, OSError) as error:
        raise ConnectorFailed(f"{url} cannot be reached: {error}") from error
    try:
        return json.loads(content) if content else None
    except ValueError:
        return content.decode("utf-8", "replace")


def note(parameters: Mapping[str, Json], key: str) -> Json:
    """``log/note``: writes to the server's log; for trying out."""
    logger.info("service call %s: %s", key, dict(parameters))
    return None


DEFAULT: Mapping[str, Connector] = {"http/post": post_json, "log/note": note}
