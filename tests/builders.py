# SPDX-License-Identifier: Apache-2.0
"""Small diagrams from a few lines of text, for tests.

One line an element: ``kind Id | option: value | flag -> Target if condition / Target``. What is indented below a
``sub``, ``transaction`` or ``adhoc`` lies in that subprocess. A gateway's target without ``if`` is its default flow. Example:

    start Start_1 -> Task_A
    user Task_A | role: lead -> Gateway_1
    timer Event_Late | beside: Task_A | cycle: R/PT1H -> End_Late
    xor Gateway_1 -> Task_A if again / End_1
    end End_1
    end End_Late

Kinds: start end user manual task script rule send receive throw catch timer error cancel xor and or race sub
transaction adhoc call.
Options: mark role form assignee priority due instructions do decision message payload key live var duration date cycle on beside
error terminate process compensate (an activity, or empty) nowait cancel until sequential keep undoes (``undoes: Task_A``: marked for
compensation, a boundary event of Task_A leads to it) write (``thing: id = thing_id; state = "new"``) read (``thing: thing_id as found``).
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"
  id="Definitions_{process}" targetNamespace="https://example.org/test">
"""
_TAGS = {
    "start": "startEvent", "end": "endEvent", "user": "userTask", "manual": "manualTask", "task": "task",
    "script": "scriptTask", "rule": "businessRuleTask", "send": "sendTask", "receive": "receiveTask",
    "throw": "intermediateThrowEvent", "catch": "intermediateCatchEvent", "timer": "intermediateCatchEvent",
    "error": "boundaryEvent", "cancel": "boundaryEvent", "xor": "exclusiveGateway", "and": "parallelGateway", "or": "inclusiveGateway",
    "race": "eventBasedGateway", "sub": "subProcess", "transaction": "transaction", "adhoc": "adHocSubProcess", "call": "callActivity",
}  # fmt: skip
_TIMES = {"duration": "timeDuration", "date": "timeDate", "cycle": "timeCycle"}
_PROPERTIES = {
    "form": "formJsonSchemaFilename", "assignee": "assignee", "priority": "priority", "due": "due", "register": "register", "while": "while",
    "excluded": "excluded", "offered_to": "offered_to", "mark": "fitsm",
}  # fmt: skip
FREE_FORM = "T/free.json"


@dataclass
class _Line:
    kind: str
    id: str
    options: dict[str, str]
    targets: list[tuple[str, str]]
    inside: list[_Line] = field(default_factory=list)

    @property
    def human(self) -> bool:
        return self.kind in {"user", "manual"}


def diagram(process_id: str, text: str, *, name: str = "", properties: Mapping[str, str] | None = None) -> bytes:
    """A BPMN file with one executable process. Human tasks and ad hoc subprocesses without ``role`` are for
    the role ``worker``."""
    lines = _parse(text)
    everything = list(_walk(lines))
    body = "".join([
        *(f"<bpmn:message id={_a('Message_' + m)} name={_a(m)}/>" for m in _named(everything, "message")),
        *(f"<bpmn:error id={_a('Error_' + e)} errorCode={_a(e)}/>" for e in _named(everything, "error")),
        *(f"<bpmn:dataStore id={_a('DataStore_' + r)} name={_a(r)}/>" for r in _registers(everything)),
        f"<bpmn:process id={_a(process_id)} name={_a(name or process_id)} isExecutable='true'>",
        _extension(properties or {}),
        _lanes(everything),
        *(_element(line) for line in lines),
        *(f"<bpmn:dataStoreReference id={_a('Store_' + r)} dataStoreRef={_a('DataStore_' + r)}/>"
          for r in _registers(everything)),
        "</bpmn:process>",
    ])  # fmt: skip
    return (_HEAD.format(process=process_id) + body + "</bpmn:definitions>").encode()


# --- reading the text ----------------------------------------------------------------------------------------------


def _parse(text: str) -> list[_Line]:
    found: list[_Line] = []
    levels: list[tuple[int, list[_Line]]] = [(0, found)]
    for raw in textwrap.dedent(text).splitlines():
        if not raw.strip():
            continue
        depth = len(raw) - len(raw.lstrip())
        while depth < levels[-1][0]:
            levels.pop()
        if depth > levels[-1][0]:
            levels.append((depth, levels[-1][1][-1].inside))
        levels[-1][1].append(_line(raw.strip()))
    return found


def _line(text: str) -> _Line:
    left, _, right = text.partition(" -> ")
    head, *parts = left.split(" | ")
    kind, own = head.split()
    options = {name.strip(): value.strip() for name, _, value in (p.partition(":") for p in parts)}
    targets = [(t.partition(" if ")[0].strip(), t.partition(" if ")[2].strip()) for t in right.split(" / ") if t]
    return _Line(kind, own, options, targets)


def _walk(lines: list[_Line]) -> Iterator[_Line]:
    for line in lines:
        yield line
        yield from _walk(line.inside)


def _named(lines: list[_Line], option: str) -> list[str]:
    return sorted({line.options[option] for line in lines if line.options.get(option)})


def _registers(lines: list[_Line]) -> list[str]:
    used = [line.options[o] for line in lines for o in ("read", "write") if o in line.options]
    return sorted({use.partition(":")[0].strip() for use in used})


# --- writing XML ---------------------------------------------------------------------------------------------------


def _a(value: str) -> str:
    return quoteattr(value)


def _extension(properties: Mapping[str, str], more: str = "") -> str:
    if not properties and not more:
        return ""
    listed = "".join(f"<spiffworkflow:property name={_a(n)} value={_a(v)}/>" for n, v in properties.items())
    inside = f"<spiffworkflow:properties>{listed}</spiffworkflow:properties>" if listed else ""
    return f"<bpmn:extensionElements>{inside}{more}</bpmn:extensionElements>"


def _tagged(name: str, text: str) -> str:
    return f"<spiffworkflow:{name}>{escape(text)}</spiffworkflow:{name}>" if text else ""


def _lanes(lines: list[_Line]) -> str:
    roles: dict[str, list[str]] = {}
    for line in lines:
        if line.human or line.kind == "adhoc" or "role" in line.options:
            roles.setdefault(line.options.get("role", "worker"), []).append(line.id)
    lanes = [
        f"<bpmn:lane id={_a('Lane_' + role)} name={_a(role)}>{_extension({'role': role})}"
        + "".join(f"<bpmn:flowNodeRef>{own}</bpmn:flowNodeRef>" for own in members)
        + "</bpmn:lane>"
        for role, members in roles.items()
    ]
    return f"<bpmn:laneSet id='LaneSet_1'>{''.join(lanes)}</bpmn:laneSet>" if lanes else ""


def _element(line: _Line) -> str:
    attributes = {"id": line.id, "name": line.id}
    options, tag = line.options, _TAGS[line.kind]
    if host := options.get("on") or options.get("beside"):
        tag = "boundaryEvent"
        attributes |= {"attachedToRef": host, "cancelActivity": "false" if "beside" in options else "true"}
    if line.kind in {"send", "receive"}:
        attributes["messageRef"] = f"Message_{options['message']}"
    if line.kind == "call":
        attributes["calledElement"] = options["process"]
    default = [target for target, condition in line.targets if not condition]
    if line.kind in {"xor", "or"} and len(line.targets) > 1 and default:
        attributes["default"] = f"Flow_{line.id}_{default[0]}"
    if "sequential" in options:
        attributes["ordering"] = "Sequential"
    if "keep" in options:
        attributes["cancelRemainingInstances"] = "false"
    if "undoes" in options:
        attributes["isForCompensation"] = "true"
    written = " ".join(f"{name}={_a(value)}" for name, value in attributes.items())
    inside = "".join([_details(line), _data(line), _definition(line), *map(_element, line.inside)])
    flows = "".join(_flow(line, *target) for target in line.targets)
    return f"<bpmn:{tag} {written}>{inside}</bpmn:{tag}>{flows}{_undoing(line)}"


def _undoing(line: _Line) -> str:
    """The compensation boundary event of the activity that a line undoes, and the association to it."""
    if "undoes" not in line.options:
        return ""
    event, activity = f"Undo_{line.id}", line.options["undoes"]
    return (
        f"<bpmn:boundaryEvent id={_a(event)} attachedToRef={_a(activity)}>"
        f"<bpmn:compensateEventDefinition id={_a('Def_' + event)}/></bpmn:boundaryEvent>"
        f"<bpmn:association id={_a('To_' + line.id)} sourceRef={_a(event)} targetRef={_a(line.id)}/>"
    )


def _flow(line: _Line, target: str, condition: str) -> str:
    inside = f"<bpmn:conditionExpression>{escape(condition)}</bpmn:conditionExpression>" if condition else ""
    ends = f"sourceRef={_a(line.id)} targetRef={_a(target)}"
    return f"<bpmn:sequenceFlow id={_a(f'Flow_{line.id}_{target}')} {ends}>{inside}</bpmn:sequenceFlow>"


def _details(line: _Line) -> str:
    options = dict(line.options)
    if line.kind == "user":
        options.setdefault("form", FREE_FORM)
    properties = {_PROPERTIES[n]: v for n, v in options.items() if n in _PROPERTIES}
    more = _tagged("instructionsForEndUser", options.get("instructions", ""))
    more += _tagged("calledDecisionId", options.get("decision", ""))
    if line.kind in {"send", "receive"}:
        properties |= _key(line)
        more += _message_parts(line)
    script = options.get("do", "").replace(" ; ", "\n")
    script = f"<bpmn:script>{escape(script)}</bpmn:script>" if script else ""
    enough = options.get("until", "")
    enough = f"<bpmn:completionCondition>{escape(enough)}</bpmn:completionCondition>" if enough else ""
    return _extension(properties, more) + script + enough


def _key(line: _Line) -> dict[str, str]:
    found = {"correlationKey": line.options.get("key", ""), "timeToLive": line.options.get("live", "")}
    return {name: value for name, value in found.items() if value}


def _message_parts(line: _Line) -> str:
    options = line.options
    return _tagged("messagePayload", options.get("payload", "")) + _tagged("messageVariable", options.get("var", ""))


def _definition(line: _Line) -> str:
    options, own = line.options, f"Def_{line.id}"
    if "terminate" in options:
        return f"<bpmn:terminateEventDefinition id={_a(own)}/>"
    if "compensate" in options:
        only = f" activityRef={_a(options['compensate'])}" if options["compensate"] else ""
        goes_on = " waitForCompletion='false'" if "nowait" in options else ""
        return f"<bpmn:compensateEventDefinition id={_a(own)}{only}{goes_on}/>"
    if "cancel" in options or line.kind == "cancel":
        return f"<bpmn:cancelEventDefinition id={_a(own)}/>"
    if "error" in options:
        return f"<bpmn:errorEventDefinition id={_a(own)} errorRef={_a('Error_' + options['error'])}/>"
    for name, tag in _TIMES.items():
        if name in options:
            inside = f"<bpmn:{tag}>{escape(options[name])}</bpmn:{tag}>"
            return f"<bpmn:timerEventDefinition id={_a(own)}>{inside}</bpmn:timerEventDefinition>"
    if "message" in options and line.kind not in {"send", "receive"}:
        inside = _extension(_key(line), _message_parts(line))
        ref = _a("Message_" + options["message"])
        return f"<bpmn:messageEventDefinition id={_a(own)} messageRef={ref}>{inside}</bpmn:messageEventDefinition>"
    return ""


def _data(line: _Line) -> str:
    written = ""
    if read := line.options.get("read"):
        register, _, rest = read.partition(":")
        source, _, target = rest.partition(" as ")
        held = f"Property_{line.id}"
        written += f"<bpmn:property id={_a(held)} name='__targetRef_placeholder'/>"
        written += f"<bpmn:dataInputAssociation id={_a('Read_' + line.id)}>"
        written += f"<bpmn:sourceRef>Store_{register.strip()}</bpmn:sourceRef><bpmn:targetRef>{held}</bpmn:targetRef>"
        written += _assignment(source, target) + "</bpmn:dataInputAssociation>"
    if write := line.options.get("write"):
        register, _, rest = write.partition(":")
        pairs = [pair.split("=", 1) for pair in rest.split(";")]
        written += f"<bpmn:dataOutputAssociation id={_a('Write_' + line.id)}>"
        written += f"<bpmn:targetRef>Store_{register.strip()}</bpmn:targetRef>"
        written += "".join(_assignment(value, name) for name, value in pairs) + "</bpmn:dataOutputAssociation>"
    return written


def _assignment(source: str, target: str) -> str:
    return (
        f"<bpmn:assignment><bpmn:from>{escape(source.strip())}</bpmn:from>"
        f"<bpmn:to>{escape(target.strip())}</bpmn:to></bpmn:assignment>"
    )
