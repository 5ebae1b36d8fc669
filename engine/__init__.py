# SPDX-License-Identifier: Apache-2.0
"""A workflow engine for BPMN 2.0 with a history that proves itself. Plain Python: no web, no environment, no globals.

    engine = open_engine(EngineConfig("sqlite:///var/fitsm.db", Path(".")))
    case = engine.start(actor, "process_id")

This is the door: ``Engine``, how to open it, its values and errors. Everything behind it may change.
"""

from engine.bpmn import Model
from engine.bpmn.drawing import draw, with_drawing
from engine.bpmn.style import check_style
from engine.bpmn.xml import MAX_BYTES
from engine.config import EngineConfig, MailServer, Sealing, Services
from engine.engine import Engine, open_engine
from engine.files import KINDS as FILE_KINDS
from engine.files import LARGEST as LARGEST_FILE
from engine.files import as_file
from engine.files import check_size as check_file_size
from engine.foresight import Coming, Foresight, foreseen
from engine.inventory import Inventory, Use, UseOf, take_inventory
from engine.marks import Marked
from engine.migration import Migration, Plan, Rehearsal
from engine.ports import Clock, CountingIds, Ids, RandomIds, SystemClock, VirtualClock
from engine.practice import Practice, Practised
from engine.schedule import Planned, Retimed, Schedule
from engine.trial import Trial, calls_of, decision_ids, until_of
from engine.trial import run as try_diagrams
from engine.values import SYSTEM, Actor

__all__ = [
    "FILE_KINDS",
    "LARGEST_FILE",
    "MAX_BYTES",
    "SYSTEM",
    "Actor",
    "Clock",
    "Coming",
    "CountingIds",
    "Engine",
    "EngineConfig",
    "Foresight",
    "Ids",
    "Inventory",
    "MailServer",
    "Marked",
    "Migration",
    "Model",
    "Plan",
    "Planned",
    "Practice",
    "Practised",
    "RandomIds",
    "Rehearsal",
    "Retimed",
    "Schedule",
    "Sealing",
    "Services",
    "SystemClock",
    "Trial",
    "Use",
    "UseOf",
    "VirtualClock",
    "as_file",
    "calls_of",
    "check_file_size",
    "check_style",
    "decision_ids",
    "draw",
    "foreseen",
    "open_engine",
    "take_inventory",
    "try_diagrams",
    "until_of",
    "with_drawing",
]
