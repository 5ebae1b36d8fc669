# SPDX-License-Identifier: Apache-2.0
"""Another cycle in a diagram: only its text changes, wherever and however it stands."""

from __future__ import annotations

import pytest

from engine.bpmn import with_cycle

DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<!-- kept -->
<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:other="https://example.org/other">
  <b:process id="P">
    <other:startEvent id="S"><other:timeCycle>R/P9Y</other:timeCycle></other:startEvent>
    <b:startEvent id="One" name="Überall &amp; immer">
      <b:timerEventDefinition><b:timeCycle>
        <![CDATA[R/P1M]]></b:timeCycle></b:timerEventDefinition>
    </b:startEvent>
    <b:startEvent id="S"><b:timerEventDefinition><b:timeCycle >R/P2M</b:timeCycle></b:timerEventDefinition></b:startEvent>
    <b:boundaryEvent id="B"><b:timerEventDefinition><b:timeCycle>R/P3M</b:timeCycle></b:timerEventDefinition></b:boundaryEvent>
    <b:startEvent id="Plain"/>
  </b:process>
</b:definitions>
"""


def test_one_text_changes() -> None:
    """With comments, other namespaces and letters of any kind around it."""
    xml = DIAGRAM.encode()
    assert with_cycle(xml, "S", "R/P1Y") == xml.replace(b"R/P2M", b"R/P1Y")
    found = with_cycle(xml, "One", "RRULE:A<B").decode()
    assert found == DIAGRAM.replace("\n        <![CDATA[R/P1M]]>", "RRULE:A&lt;B")


@pytest.mark.parametrize("element", ["B", "Plain", "Nowhere"])
def test_there_is_nothing_to_change(element: str) -> None:
    """A boundary event, a start without timer, no such element."""
    with pytest.raises(LookupError):
        with_cycle(DIAGRAM.encode(), element, "R/P1Y")
