# SPDX-License-Identifier: Apache-2.0
"""Clients: each works on cases of its own and repeats a command, with its key, until it was answered."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from benchmarks.chaos import subject
from benchmarks.chaos.nodes import Node

#: Cases that one client has open at a time.
AT_ONCE = 4
_PATIENCE = (0.2, 1.0, 10.0, 10.0, 10.0)  #: seconds; a client that gives up early must not lose or double anything
_TWICE = 0.15  #: how often an answered command is sent again


class Unanswered(Exception):
    """No whole answer; whether the command was carried out is not known."""


@dataclass
class Order:
    """One case as its client knows it. ``acknowledged``: what was answered, by name, with the answer."""

    n: str
    id: str = ""
    acknowledged: dict[str, Any] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        return {"start", "message", *subject.TASKS} <= self.acknowledged.keys()


@dataclass(frozen=True)
class Sending:
    """A command under way."""

    order: Order
    name: str
    path: str
    content: Mapping[str, Any]

    @property
    def key(self) -> str:
        return f"{self.order.n}.{self.name}"


class Client:
    """Runs in a thread of its own until `finish` was said and all its cases need nothing more from it."""

    def __init__(self, name: str, nodes: Sequence[Node], receiver: str, seed: int) -> None:
        self.name = name
        self.orders: list[Order] = []
        self.violations: list[str] = []
        self.counts: Counter[str] = Counter()
        self._nodes = [node for node in nodes if node.url]
        self._receiver = receiver
        self._chance = random.Random(seed)
        self._pending: list[Sending] = []
        self._finishing = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def finish(self) -> None:
        """Begin nothing new; complete what was begun."""
        self._finishing.set()

    def ended(self, timeout: float) -> bool:
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def open_cases(self) -> list[str]:
        return [order.id for order in list(self.orders) if order.id and not order.done]

    def _run(self) -> None:
        while not (self._finishing.is_set() and not self._pending and all(o.done for o in self.orders)):
            try:
                self._go_on()
            except Unanswered:
                self.counts["no node answered"] += 1
                time.sleep(0.02)
            except Exception as error:  # a client that dies must not pass for one that found nothing
                self.violations.append(f"client {self.name}: {type(error).__name__}: {error}")
                return

    def _go_on(self) -> None:
        if self._pending:
            self._send(self._pending[0])
            return
        waiting = [order for order in self.orders if not order.done]
        if len(waiting) < AT_ONCE and not self._finishing.is_set():
            order = Order(f"{self.name}-{len(self.orders) + 1}")
            self.orders.append(order)
            data = {"n": order.n, "receiver": self._receiver}
            self._pending.append(Sending(order, "start", "/cases", {"process_id": subject.ORDER, "data": data}))
        elif waiting:
            self._work_on(self._chance.choice(waiting))

    def _work_on(self, order: Order) -> None:
        if "message" not in order.acknowledged and self._chance.random() < 0.3:
            content = {"name": subject.GO, "correlation_key": order.n, "payload": {}}
            self._pending.append(Sending(order, "message", "/messages", content))
            return
        status, view = self._ask(Request(f"{self._node()}/api/v1/cases/{order.id}"))
        if status == 404:
            self.violations.append(f"{order.n} ({order.id}) was acknowledged and is lost")
            order.acknowledged.update(dict.fromkeys(subject.TASKS | {"message"}))
            return
        for task in view["tasks"]:
            if task["state"] == "open" and task["element"] not in order.acknowledged:
                content = {"data": {task["element"]: order.n}}
                self._pending.append(Sending(order, task["element"], f"/tasks/{task['id']}/complete", content))
                return
        if view["case"]["state"] not in ("running", "completed"):
            self.violations.append(f"{order.n} ({order.id}) is {view['case']['state']}: {view['case']['fault']}")
            order.acknowledged.update(dict.fromkeys(subject.TASKS | {"message"}))
        time.sleep(0.05)

    def _send(self, one: Sending) -> None:
        status, answer = self._post(one)
        if status == 503:
            self.counts["a node answered 503"] += 1
            time.sleep(0.05)
            return
        if status >= 400:
            self.violations.append(f"{one.key}: {status} {json.dumps(answer)[:600]}")
            if status < 500:
                self._pending.remove(one)
                one.order.acknowledged[one.name] = None
            time.sleep(0.2)
            return
        self._pending.remove(one)
        self.counts["acknowledged"] += 1
        told = answer.get("id")
        one.order.acknowledged[one.name] = told
        if one.name == "start":
            one.order.id = told
        if self._chance.random() < _TWICE:
            self._send_again(one, told)

    def _send_again(self, one: Sending, told: Any) -> None:
        """The answer was received, and the command comes again all the same."""
        try:
            status, answer = self._post(one)
        except Unanswered:
            return
        self.counts["sent twice"] += 1
        if status != 503 and (status >= 400 or answer.get("id") != told):
            self.violations.append(f"{one.key} sent again: {status} {json.dumps(answer)[:600]}, was {told}")

    def _post(self, one: Sending) -> tuple[int, dict[str, Any]]:
        headers = {"Content-Type": "application/json", "Idempotency-Key": one.key}
        return self._ask(Request(f"{self._node()}/api/v1{one.path}", json.dumps(one.content).encode(), headers))

    def _node(self) -> str:
        return self._chance.choice(self._nodes).url

    def _ask(self, request: Request) -> tuple[int, dict[str, Any]]:
        """(status, answer). Raises Unanswered; also for a question that a node could not answer."""
        request.add_header("Authorization", f"Bearer {subject.TOKEN}")
        try:
            with urlopen(request, timeout=self._chance.choice(_PATIENCE)) as answer:
                return answer.status, json.loads(answer.read())
        except HTTPError as error:
            if request.data is None and error.code != 404:
                raise Unanswered(str(error)) from error
            return self._refusal(error)
        except (HTTPException, OSError, ValueError) as error:
            raise Unanswered(str(error)) from error

    @staticmethod
    def _refusal(error: HTTPError) -> tuple[int, dict[str, Any]]:
        try:
            return error.code, json.loads(error.read())
        except (HTTPException, OSError, ValueError) as cut:
            raise Unanswered(str(cut)) from cut
