# SPDX-License-Identifier: Apache-2.0
"""Running cases move to another version: planned, rehearsed, done, undone; replayed and verified across it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from engine import SYSTEM
from engine.connectors import ConnectorFailed
from engine.errors import Conflict, Invalid, MoveRefused, NotAllowed, NotFound
from engine.history import log
from engine.migration import Migration
from engine.store import calls as call_store
from engine.store import instances as instance_store
from engine.store import tasks as task_store
from engine.values import Case, Json
from tests.builders import diagram
from tests.engine.workshop import START, Workshop

PLAIN = "start S -> A\nuser A -> B\nuser B -> E\nend E"
LATE = PLAIN + "\ntimer T | on: A | duration: PT4H -> B"


def move(workshop: Workshop, login: str = "olga", **mapping: str) -> Migration:
    """Plan and do the move of all cases of `P` to its newest version."""
    olga = workshop.actor(login)
    plan = workshop.engine.plan_migration(olga, "P", mapping=mapping)
    return workshop.engine.migrate(olga, plan)


def rows(workshop: Workshop, case: Case) -> Mapping[str, Json]:
    """All that the database holds of where a case stands."""
    with workshop.engine.read() as tx:
        row = dict(instance_store.get(tx.connection, case.id) or {})
        found = {name: row[name] for name in ("tokens", "variables", "digest", "version", "state", "title", "fault")}
        found["tasks"] = sorted(
            (dict(t) for t in task_store.open_of(tx.connection, case.id)), key=lambda t: str(t["id"])
        )
        found["timers"] = [
            (t.token, t.element, t.name, t.due_at) for t in instance_store.timers(tx.connection, case.id)
        ]
        found["waits"] = [tuple(w) for w in instance_store.subscriptions(tx.connection, case.id)]
        found["calls"] = [tuple(c) for c in call_store.of_case(tx.connection, case.id)]
    return found


def verified(workshop: Workshop, case: Case) -> None:
    verdict = workshop.engine.verify(SYSTEM, case.id)
    assert verdict.ok, (verdict.parted_at, verdict.reason)


class TestPlan:
    def test_it_says_what_moves_and_what_changes_and_changes_nothing(self, workshop: Workshop) -> None:
        workshop.publish("P", PLAIN)
        first, second = workshop.start(), workshop.start()
        workshop.do(second)
        before = [rows(workshop, first), rows(workshop, second)]
        workshop.publish("P", LATE.replace("user A", "user A | role: lead"))
        plan = workshop.engine.plan_migration(workshop.actor("olga"), "P")
        assert [(c.case_id, c.version, c.at, c.then, c.moves) for c in plan.cases] == [
            (first.id, 1, ("A",), ("A",), True), (second.id, 1, ("B",), ("B",), True),
        ]  # fmt: skip
        assert [(s.what, s.change) for s in plan.cases[0].shifts] == [("task", "changed"), ("timer", "new")]
        assert (plan.before(1), plan.after()) == ({"A": 1, "B": 1}, {"A": 1, "B": 1})
        assert [rows(workshop, first), rows(workshop, second)] == before

    def test_a_case_that_cannot_move_has_a_reason_and_what_to_do(self, workshop: Workshop) -> None:
        workshop.publish("P", PLAIN)
        case = workshop.start()
        workshop.publish("P", "start S -> B\nuser B -> E\nend E")
        plan = workshop.engine.plan_migration(workshop.actor("olga"), "P")
        [planned] = plan.refused
        assert (planned.case_id, planned.obstacles[0].element) == (case.id, "A")
        assert "not in the new version" in planned.obstacles[0].sentence
        with pytest.raises(Conflict, match="moves no case"):
            workshop.engine.migrate(workshop.actor("olga"), plan)

    def test_alike_cases_stand_together_those_that_cannot_move_first(self, workshop: Workshop) -> None:
        workshop.publish("P", PLAIN)
        cases = [workshop.start() for _ in range(3)]
        workshop.do(cases[0])
        workshop.publish("P", PLAIN.replace("B", "C"))
        groups = workshop.engine.plan_migration(workshop.actor("olga"), "P").groups()
        assert [(g.at, g.moves, len(g.cases)) for g in groups] == [(("B",), False, 1), (("A",), True, 2)]

    def test_cases_of_several_versions_go_to_the_one_that_is_named(self, workshop: Workshop) -> None:
        workshop.publish("P", PLAIN)
        old = workshop.start()
        workshop.publish("P", LATE)
        middle = workshop.start()
        workshop.publish("P", PLAIN.replace("user B", "user B | role: lead"))
        plan = workshop.engine.plan_migration(workshop.actor("olga"), "P", to_version=2)
        assert [c.case_id for c in plan.cases] == [old.id]
        assert plan.versions() == (1,)
        newest = workshop.engine.plan_migration(workshop.actor("olga"), "P")
        assert ([c.case_id for c in newest.cases], newest.versions()) == ([old.id, middle.id], (1, 2))

    def test_some_cases_only(self, workshop: Workshop) -> None:
        workshop.publish("P", PLAIN)
        cases = [workshop.start() for _ in range(3)]
        workshop.publish("P", LATE)
        plan = workshop.engine.plan_migration(workshop.actor("olga"), "P", cases=[cases[1].id])
        assert [c.case_id for c in plan.cases] == [cases[1].id]
        with pytest.raises(NotFound, match="'nobody' is no running case"):
            workshop.engine.plan_migration(workshop.actor("olga"), "P", cases=["nobody"])

    def test_a_mapping_of_what_nothing_has_is_refused(self, workshop: Workshop) -> None:
        workshop.publish("P", PLAIN)
        workshop.start()
        workshop.publish("P", LATE)
        with pytest.raises(Invalid, match="names 'X', which no version that the cases are on has"):
            workshop.engine.plan_migration(workshop.actor("olga"), "P", mapping={"X": "A"})

    def test_only_who_may_migrate_may_even_plan(self, workshop: Workshop) -> None:
        workshop.publish("P", PLAIN)
        for login in ("wanda", "lea", "root"):
            with pytest.raises(NotAllowed):
                workshop.engine.plan_migration(workshop.actor(login), "P")


class TestMove:
    def test_the_case_goes_on_in_the_new_version_and_verifies(self, workshop: Workshop) -> None:
        workshop.publish("P", PLAIN)
        case = workshop.start(n=1)
        workshop.publish(
            "P", LATE.replace("user B -> E", "script X | do: n = n + 1 -> B\nuser B -> E").replace("A -> B", "A -> X")
        )
        done = move(workshop)
        assert (done.state, done.counts) == ("moved", {"moved": 1})
        assert workshop.case(case).version == 2
        verified(workshop, case)
        workshop.do(case)
        assert workshop.data(case)["n"] == 2
        verified(workshop, case)
        assert workshop.do(case).state == "completed"
        verified(workshop, case)
        assert workshop.kinds(case) == [
            "case.started",
            "task.claimed",
            "case.migrated",
            "task.completed",
            "task.completed",
        ]

    def test_the_history_says_who_why_and_what(self, workshop: Workshop) -> None:
        one = workshop.publish("P", PLAIN)
        case = workshop.start()
        two = workshop.publish("P", LATE.replace("A", "Z"))
        plan = workshop.engine.plan_migration(workshop.actor("olga"), "P", mapping={"A": "Z"})
        done = workshop.engine.migrate(workshop.actor("olga"), plan, "the deadline was forgotten")
        event = workshop.engine.history(SYSTEM, case.id)[-1]
        assert (event.kind, event.actor) == ("case.migrated", "olga")
        assert event.payload["inputs"] == {
            "migration": done.id, "plan": plan.id, "from": one.digest, "to": two.digest, "version": 2, "mapping": {"A": "Z"},
        }  # fmt: skip
        assert event.payload["effects"]["active"] == ["Z", "T"]
        moved = event.payload["effects"]["moved"]
        assert [(m["what"], m["change"], m["element"], m["to"]) for m in moved] == [
            ("task", "changed", "A", "Z"), ("timer", "new", "", "T"),
        ]  # fmt: skip
        with workshop.engine.read() as tx:
            told = log.read(tx, "definition/P")[-1]
        assert (told.kind, told.payload["comment"]) == ("definition.migration_begun", "the deadline was forgotten")
        step = workshop.engine.steps(SYSTEM, case.id)[-1]
        assert (step.title, step.digest, step.position.active) == ("Moved to version 2", two.digest, ("Z", "T"))

    def test_a_task_keeps_its_id_claim_draft_and_due_time(self, workshop: Workshop) -> None:
        workshop.publish("P", PLAIN.replace("user A", 'user A | due: add_time(now(), "PT2H") | priority: "P2"'))
        case = workshop.start()
        workshop.engine.save_draft(workshop.actor("wanda"), workshop.task(case).id, {"text": "half"})
        before = workshop.task(case)
        workshop.wait(hours=1)
        workshop.publish(
            "P", PLAIN.replace("A", "Z").replace("user Z", "user Z | role: lead | instructions: Look twice")
        )
        move(workshop, A="Z")
        after = workshop.task(case)
        for name in ("id", "claimed_by", "due_at", "priority", "created_at", "has_draft"):
            assert getattr(after, name) == getattr(before, name), name
        assert (after.element, after.name, after.role) == ("Z", "Z", "lead")
        form = workshop.engine.task_form(workshop.actor("wanda"), after.id)
        assert (form.value, form.instructions) == ({"text": "half"}, "Look twice")
        assert workshop.do(case).state == "running"

    def test_a_draft_is_shown_as_far_as_the_new_form_has_fields_for_it(self, workshop: Workshop) -> None:
        workshop.publish("P", PLAIN)
        case = workshop.start()
        workshop.engine.save_draft(workshop.actor("wanda"), workshop.task(case).id, {"title": "A", "gone": 1})
        workshop.publish("P", PLAIN.replace("user A", "user A | form: T/everything.json"))
        move(workshop)
        assert workshop.engine.task_form(workshop.actor("wanda"), workshop.task(case).id).value == {"title": "A"}

    def test_a_completed_task_is_still_shown_as_it_was_done(self, workshop: Workshop) -> None:
        workshop.publish("P", PLAIN.replace("user A", "user A | instructions: Do it"))
        case = workshop.start()
        task = workshop.task(case)
        workshop.do(case)
        workshop.publish("P", "start S -> B\nuser B -> E\nend E")
        move(workshop)
        assert workshop.engine.task_form(workshop.actor("wanda"), task.id).instructions == "Do it"

    def test_timers_are_kept_rescheduled_armed_and_withdrawn(self, workshop: Workshop) -> None:
        workshop.publish("P", LATE)
        case = workshop.start()
        due = {}
        for text in (LATE, LATE.replace("PT4H", "PT8H"), PLAIN, LATE):
            workshop.publish("P", text)
            workshop.wait(hours=1)
            if workshop.engine.plan_migration(SYSTEM, "P").cases:
                move(workshop)
            due[len(due)] = [t.due_at - START for t in workshop.engine.case(SYSTEM, case.id).timers]
        assert due == {0: [timedelta(hours=4)], 1: [timedelta(hours=8)], 2: [], 3: [timedelta(hours=8)]}
        assert workshop.wait(hours=4) == 1
        assert workshop.task(case).element == "B"
        verified(workshop, case)

    def test_a_message_finds_the_case_under_its_new_name(self, workshop: Workshop) -> None:
        text = "start S -> W\ncatch W | message: m | key: k -> A\nuser A -> E\nend E"
        workshop.publish("P", text)
        case = workshop.start(k="1")
        workshop.publish("P", text.replace("W", "W2").replace("message: m ", "message: m2 "))
        move(workshop, W="W2")
        workshop.engine.correlate(SYSTEM, "m2", "1", {})
        assert workshop.task(case).element == "A"
        verified(workshop, case)

    def test_a_call_under_way_goes_on_with_its_key_and_attempts(self, workshop: Workshop) -> None:
        given: list[str] = []

        def flaky(parameters: Mapping[str, Json], key: str) -> Json:
            given.append(key)
            if len(given) < 3:
                raise ConnectorFailed("not now")
            return "done"

        workshop.engine._connectors = {**workshop.engine._connectors, "log/note": flaky}
        publish_calling(workshop, "C")
        case = workshop.engine.start(workshop.actor("wanda"), "P")
        workshop.engine.run_calls()
        publish_calling(workshop, "C2")
        move(workshop, C="C2")
        for _ in range(2):
            workshop.clock.advance(timedelta(hours=2))
            workshop.engine.run_calls()
        assert len(given) == 3
        assert len(set(given)) == 1
        assert workshop.case(case).state == "running"
        assert workshop.data(case)["r"] == "done"
        verified(workshop, case)

    def test_a_case_that_went_on_meanwhile_moves_from_where_it_is(self, workshop: Workshop) -> None:
        workshop.publish("P", PLAIN)
        first, second, third = workshop.start(), workshop.start(), workshop.start()
        workshop.publish("P", PLAIN.replace("B", "C"))
        plan = workshop.engine.plan_migration(workshop.actor("olga"), "P", mapping={})
        workshop.do(second)
        workshop.engine.cancel(SYSTEM, third.id, "enough")
        done = workshop.engine.migrate(workshop.actor("olga"), plan)
        assert done.counts == {"moved": 1, "refused": 2}
        reasons = {c.case_id: c.reason for c in done.cases}
        assert "stands at 'B' (B), which is not in the new version" in reasons[second.id]
        assert "has ended" in reasons[third.id]
        assert [workshop.case(c).version for c in (first, second, third)] == [2, 1, 1]

    def test_repeated_with_its_key_it_is_begun_once(self, workshop: Workshop) -> None:
        workshop.publish("P", PLAIN)
        workshop.start()
        workshop.publish("P", LATE)
        plan = workshop.engine.plan_migration(workshop.actor("olga"), "P")
        one = workshop.engine.migrate(workshop.actor("olga"), plan, key="k")
        assert workshop.engine.migrate(workshop.actor("olga"), plan, key="k").id == one.id
        assert len(workshop.engine.migrations(workshop.actor("olga"), "P")) == 1

    def test_a_tampered_move_is_noticed(self, workshop: Workshop) -> None:
        """The state that is stored must be the one that the recorded move leads to."""
        workshop.publish("P", PLAIN)
        case = workshop.start()
        workshop.publish("P", LATE)
        before = rows(workshop, case)["tokens"]
        move(workshop)
        with workshop.engine.write() as tx:
            instance_store.save(tx.connection, case.id, {"tokens": before})
        verdict = workshop.engine.verify(SYSTEM, case.id)
        assert not verdict.ok
        assert "stored state" in verdict.reason


def publish_calling(workshop: Workshop, own: str) -> None:
    asked = (
        '<bpmn:extensionElements><spiffworkflow:serviceTaskOperator id="log/note" resultVariable="r">'
        '<spiffworkflow:parameters><spiffworkflow:parameter id="text" type="str" value=\'"a"\'/>'
        '</spiffworkflow:parameters><spiffworkflow:retry retries="9" backoff_base="10"/></spiffworkflow:serviceTaskOperator>'
        "</bpmn:extensionElements>"
    )
    xml = diagram("P", f"start S -> {own}\ntask {own} -> A\nuser A -> E\nend E").decode()
    head = f'<bpmn:task id="{own}" name="{own}">'
    assert head in xml
    xml = xml.replace(head, f'<bpmn:serviceTask id="{own}" name="{own}">{asked}').replace(
        "</bpmn:task>", "</bpmn:serviceTask>"
    )
    workshop.engine.publish(SYSTEM, xml.encode(), "T/P.bpmn")


class TestBulk:
    def test_it_can_be_stopped_and_continued(self, workshop: Workshop) -> None:
        cases = many(workshop, 6)
        olga = workshop.actor("olga")
        seen: list[tuple[int, int]] = []
        plan = workshop.engine.plan_migration(olga, "P")
        stopped = workshop.engine.migrate(
            olga, plan, progress=lambda m: seen.append((m.done, m.total)), stop=lambda: len(seen) == 2
        )
        assert (seen, stopped.state, stopped.left) == ([(1, 6), (2, 6)], "moving", 4)
        assert [workshop.case(c).version for c in cases] == [2, 2, 1, 1, 1, 1]
        some = workshop.engine.continue_migration(olga, stopped.id, limit=3)
        assert (some.state, some.left) == ("moving", 1)
        whole = workshop.engine.continue_migration(olga, stopped.id)
        assert (whole.state, whole.counts) == ("moved", {"moved": 6})

    def test_dying_in_the_middle_loses_nothing(self, workshop: Workshop) -> None:
        cases = many(workshop, 4)
        olga = workshop.actor("olga")
        plan = workshop.engine.plan_migration(olga, "P")

        class Died(Exception):
            pass

        def die(migration: Migration) -> None:
            if migration.done == 2:
                raise Died

        with pytest.raises(Died):
            workshop.engine.migrate(olga, plan, progress=die)
        workshop.reopen()
        [begun] = workshop.engine.migrations(olga, "P")
        assert (begun.state, begun.counts) == ("moving", {"moved": 2, "planned": 2})
        for case in cases:
            verified(workshop, case)
        assert workshop.engine.continue_migration(olga, begun.id).counts == {"moved": 4}
        for case in cases:
            verified(workshop, case)
            assert workshop.kinds(case).count("case.migrated") == 1

    def test_one_that_fails_in_its_transaction_leaves_its_case_as_it_was(
        self, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        [case] = many(workshop, 1)
        before = rows(workshop, case)
        plan = workshop.engine.plan_migration(workshop.actor("olga"), "P")

        def fails(*_: object) -> None:
            raise OSError("the disk is full")

        with monkeypatch.context() as patch:
            patch.setattr("engine.migration.work._show_tasks_anew", fails)
            with pytest.raises(OSError, match="disk"):
                workshop.engine.migrate(workshop.actor("olga"), plan)
        assert rows(workshop, case) == before
        verified(workshop, case)


def many(workshop: Workshop, number: int) -> list[Case]:
    workshop.publish("P", PLAIN)
    cases = [workshop.start() for _ in range(number)]
    workshop.publish("P", LATE)
    return cases


class TestUndo:
    def test_it_restores_tokens_tasks_timers_messages_and_calls_exactly(self, workshop: Workshop) -> None:
        text = "start S -> F\nand F -> A / W / D\nuser A -> J\ncatch W | message: m | key: 1 -> J\ntimer D | duration: PT9H -> J\nand J -> E\nend E"
        workshop.publish("P", text)
        case = workshop.start()
        workshop.wait(hours=1)
        before = rows(workshop, case)
        new = text.replace("A", "A2").replace("message: m ", "message: m2 ").replace("PT9H", "PT5H").replace("W", "W2")
        workshop.publish("P", new + "\ntimer T | on: A2 | duration: PT4H -> E\n")
        done = move(workshop, A="A2", W="W2")
        assert rows(workshop, case) != before
        undone = workshop.engine.undo_migration(workshop.actor("olga"), done.id)
        assert (undone.state, undone.counts) == ("undone", {"undone": 1})
        assert rows(workshop, case) == before
        verified(workshop, case)
        assert workshop.kinds(case)[-2:] == ["case.migrated", "case.migration_undone"]
        assert workshop.engine.steps(SYSTEM, case.id)[-1].title == "Moved back to version 1"
        workshop.do(case)
        verified(workshop, case)

    def test_what_people_did_with_a_task_since_stays(self, workshop: Workshop) -> None:
        workshop.publish("P", PLAIN)
        case = workshop.start()
        workshop.publish("P", PLAIN.replace("A", "Z"))
        done = move(workshop, A="Z")
        task = workshop.task(case)
        workshop.engine.release(workshop.actor("wanda"), task.id)
        workshop.engine.claim(workshop.actor("will"), task.id)
        workshop.engine.save_draft(workshop.actor("will"), task.id, {"a": 1})
        workshop.engine.correct(SYSTEM, case.id, {"x": 1}, "forgotten")
        workshop.engine.undo_migration(workshop.actor("olga"), done.id)
        back = workshop.task(case)
        assert (back.id, back.element, back.claimed_by, back.has_draft) == (task.id, "A", "will", True)
        assert workshop.data(case) == {"x": 1}
        verified(workshop, case)

    def test_a_case_that_took_a_step_stays_with_the_reason(self, workshop: Workshop) -> None:
        first, second, third = many(workshop, 3)
        done = move(workshop)
        workshop.do(first)
        workshop.engine.cancel(SYSTEM, second.id, "enough")
        undone = workshop.engine.undo_migration(workshop.actor("olga"), done.id)
        assert undone.counts == {"stays": 2, "undone": 1}
        reasons = {c.case_id: c.reason for c in undone.cases}
        assert reasons == {
            first.id: "The case has taken a step since.",
            second.id: "The case has ended since.",
            third.id: "",
        }
        assert [workshop.case(c).version for c in (first, second, third)] == [2, 2, 1]

    def test_a_case_that_moved_on_to_a_third_version_stays(self, workshop: Workshop) -> None:
        many(workshop, 1)
        done = move(workshop)
        workshop.publish("P", PLAIN.replace("user B", "user B | role: lead"))
        move(workshop)
        [case] = workshop.engine.undo_migration(workshop.actor("olga"), done.id).cases
        assert (case.state, case.reason) == ("stays", "The case has moved to another version since.")

    def test_what_was_not_yet_moved_is_not_moved_any_more(self, workshop: Workshop) -> None:
        cases = many(workshop, 3)
        olga = workshop.actor("olga")
        begun = workshop.engine.begin_migration(olga, workshop.engine.plan_migration(olga, "P"))
        workshop.engine.continue_migration(olga, begun.id, limit=1)
        undone = workshop.engine.undo_migration(olga, begun.id)
        assert (undone.state, undone.counts) == ("undone", {"undone": 1, "planned": 2})
        assert workshop.engine.continue_migration(olga, begun.id).counts == undone.counts
        assert [workshop.case(c).version for c in cases] == [1, 1, 1]
        with pytest.raises(Conflict, match="undone already"):
            workshop.engine.undo_migration(olga, begun.id)

    def test_it_can_be_moved_again_afterwards(self, workshop: Workshop) -> None:
        [case] = many(workshop, 1)
        workshop.engine.undo_migration(workshop.actor("olga"), move(workshop).id)
        move(workshop)
        assert workshop.case(case).version == 2
        verified(workshop, case)


class TestHeld:
    BROKEN = "start S -> A\nuser A -> Z\nscript Z | do: y = 1 / zero -> B\nuser B -> E\nend E"

    def test_a_held_case_moves_with_its_command_and_is_retried_there(self, workshop: Workshop) -> None:
        workshop.publish("P", self.BROKEN)
        case = workshop.start()
        held = workshop.do(case)
        assert held.state == "failed"
        workshop.publish("P", self.BROKEN.replace("1 / zero", "1").replace("A", "A2"))
        [planned] = workshop.engine.plan_migration(workshop.actor("olga"), "P", mapping={"A": "A2"}).cases
        assert (planned.held, planned.moves) == (True, True)
        done = move(workshop, A="A2")
        assert workshop.case(case).state == "failed"
        verified(workshop, case)
        workshop.engine.undo_migration(workshop.actor("olga"), done.id)
        assert workshop.case(case).version == 1
        move(workshop, A="A2")
        assert workshop.engine.retry(SYSTEM, case.id).state == "running"
        assert workshop.task(case).element == "B"
        verified(workshop, case)

    def test_retry_on_the_newest_version_is_a_move(self, workshop: Workshop) -> None:
        """Other elements are no hindrance, as long as the case can stand there."""
        workshop.publish("P", self.BROKEN)
        case = workshop.start()
        workshop.do(case)
        workshop.publish("P", self.BROKEN.replace("script Z | do: y = 1 / zero -> B", "user Z -> B"))
        assert workshop.engine.retry(SYSTEM, case.id, newest=True).version == 2
        assert workshop.kinds(case)[-3:] == ["case.migrated", "case.retried", "task.completed"]
        assert workshop.task(case).element == "Z"
        verified(workshop, case)

    def test_retry_on_a_version_in_which_it_cannot_stand_is_refused(self, workshop: Workshop) -> None:
        workshop.publish("P", self.BROKEN)
        case = workshop.start()
        workshop.do(case)
        workshop.publish("P", "start S -> B\nuser B -> E\nend E")
        with pytest.raises(MoveRefused, match="stands at 'A'"):
            workshop.engine.retry(SYSTEM, case.id, newest=True)
        assert workshop.case(case).state == "failed"

    def test_a_retry_that_fails_on_the_newest_as_well_leaves_the_case_on_its_own(self, workshop: Workshop) -> None:
        workshop.publish("P", self.BROKEN)
        case = workshop.start()
        workshop.do(case)
        workshop.publish("P", self.BROKEN.replace("1 / zero", "2 / zero"))
        assert workshop.engine.retry(SYSTEM, case.id, newest=True).version == 1
        assert workshop.case(case).state == "failed"
        verified(workshop, case)

    def test_one_that_is_held_while_a_timer_fired_needs_that_timer(self, workshop: Workshop) -> None:
        late = LATE.replace("-> B", "-> Z", 2).replace("A -> Z", "A -> B") + "\nscript Z | do: y = 1 / zero -> B"
        workshop.publish("P", late)
        case = workshop.start()
        workshop.wait(hours=4)
        assert workshop.case(case).state == "failed"
        workshop.publish("P", PLAIN)
        [planned] = workshop.engine.plan_migration(workshop.actor("olga"), "P").cases
        assert "held at 'T', which is not in the new version" in planned.obstacles[0].sentence

    def test_one_that_never_began_begins_in_the_new_version(self, workshop: Workshop) -> None:
        text = "start S -> Z\nscript Z | do: y = {} -> A\nuser A -> E\nend E"
        workshop.publish("P", text.format("1 / zero"))
        case = workshop.start()
        workshop.publish("P", text.format("1").replace("A", "A2"))
        done = move(workshop)
        verified(workshop, case)
        workshop.engine.undo_migration(workshop.actor("olga"), done.id)
        verified(workshop, case)
        move(workshop)
        assert workshop.engine.retry(SYSTEM, case.id).version == 2
        assert workshop.task(case).element == "A2"
        verified(workshop, case)


def test_what_may_be_begun_comes_and_goes_and_comes_back(workshop: Workshop) -> None:
    """In an ad hoc subprocess: what the new version does not offer is withdrawn, and offered again after an undo."""
    text = "start S -> Search\nadhoc Search -> E\n  user Look\n  user Try\nend E"
    workshop.publish("P", text)
    case = workshop.start()
    before = rows(workshop, case)
    workshop.publish("P", text.replace("Try", "Ask"))
    done = move(workshop)
    assert sorted(t.element for t in workshop.open(case)) == ["Ask", "Look", "Search"]
    verified(workshop, case)
    workshop.engine.undo_migration(workshop.actor("olga"), done.id)
    assert sorted(t.element for t in workshop.open(case)) == ["Look", "Search", "Try"]
    assert rows(workshop, case) == before
    verified(workshop, case)
