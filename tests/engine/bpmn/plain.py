# SPDX-License-Identifier: Apache-2.0
"""Plain BPMN from a few elements, for constructs that `tests.builders` has no words for."""

from __future__ import annotations

import re

from engine.bpmn import Program, compile_program

_HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="D" targetNamespace="t">'
)


def plain(process: str, definitions: str = "") -> Program:
    """The program of process ``P``, written as for ``plain_xml``."""
    return compile_program("P", {"p.bpmn": plain_xml(process, definitions)}, ())


def plain_xml(process: str, definitions: str = "", process_id: str = "P") -> bytes:
    """A file with one process. Elements are written without prefix; ``A -> B`` on a line is a flow, with
    ``A -> B if condition`` a conditional one."""
    body = re.sub(r"<(/?)(?!/?spiff)(\w)", r"<\1bpmn:\2", process)
    body = re.sub(r"^\s*([\w.]+) -> ([\w.]+)(?: if (.+))?$", _flow, body, flags=re.MULTILINE)
    extra = re.sub(r"<(/?)(\w)", r"<\1bpmn:\2", definitions)
    xml = f'{_HEAD}{extra}<bpmn:process id="{process_id}" isExecutable="true">{body}</bpmn:process></bpmn:definitions>'
    return xml.encode()


def _flow(match: re.Match[str]) -> str:
    source, target, condition = match.groups()
    inner = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    return f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{inner}</bpmn:sequenceFlow>'
