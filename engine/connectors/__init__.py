# SPDX-License-Identifier: Apache-2.0
"""Connectors: what a service task's operator does in the outside world.

A connector gets the task's parameters and a key; the key is the same for every attempt of one call. It returns a JSON
value or raises ``ConnectorFailed``. Operators are named ``kind/action``. Built in are ``http/post``, ``mail/send`` and
``log/note``.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial

from engine.config import Services
from engine.connectors.base import Connector, ConnectorFailed
from engine.connectors.http import post
from engine.connectors.mail import send
from engine.ports import Clock
from engine.values import Json

__all__ = ["PARAMETERS", "Connector", "ConnectorFailed", "built_in"]

logger = logging.getLogger(__name__)

#: Operator -> its parameters, and whether each is required; None for any.
PARAMETERS: Mapping[str, Mapping[str, bool] | None] = {
    "log/note": None,
    "http/post": {"url": True, "body": False},
    "mail/send": {"to": True, "subject": True, "body": True, "cc": False, "reply_to": False},
}


def built_in(services: Services, clock: Clock) -> dict[str, Connector]:
    """The built-in connectors, with their settings."""
    return {"http/post": partial(post, services), "mail/send": partial(send, services, clock), "log/note": note}


def note(parameters: Mapping[str, Json], key: str) -> Json:
    """``log/note``: writes to the server's log; for trying out."""
    logger.info("service call %s: %s", key, dict(parameters))
    return None
