# SPDX-License-Identifier: Apache-2.0
"""Another cycle for a start event, written into its diagram; everything else stays as it is, byte for byte."""

from __future__ import annotations

from xml.parsers import expat
from xml.sax.saxutils import escape

from engine.bpmn.model import BPMN

_START, _CYCLE = f"{BPMN} startEvent", f"{BPMN} timeCycle"


def with_cycle(xml: bytes, element: str, cycle: str) -> bytes:
    """The diagram with ``cycle`` as the text of the cycle of the start event ``element``.

    Of a diagram that was published, and so has been looked through (`engine.bpmn.xml`).

    Raises:
        LookupError: there is no such start event, or it has no cycle.
    """
    place = _Place(element)
    place.find(xml)
    if place.end is None:
        raise LookupError(element)
    return xml[: place.begin] + escape(cycle).encode("ascii", "xmlcharrefreplace") + xml[place.end :]


class _Place:
    """Where the text of a cycle stands in a file, in bytes: from behind its opening tag until its closing one."""

    def __init__(self, element: str) -> None:
        self.begin: int | None = None
        self.end: int | None = None
        self._element, self._inside, self._opened = element, False, False

    def find(self, xml: bytes) -> None:
        parser = self._parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._stop
        parser.CharacterDataHandler = self._text
        parser.Parse(xml, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == _START:
            self._inside = attributes.get("id") == self._element
        self._opened = name == _CYCLE and self._inside and self.end is None

    def _text(self, _: str) -> None:
        if self._opened and self.begin is None:
            self.begin = self._parser.CurrentByteIndex

    def _stop(self, name: str) -> None:
        if self._opened and self.begin is not None:
            self.end = self._parser.CurrentByteIndex
        self._opened = False
        self._inside = self._inside and name != _START
