# SPDX-License-Identifier: Apache-2.0
"""Correlation as BPMN 2.0 has it (8.3.2): keys of properties that are retrieved from messages.

A `correlationKey` names properties. A `correlationProperty` says for each message where in its payload it is found
(`messagePath`: an expression that sees the payload's entries, and the whole as `payload`). A message has the first key
all of whose properties can be retrieved from it.

What a case waits for is either *context-based*: the process's `correlationSubscription` binds each property to an
expression on the case's variables (`dataPath`). Or *key-based*: the first message of that key that the case sends or
receives says what the key is, and the case keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from lxml import etree

from engine.bpmn.model import NS, Correlation, tag
from engine.errors import ExpressionError
from engine.scripts import Context, compile_expression
from engine.values import Json

#: How bpmn-js writes a `messagePath` when it saves a file.
FORMAL = "formalExpression"


@dataclass(frozen=True, slots=True)
class _Key:
    id: str
    properties: tuple[str, ...]


class Correlations:
    """The correlation keys of a file."""

    def __init__(self, root: etree._Element) -> None:
        self._keys = [
            _Key(node.get("id", ""), tuple(_texts(node, "correlationPropertyRef")))
            for node in root.iter(tag("correlationKey"))
        ]
        self._paths: dict[tuple[str, str], str] = {}
        for node in root.findall("bpmn:correlationProperty", NS):
            for each in node.findall("bpmn:correlationPropertyRetrievalExpression", NS):
                path = next(iter([*_texts(each, "messagePath"), *_texts(each, FORMAL)]), "")
                self._paths[node.get("id", ""), each.get("messageRef", "")] = path

    def of(self, node: etree._Element, message_id: str) -> Correlation | None:
        """How an event or task correlates a message; None if the file says nothing of it."""
        for key in self._keys:
            paths = [self._paths.get((one, message_id), "") for one in key.properties]
            if paths and all(paths):
                return Correlation(key.id, tuple(paths), self._bindings(node, key))
        return None

    def _bindings(self, node: etree._Element, key: _Key) -> tuple[str, ...]:
        process = next((each for each in node.iterancestors() if each.tag == tag("process")), None)
        for subscription in process.findall("bpmn:correlationSubscription", NS) if process is not None else ():
            if subscription.get("correlationKeyRef") == key.id:
                found = {
                    each.get("correlationPropertyRef", ""): next(
                        iter([*_texts(each, "dataPath"), *_texts(each, FORMAL)]), ""
                    )
                    for each in subscription.findall("bpmn:correlationPropertyBinding", NS)
                }
                return tuple(found.get(one, "") for one in key.properties)
        return ()


def key_of(paths: Sequence[str], payload: Json, context: Context) -> str:
    """The key that a payload has; the empty text if it lacks a property."""
    names: dict[str, Json] = {**(payload if isinstance(payload, Mapping) else {}), "payload": payload}
    try:
        return key_text([compile_expression(path).evaluate(names, context) for path in paths])
    except ExpressionError:
        return ""


def key_text(values: Sequence[Json]) -> str:
    """A key as text: equal values give equal texts, and a missing value no key. One value is written as it is."""
    if any(value is None for value in values):
        return ""
    return str(values[0]) if len(values) == 1 else orjson.dumps(list(values), option=orjson.OPT_SORT_KEYS).decode()


def _texts(node: etree._Element, name: str) -> list[str]:
    return [(each.text or "").strip() for each in node.findall(f"bpmn:{name}", NS)]


def by_message(elements: Mapping[str, Any]) -> dict[str, list[str]]:
    """Message -> where its key is found in its payload, of the elements of a model."""
    uses = (e.message for e in elements.values() if e.message and e.message.correlation and not e.message.key)
    return {use.name: list(use.correlation.paths) for use in uses}
