# SPDX-License-Identifier: Apache-2.0
"""Lists that are merged from branches are the same as all rows, filtered and sorted; long ones say that they are long."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, union, update

from engine import SYSTEM, Actor
from engine.store import caselist, instances, lists, tasklist, words
from engine.store.schema import instance, task
from engine.store.tasklist import urgency
from engine.values import CaseFilter, Person, TaskFilter
from tests.databases import only_postgresql, only_sqlite
from tests.engine.workshop import START, Workshop

ME = Actor("wanda", frozenset({"worker", "lead"}))


@pytest.fixture
def crowd(workshop: Workshop) -> Workshop:
    """Eighty cases with an open task each, spread over processes, roles, people, priorities, times and states."""
    chance = random.Random(4)
    for process in ("P", "R"):
        workshop.publish(process, "start S -> A\nuser A -> E\nend E")
    wanted = Person("will", "Will", roles=frozenset({"worker"}), deputy_id="wanda")
    workshop.engine.people.update(SYSTEM, wanted)
    for number in range(80):
        workshop.clock.advance(timedelta(minutes=1))
        workshop.engine.start(SYSTEM, chance.choice("PR"), {"n": number})
    with workshop.engine.write() as tx:
        for row in list(tx.connection.execute(select(task))):
            due = START + timedelta(hours=chance.randrange(-3, 4)) if chance.random() < 0.7 else None
            priority = chance.choice(["P1", "P2", "P10", None])
            whose = chance.choice([{}, {}, {}, {"claimed_by": "wanda"}, {"assignee": "wanda"}, {"assignee": "will"},
                                   {"assignee": "wanda", "claimed_by": "will"}])  # fmt: skip
            values = {
                "role": chance.choice(["worker", "lead", "owner"]),
                "priority": priority,
                "due_at": due,
                "claimed_by": None,
                **whose,
            }
            purpose = "begin" if chance.random() < 0.2 else "work"
            values |= {
                "purpose": purpose,
                "urgency": urgency(priority, due, purpose),
                "held": True if chance.random() < 0.1 else None,
            }
            done = chance.random() < 0.2
            values |= {"state": "completed" if done else "open"}
            tx.connection.execute(update(task).where(task.c.id == row.id).values(**values))
            case = {"title": f"Thing {chance.randrange(9)}_%", "business_key": f"THG-{chance.randrange(12)}"}
            case |= {"state": chance.choice(caselist.STATES if done else ("running", "failed"))}
            case |= {"started_by": chance.choice(["wanda", "will", "nina"])}
            own = instance.c.id == row.instance_id
            before = tx.connection.execute(select(instance).where(own)).one()._asdict()
            tx.connection.execute(update(instance).where(own).values(**case))
            words.keep(tx.connection, before, {**before, **case})
    return workshop


def everything(crowd: Workshop) -> list[dict[str, Any]]:
    query = select(task, instance.c.title, instance.c.business_key).join(instance, instance.c.id == task.c.instance_id)
    with crowd.engine.read() as tx:
        return [row._asdict() for row in tx.connection.execute(query)]


def is_mine(row: dict[str, Any]) -> bool:
    return bool(row["claimed_by"] == "wanda" or (row["claimed_by"] is None and row["assignee"] in {"wanda", "will"}))


def is_groups(row: dict[str, Any]) -> bool:
    return row["claimed_by"] is None and row["assignee"] is None and row["role"] in ME.roles


FILTERS: dict[str, tuple[TaskFilter, Callable[[dict[str, Any]], bool]]] = {
    "all": (TaskFilter(), lambda r: is_mine(r) or is_groups(r)),
    "mine": (TaskFilter("mine"), is_mine),
    "group": (TaskFilter("group"), is_groups),
    "role": (TaskFilter(role="lead"), lambda r: (is_mine(r) or is_groups(r)) and r["role"] == "lead"),
    "role that is not mine": (TaskFilter(role="owner"), lambda r: is_mine(r) and r["role"] == "owner"),
    "process": (TaskFilter(process_id="R"), lambda r: (is_mine(r) or is_groups(r)) and r["process_id"] == "R"),
    "overdue": (
        TaskFilter(overdue=True),
        lambda r: (is_mine(r) or is_groups(r)) and r["due_at"] is not None and r["due_at"] < START + timedelta(minutes=80),
    ),
    "search": (
        TaskFilter(search="3_% thi"),
        lambda r: (is_mine(r) or is_groups(r)) and ("Thing 3_%" in r["title"] or r["business_key"].startswith("THG-3")),
    ),
    "key": (
        TaskFilter("group", search="thg-1"),
        lambda r: is_groups(r) and (r["business_key"] == "THG-1"),
    ),
    "everything": (
        TaskFilter("group", "worker", "P", overdue=True),
        lambda r: is_groups(r) and r["role"] == "worker" and r["process_id"] == "P"
        and r["due_at"] is not None and r["due_at"] < START + timedelta(minutes=80),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILTERS)
def test_the_task_list_is_all_rows_filtered_and_sorted(crowd: Workshop, name: str) -> None:
    """Page by page; the total is right; tasks of held cases and finished ones are not in it."""
    wanted, kept = FILTERS[name]
    rows = [r for r in everything(crowd) if r["state"] == "open" and r["held"] is None and kept(r)]
    rows.sort(
        key=lambda r: (
            r["purpose"] != "work",
            r["priority"] or "P9",
            r["due_at"] is None,
            r["due_at"] or START,
            r["created_at"],
            r["id"],
        )
    )
    assert rows, "the filter has something to find"
    found = []
    for offset in range(0, len(rows) + 7, 7):
        page = crowd.engine.tasks(
            ME, TaskFilter(wanted.scope, wanted.role, wanted.process_id, wanted.search, wanted.overdue, 7, offset)
        )
        assert (page.total, page.exact) == (len(rows), True)
        assert page.has_more == (offset + 7 < len(rows))
        found += [one.id for one in page.items]
    assert found == [r["id"] for r in rows]


CASES: dict[str, tuple[Actor, CaseFilter, Callable[[dict[str, Any]], bool]]] = {
    "all": (SYSTEM, CaseFilter(), lambda r: True),
    "state": (SYSTEM, CaseFilter("failed"), lambda r: r["state"] == "failed"),
    "process": (SYSTEM, CaseFilter(process_id="R"), lambda r: r["process_id"] == "R"),
    "both": (SYSTEM, CaseFilter("running", "P"), lambda r: r["process_id"] == "P" and r["state"] == "running"),
    "search": (
        SYSTEM, CaseFilter(search="THING 3"),
        lambda r: "Thing 3" in r["title"] or r["business_key"].startswith("THG-3")),
    "key": (SYSTEM, CaseFilter(search="thg-1"), lambda r: r["business_key"] == "THG-1"),
    "beginning of a key": (SYSTEM, CaseFilter("running", search="thg"), lambda r: r["state"] == "running"),
    "started by me": (
        Actor("nina"), CaseFilter(), lambda r: r["started_by"] == "nina"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_case_list_is_all_rows_filtered_and_sorted(crowd: Workshop, name: str) -> None:
    """Newest first, page by page."""
    actor, wanted, kept = CASES[name]
    with crowd.engine.read() as tx:
        rows = [
            r._asdict()
            for r in tx.connection.execute(
                select(instance).order_by(instance.c.started_at.desc(), instance.c.id.desc())
            )
        ]
    ids = [r["id"] for r in rows if kept(r)]
    assert ids
    found = []
    for offset in range(0, len(ids) + 9, 9):
        page = crowd.engine.cases(
            actor, CaseFilter(wanted.state, wanted.process_id, wanted.search, limit=9, offset=offset)
        )
        assert (page.total, page.exact) == (len(ids), True)
        found += [one.id for one in page.items]
    assert found == ids


def test_what_one_takes_part_in_is_listed(crowd: Workshop) -> None:
    """By a role that a task is for, by an assignment, by having acted."""
    rows = everything(crowd)
    lea = Actor("lea", frozenset({"owner"}))
    expected = {r["instance_id"] for r in rows if r["role"] == "owner"}
    assert {case.id for case in crowd.engine.cases(lea, CaseFilter(involved=True)).items} == expected


def test_long_lists_stop_counting(crowd: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """There are at least so many, and the pages go on to the end all the same."""
    monkeypatch.setattr(lists, "COUNTED", 10)
    whole = [one.id for one in crowd.engine.cases(SYSTEM, CaseFilter(limit=200)).items]
    page = crowd.engine.cases(SYSTEM, CaseFilter(limit=8))
    assert (page.total, page.exact, page.has_more) == (10, False, True)
    later = crowd.engine.cases(SYSTEM, CaseFilter(limit=50, offset=40))
    assert ([one.id for one in later.items], later.exact, later.has_more) == (whole[40:], False, False)
    assert later.total == 80
    assert crowd.engine.tasks(ME, TaskFilter(limit=0)).total == 10


@only_sqlite  # PostgreSQL reads a table of a few rows whole
def test_the_lists_use_their_indexes(workshop: Workshop) -> None:
    """No scan and no sort of all rows, whatever the filter: the database says how it would do it."""
    seen: list[str] = []
    with workshop.engine.read() as tx:
        for whose in ("claimed", "assigned", "offered"):
            for overdue in (False, True):
                branch = tasklist._branch(whose, role=False, process=whose == "offered", overdue=overdue)
                seen += _plan(tx.connection, branch._first, who="x", self="% x %", of_process="P", since="", until="~", most=50)
        for state, process in ((False, False), (True, False), (True, True)):
            branch = caselist._branch(state=state, process=process, started=False, involving=0)
            seen += _plan(tx.connection, branch._first, of_state="running", of_process="P", most=50)
        bounds = {"is_alive": True, "low": "a", "high": "b", "of_word": "a", "most": 50}
        walk = caselist._walk_of_word(state=False, process=False, involving=0)
        for searched in (tasklist._OF_CASES, tasklist._OF_NAME._first, tasklist._NAMES, walk._first, words._COUNT):
            steps = _plan(tx.connection, searched, **bounds, of_name="A")
            assert any(line.startswith(("SEARCH task USING", "SEARCH case_word USING")) for line in steps)
            assert not any(line.startswith(("SCAN task", "SCAN case_word", "SCAN instance")) for line in steps)
    assert len(seen) >= 9
    assert [line for line in seen if "INDEX ix_" not in line] == []


@only_postgresql
def test_a_look_at_a_case_does_not_read_all_cases(workshop: Workshop) -> None:
    """Whom it has exchanged messages with is asked once, and these are looked up; not each case whether it is one."""
    chosen = select(instance.c.id).where(instance.c.id.in_(union(*instances._spoken_with("w1"))))
    with workshop.engine.read() as tx:
        tx.connection.execute(text("SET LOCAL enable_seqscan = off"))
        compiled = chosen.compile(tx.connection, compile_kwargs={"literal_binds": True})
        plan = "\n".join(tx.connection.exec_driver_sql(f"EXPLAIN {compiled}").scalars())
    assert "SubPlan" not in plan
    assert "pk_instance" in plan


def _plan(connection: Any, statement: Any, **values: Any) -> list[str]:
    compiled = statement._for(connection.dialect, values)
    names = set(compiled.order) - set(compiled.fixed)
    given = compiled.parameters({n: v for n, v in values.items() if n in names})
    return [row[3] for row in connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {compiled.sql}", given)]
