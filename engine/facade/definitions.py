# SPDX-License-Identifier: Apache-2.0
"""Publishing and reading definitions, decision tables and forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from engine import calendars, checking, content, definitions, forms, record_timers, timers
from engine.bpmn import read_decision
from engine.errors import Conflict, DiagramInvalid, NotFound
from engine.facade.core import Core
from engine.guard import Examined
from engine.history import log
from engine.store import definitions as definition_store
from engine.store import events as event_store
from engine.store.transaction import Tx
from engine.values import (
    SYSTEM,
    Actor,
    Calls,
    DecisionView,
    Definition,
    Finding,
    Json,
)

#: How often a diagram is checked anew because something else was published meanwhile.
_ROUNDS = 3


class _Moved(Conflict):
    """What a diagram was checked against is no longer what there is."""


class DefinitionsFacade(Core):
    def validate(self, xml: bytes, file: str, beside: Mapping[str, bytes] | None = None) -> tuple[Finding, ...]:
        """Everything that is wrong with a diagram (or a decision table: ``*.dmn``), errors first.

        ``beside``: further files, by name, that it may refer to as if they were published.
        """
        return self._examine(xml, file, beside)[0].findings

    def _examine(self, xml: bytes, file: str, beside: Mapping[str, bytes] | None = None) -> tuple[Examined, str]:
        """What the guard says of a file, and the mark of the surroundings in which it said so."""
        with self.read() as tx:
            known, mark = definitions.known(tx), definitions.surroundings(tx)
        near = {name: data for name, data in (beside or {}).items() if name != file}
        found = self._guard.examine(xml, file, known, near)
        if found.called:
            with self.read() as tx:
                called = {process_id: definitions.files(tx, process_id) for process_id in found.called}
            more = self._guard.examine(xml, file, known, near, called)
            found = Examined((*found.findings, *more.findings))
        return Examined(checking.in_order(found.findings)), mark

    def prepare_checks(self) -> None:
        """Start what checks files, so that it is warm when somebody waits for it; returns at once."""
        self._guard.warm()

    def publish(
        self,
        actor: Actor,
        xml: bytes,
        file: str,
        comment: str = "",
        base_digest: str | None = None,
        key: str | None = None,
    ) -> Definition:
        """``publish_file`` for a file with one process; of several, the one of ``base_digest``, else the first."""
        return self.publish_file(actor, xml, file, comment, base_digest, key)[0]

    def publish_file(
        self,
        actor: Actor,
        xml: bytes,
        file: str,
        comment: str = "",
        base_digest: str | None = None,
        key: str | None = None,
    ) -> tuple[Definition, ...]:
        """Publish every process of a diagram as a new version; the same content gives the version there is.

        Raises:
            DiagramInvalid, VersionConflict, NotAllowed.
        """

        with self.read() as tx:
            self._require(tx, actor, "definition.publish")
        mark = ""

        def do(tx: Tx) -> str:
            self._require(tx, actor, "definition.publish")
            if definitions.surroundings(tx) != mark:
                raise _Moved("Something else was published in the same moment.", hint="Publish again.")
            published = definitions.publish(tx, actor, xml, file, comment, base_digest, checked=True)
            for one in published:
                self._arm(tx, one)
            return "\n".join(f"{one.version} {one.process_id}" for one in published)

        about = {"file": file, "xml": log.digest(xml.decode("utf-8", "replace")), "comment": comment}
        for left in reversed(range(_ROUNDS)):
            examined, mark = self._examine(xml, file)  # outside of the transaction: nobody waits for it
            if examined.errors:
                raise DiagramInvalid(examined.errors)
            try:
                answer = self._command(actor, key, "publish", about, do)
                break
            except _Moved:
                if not left:
                    raise
        pairs = (line.partition(" ") for line in answer.splitlines())
        published = tuple(self.definition(process_id, int(version)) for version, _, process_id in pairs)
        self._compile_now(published)
        return published

    def _compile_now(self, published: Iterable[Definition]) -> None:
        """And not while the first case waits."""
        with self.read() as tx:
            for one in published:
                if definitions.by_digest(tx, one.digest)["about"].get("executable", True):
                    self._programs.get(tx, one.digest)

    def _arm(self, tx: Tx, published: Definition) -> None:
        """Start timers belong to the newest version; one that was there already keeps its own."""
        if published.published_at == tx.now:
            row = definitions.find(tx, published.process_id)
            starts = row["about"]["start_timers"]
            calendars = definitions.calendars(tx, published.digest) if starts else {}
            timers.arm_starts(tx, published.process_id, starts, calendars, definitions.zone(tx))
            record_timers.watch(tx, published.process_id, row["digest"], row["about"].get("record_timers", {}))

    def publish_content(self, actor: Actor = SYSTEM) -> tuple[Definition, ...]:
        """Publish what is shipped and new; returns the definitions that were published now.

        Of several processes that start at once one does it, and the others find nothing new.
        """

        def do(tx: Tx) -> tuple[Definition, ...]:
            self._require(tx, actor, "definition.publish")
            event_store.lock_stream(tx.connection, "content")
            published = content.publish(tx, self.config.content_dir)
            for one in published:
                self._arm(tx, one)
            return published

        return self._carry_out(do)

    def set_calendar(self, actor: Actor, name: str, content: Mapping[str, Json]) -> tuple[Definition, ...]:
        """Change a calendar of working time, or add one; the new versions of processes that count on it from now on.

        Raises:
            TimeInvalid: ``content`` is no calendar (see `engine.worktime`). NotAllowed.
        """

        def do(tx: Tx) -> tuple[Definition, ...]:
            self._require(tx, actor, "definition.publish")
            return self._change_times(tx, lambda: calendars.change(tx, actor, name, content))

        return self._carry_out(do)

    def _change_times(self, tx: Tx, change: Callable[[], tuple[Definition, ...]]) -> tuple[Definition, ...]:
        event_store.lock_stream(tx.connection, "content")
        published = change()
        for one in published:
            self._arm(tx, one)
        return published

    def set_time_zone(self, actor: Actor, name: str) -> tuple[Definition, ...]:
        """Set whose local time counts; the new versions of processes that this brings.

        What waits to begin by itself is due at the same time of day in the new zone. Cases that run keep the zone with
        which they began.

        Raises:
            TimeInvalid: there is no such zone. NotAllowed.
        """

        def do(tx: Tx) -> tuple[Definition, ...]:
            self._require(tx, actor, "people.manage")
            return self._change_times(tx, lambda: calendars.change_zone(tx, actor, name))

        return self._carry_out(do)

    def definitions(self) -> tuple[Definition, ...]:
        """The newest version of each process, by name; ``running`` counts cases of all its versions (see `Definition`)."""
        with self.read() as tx:
            running = definition_store.running_of_all(tx.connection)
            rows = definition_store.newest_of_all(tx.connection)
            return tuple(definitions.as_value(r, running[r["process_id"]]) for r in rows)

    def definition(self, process_id: str, version: int | None = None) -> Definition:
        with self.read() as tx:
            return definitions.as_value(definitions.find(tx, process_id, version))

    def versions(self, process_id: str) -> tuple[Definition, ...]:
        """All versions, newest first, with the number of their running cases."""
        with self.read() as tx:
            running = definition_store.running_by_version(tx.connection, process_id)
            rows = definition_store.versions(tx.connection, process_id)
            return tuple(definitions.as_value(r, running[r["version"]]) for r in rows)

    def diagram(self, process_id: str, version: int | None = None) -> bytes:
        """The BPMN XML, byte for byte as published."""
        with self.read() as tx:
            return definitions.diagram(tx, definitions.find(tx, process_id, version))

    def diagram_of(self, digest: str, called: str = "") -> bytes:
        """The diagram of a definition, or of a process that it calls."""
        with self.read() as tx:
            return definitions.diagram(tx, definitions.by_digest(tx, digest), called)

    def calls_of(self, digest: str) -> Calls:
        """The processes that a definition calls."""
        with self.read() as tx:
            return definitions.calls(definitions.by_digest(tx, digest))

    def outline(self, digest: str) -> Mapping[str, str]:
        """Element id -> label of a definition."""
        with self.read() as tx:
            return dict(definitions.by_digest(tx, digest)["about"]["elements"])

    def catalog(self) -> dict[str, Any]:
        """What a diagram may refer to: names of forms, decisions, messages, registers, processes; roles with titles."""
        with self.read() as tx:
            rows = definition_store.newest_of_all(tx.connection)
            return {
                "forms": sorted(definition_store.assets(tx.connection, "form")),
                "decisions": sorted(definition_store.assets(tx.connection, "decision")),
                "messages": sorted({m for r in rows for m in r["about"]["messages"]}),
                "roles": [{"id": r["id"], "title": r["title"]} for r in definitions.roles(tx)],
                "registers": sorted(definition_store.assets(tx.connection, "register")),
                "processes": sorted(r["process_id"] for r in rows),
            }

    def decisions(self) -> tuple[DecisionView, ...]:
        """The current decision tables, as people read them."""
        with self.read() as tx:
            rows = definition_store.newest_of_all(tx.connection)
            found = []
            for name, data in definition_store.all_assets(tx.connection, "decision").items():
                used_by = [r["process_id"] for r in rows if name in r["manifest"]["decisions"]]
                found.append(_decision_view(read_decision(data, name), used_by))
            return tuple(sorted(found, key=lambda d: d.name))

    def form(self, path: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """(schema, UI schema) of a form file as it is now, with the registers' fields filled in."""
        with self.read() as tx:
            current = definitions.asset_json(tx, "form")
            if path not in current:
                raise NotFound(f"There is no form '{path}'.")
            registers, roles = definitions.asset_json(tx, "register"), definitions.roles(tx)
            schema = forms.self_contained(current[path], registers, path, roles)
            return schema, current.get(path.removesuffix(".json") + ".ui.json", {})

    def startable(self, actor: Actor) -> tuple[Definition, ...]:
        """The processes that the actor may start by hand."""
        with self.read() as tx:
            return tuple(self._startable(tx, actor))


def _decision_view(table: Any, used_by: Iterable[str]) -> DecisionView:
    return DecisionView(
        id=table.id,
        name=table.name,
        hit_policy=table.hit_policy,
        inputs=tuple(i.label or i.expression for i in table.inputs),
        outputs=tuple(o.label or o.name for o in table.outputs),
        rules=tuple((r.cells, r.results, "; ".join(r.annotations) or r.description) for r in table.rules),
        used_by=tuple(used_by),
    )
