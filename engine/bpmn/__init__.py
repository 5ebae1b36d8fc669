# SPDX-License-Identifier: Apache-2.0
"""The only room that knows SpiffWorkflow and lxml. Specs and state in, facts out; no database, no clock of its own.

What is public stands in this list; everything SpiffWorkflow gets wrong is repaired in one well-named place behind it
(`waits`, `prune`, `seam`, `timing`, `state`) or refused at publish (`check`).
"""

from engine.bpmn.dmn import parse_tables
from engine.bpmn.matching import Matching, find_element, renamable
from engine.bpmn.model import Element, Model
from engine.bpmn.outcome import (
    Choose,
    Command,
    CompleteTask,
    FailService,
    FireTimer,
    HumanTask,
    MessageWait,
    Moved,
    Outcome,
    ReceiveMessage,
    RecordWrite,
    ServiceCall,
    Start,
    Thrown,
    TimerWait,
    World,
)
from engine.bpmn.program import Program, compile_program, read_decision
from engine.bpmn.reading import read_drawn, read_models
from engine.bpmn.retiming import with_cycle
from engine.bpmn.runner import Runner
from engine.bpmn.standing import standing

__all__ = [
    "Choose",
    "Command",
    "CompleteTask",
    "Element",
    "FailService",
    "FireTimer",
    "HumanTask",
    "Matching",
    "MessageWait",
    "Model",
    "Moved",
    "Outcome",
    "Program",
    "ReceiveMessage",
    "RecordWrite",
    "Runner",
    "ServiceCall",
    "Start",
    "Thrown",
    "TimerWait",
    "World",
    "compile_program",
    "find_element",
    "parse_tables",
    "read_decision",
    "read_drawn",
    "read_models",
    "renamable",
    "standing",
    "with_cycle",
]
