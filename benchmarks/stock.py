# SPDX-License-Identifier: Apache-2.0
"""The floor under a step that stands on SpiffWorkflow: its own parser, engine and serializer, and one durable commit.

Made as fast as SpiffWorkflow allows: specs are parsed once and shared instead of being kept in every state, the state is
written with orjson, and cases are young (it keeps every finished task, so that steps of long cases take longer).
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.default.workflow import BpmnWorkflowConverter
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.util.task import TaskState

from benchmarks.subject import ANSWERS, CONTENT, LOOP

TASKS = 10  #: user tasks of a case, then the next one begins


class _SharedSpecs(BpmnWorkflowConverter):  # type: ignore[misc]
    """Writes a workflow without its specs."""

    specs: Any = None

    def to_dict(self, workflow: Any) -> dict[str, Any]:
        found: dict[str, Any] = super(BpmnWorkflowConverter, self).to_dict(workflow)
        found["subprocesses"] = self.mapping_to_dict(workflow.subprocesses)
        found["bpmn_events"] = self.registry.convert(workflow.bpmn_events)
        return found

    def from_dict(self, state: dict[str, Any]) -> Any:
        workflow = self.target_class(*self.specs, deserializing=True)
        workflow.tasks = self.mapping_from_dict(state["tasks"], UUID, workflow=workflow)
        workflow.task_tree = workflow.tasks[UUID(state["root"])]
        self.set_default_attributes(workflow, state)
        self.subprocesses_from_dict(state["subprocesses"], workflow)
        workflow.bpmn_events = self.registry.restore(state.pop("bpmn_events", []))
        return workflow


class Alone:
    """SpiffWorkflow with the two-task loop; a case is the bytes of its state."""

    def __init__(self) -> None:
        parser = SpiffBpmnParser()
        parser.add_bpmn_file(str(CONTENT / "processes" / "bpmn" / "bench" / "loop.bpmn"))
        _SharedSpecs.specs = (parser.get_spec(LOOP), parser.get_subprocess_specs(LOOP))
        config = {**SPIFF_CONFIG, BpmnWorkflow: _SharedSpecs}
        self._serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(config))

    def begin(self) -> bytes:
        """A new case, at its first task."""
        workflow = BpmnWorkflow(*_SharedSpecs.specs)
        workflow.do_engine_steps()
        return self._saved(workflow)

    def step(self, state: bytes) -> bytes:
        """Load, complete the open task, run to the next one, save."""
        workflow = self._serializer.from_dict(orjson.loads(state))
        (task,) = workflow.get_tasks(state=TaskState.READY, manual=True)
        task.set_data(**ANSWERS[task.task_spec.bpmn_id])
        task.run()
        workflow.do_engine_steps()
        return self._saved(workflow)

    def _saved(self, workflow: Any) -> bytes:
        return orjson.dumps(self._serializer.to_dict(workflow))


class Stock:
    """A case that SpiffWorkflow runs alone, with one durable commit for each step."""

    def __init__(self, folder: Path) -> None:
        self._alone = Alone()
        self._connection = sqlite3.connect(folder / "stock.db", isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute("CREATE TABLE case_row (id TEXT PRIMARY KEY, state BLOB)")
        self._begin()

    def close(self) -> None:
        self._connection.close()

    def _begin(self) -> None:
        self._done, self._state = 0, self._alone.begin()

    def step(self) -> None:
        """What is timed: a step, and its commit."""
        self._state = self._alone.step(self._state)
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("INSERT OR REPLACE INTO case_row VALUES ('c', ?)", (self._state,))
        self._connection.execute("COMMIT")
        self._done += 1

    def turn_over(self) -> None:
        """What is not timed: after so many tasks the next case begins."""
        if self._done == TASKS:
            self._begin()
