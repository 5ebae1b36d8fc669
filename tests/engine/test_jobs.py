# SPDX-License-Identifier: Apache-2.0
"""Many processes on one PostgreSQL: what becomes due is done once, in order, by whoever lives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from engine import SYSTEM, EngineConfig, open_engine, registers
from engine.errors import Invalid, StorageFailed, TaskGone
from engine.jobs import NEAR, Pace, Queue
from engine.store import queue as queue_store
from engine.values import Case, CaseFilter, Person
from tests.builders import diagram
from tests.databases import Furnished, PostgresDatabase, only_postgresql
from tests.engine.workshop import Workshop, content

pytestmark = only_postgresql

PATIENCE = 60.0  #: seconds; only something broken needs them
#: A worker that looks and gives signs of life more often than a real one, so that a test need not wait.
BRISK = Pace(poll=0.05, heartbeat=0.2, stalled_after=1.0, sweep="* * * * * */1", upkeep="* * * * * */1", patience=0.5)
LATE = "start S -> A\nuser A -> E\nend E\ntimer T | on: A | duration: {duration} -> B\nuser B -> E"
SENDER = 'start S -> A\nuser A -> T\nthrow T | message: go | payload: {"n": n} -> B\nuser B -> E\nend E'
STARTED = "start S | message: go | var: got -> A\nuser A -> E\nend E"


class Node:
    """An engine of its own on the shared database, as another process has it, and perhaps a worker."""

    def __init__(self, url: str, content: Path, pace: Pace = BRISK) -> None:
        self.engine = open_engine(EngineConfig(url, content, queue=True))
        self._wakeup = Queue(self.engine, self.engine._store.conninfo, pace)
        self.engine._wakeup = self._wakeup

    def work(self, concurrency: int = 2) -> None:
        self.engine.start_timers(concurrency)

    def close(self) -> None:
        self.engine.close()


@pytest.fixture
def nodes(bare: Furnished, tmp_path: Path) -> Iterator[Callable[[], Node]]:
    """Opens as many as one likes on one database."""
    database, made = bare.copy(tmp_path), list[Node]()

    def open_one(pace: Pace = BRISK) -> Node:
        made.append(Node(database.url, bare.content, pace))
        return made[-1]

    yield open_one
    for node in made:
        node.close()
    database.drop()


def hands(node: Node) -> Workshop:
    """Short words for what is done on a node."""
    return Workshop(node.engine, node.engine.clock, None, None)  # type: ignore[arg-type]


def until(seen: Callable[[], Any]) -> Any:
    """Look until something is there."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = seen()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError("it did not come")


def idle(node: Node) -> bool:
    """No job waits and none is being done."""
    with node.engine.read() as tx:
        states = queue_store.states(tx.connection)
    return not any(states.get(state) for state in ("todo", "doing"))


def kinds(node: Node, case: Case, kind: str) -> int:
    return [e.kind for e in node.engine.history(SYSTEM, case.id)].count(kind)


def of(node: Node, process_id: str) -> list[Case]:
    return [c for c in node.engine.cases(SYSTEM, CaseFilter(limit=500)).items if c.process_id == process_id]


# --- people --------------------------------------------------------------------------------------------------------


def test_two_engines_complete_one_task_at_once(nodes: Callable[[], Node]) -> None:
    """One wins, the other is told; the history has one completion."""
    one, other = nodes(), nodes()
    hands(one).publish("P", "start S -> A\nuser A -> B\nuser B -> E\nend E")
    for _ in range(8):
        case = hands(one).start()
        task, gate = hands(one).task(case).id, threading.Barrier(2)

        def complete(node: Node, task: str = task, gate: threading.Barrier = gate) -> object:
            gate.wait(PATIENCE)
            try:
                return node.engine.complete(node.engine.people.actor("wanda"), task, {})
            except TaskGone as error:
                return error

        with ThreadPoolExecutor(2) as threads:
            ends = list(threads.map(complete, (one, other)))
        assert sorted(type(end) for end in ends if isinstance(end, TaskGone)) == [TaskGone]
        assert kinds(one, case, "task.completed") == 1
    assert all(v.ok for v in one.engine.verify_all(SYSTEM))


def test_a_record_that_two_processes_write_keeps_every_version(nodes: Callable[[], Node]) -> None:
    """Who writes locks the record first, so no version is given twice and none is lost."""
    one, other = nodes(), nodes()
    record = one.engine.write_record(SYSTEM, "thing", {"title": "x"}).id
    gate = threading.Barrier(4)

    def write(number: int) -> None:
        gate.wait(PATIENCE)
        for _ in range(5):
            (one, other)[number % 2].engine.write_record(SYSTEM, "thing", {"note": str(number)}, id=record)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(4)))
    assert one.engine.record(SYSTEM, "thing", record).version == 21


def test_processes_that_start_at_once_publish_once(nodes: Callable[[], Node], tmp_path: Path) -> None:
    """Each brings the same content; one publishes it, and the others find nothing new."""
    shipped = content(tmp_path / "shipped")
    (shipped / "processes" / "bpmn" / "T").mkdir()
    (shipped / "processes" / "bpmn" / "T" / "P.bpmn").write_bytes(diagram("P", STARTED))
    url = nodes().engine.config.database_url
    engines = [open_engine(EngineConfig(url, shipped, queue=True)) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        published = list(threads.map(lambda engine: engine.publish_content(), engines))
    for engine in engines:
        engine.close()
    assert sorted(len(one) for one in published) == [0, 0, 0, 1]


def test_one_login_is_given_once(nodes: Callable[[], Node]) -> None:
    """Two administrators add the same person in the same moment: one of them is told."""
    gate = threading.Barrier(3)

    def add(node: Node) -> str:
        gate.wait(PATIENCE)
        try:
            return node.engine.people.add(SYSTEM, Person("", "Zoe"), "zoe").id
        except Invalid as error:
            return error.sentence

    with ThreadPoolExecutor(3) as threads:
        ends = list(threads.map(add, [nodes() for _ in range(3)]))
    assert [end for end in ends if "already" in end] == ["Somebody signs in as 'zoe' already."] * 2


# --- timers --------------------------------------------------------------------------------------------------------


def test_two_workers_fire_each_timer_once(nodes: Callable[[], Node]) -> None:
    """Many that are due at nearly the same time; none early, none twice, none left."""
    web, one, other = nodes(), nodes(), nodes()
    hands(web).publish("P", LATE.format(duration="PT1S"))
    cases = [hands(web).start() for _ in range(15)]
    one.work()
    other.work()
    until(lambda: len([c for c in cases if kinds(web, c, "timer.fired")]) == len(cases))
    until(lambda: idle(web))
    assert [kinds(web, c, "timer.fired") for c in cases] == [1] * len(cases)
    assert all(v.ok for v in web.engine.verify_all(SYSTEM))


def test_a_timer_that_is_due_much_later_has_no_job_yet(nodes: Callable[[], Node]) -> None:
    """The row is enough; the sweep makes the job when the time is near, and makes it once."""
    web = nodes()
    hands(web).publish("P", LATE.format(duration="PT1H"))
    case = hands(web).start()
    assert idle(web)
    assert web.engine.sweep() == 0
    with web.engine.write() as tx:
        tx.connection.exec_driver_sql(f"UPDATE timer SET due_at = now() + interval '{NEAR.seconds // 2} seconds'")
    assert web.engine.sweep() == 1
    assert web.engine.sweep() == 0
    assert kinds(web, case, "timer.fired") == 0


def test_a_job_that_was_lost_is_found_again_by_the_sweep(nodes: Callable[[], Node]) -> None:
    """Of a timer, a message and a start event; and a job that comes twice does no harm."""
    web = nodes()
    shop = hands(web)
    shop.publish("P", LATE.format(duration="PT1S"))
    shop.publish("Q", SENDER)
    shop.publish("R", STARTED)
    shop.publish("Y", "start S | cycle: R1/PT1S -> A\nuser A -> E\nend E")
    timed = shop.start()
    shop.do(shop.start("Q"), n=1)
    with web.engine.write() as tx:
        assert tx.connection.exec_driver_sql("DELETE FROM procrastinate_jobs").rowcount == 3
        tx.connection.exec_driver_sql("UPDATE message SET sent_at = sent_at - interval '1 minute'")
    assert web.engine.sweep() == 3
    with web.engine.write() as tx:
        tx.connection.exec_driver_sql(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, scheduled_at) "
            "SELECT queue_name, task_name, args, scheduled_at FROM procrastinate_jobs"
        )
    web.work()
    until(lambda: kinds(web, timed, "timer.fired") and of(web, "R") and of(web, "Y"))
    until(lambda: idle(web))
    assert kinds(web, timed, "timer.fired") == 1
    assert len(of(web, "R")) == 1
    assert len(of(web, "Y")) == 1


def test_timers_of_one_case_fire_in_their_order(nodes: Callable[[], Node]) -> None:
    """Whichever worker comes first, and although they are overdue together."""
    web, one, other = nodes(), nodes(), nodes()
    lines = ["start S -> A", "user A -> E", "end E"]
    for number in range(6):
        lines += [f"timer T{number} | beside: A | duration: PT0.{number + 1}S -> F{number}", f"end F{number}"]
    hands(web).publish("P", "\n".join(lines))
    cases = [hands(web).start() for _ in range(4)]
    one.work(4)
    other.work(4)
    until(lambda: all(kinds(web, c, "timer.fired") == 6 for c in cases))
    for case in cases:
        fired = [e.payload["inputs"]["element"] for e in web.engine.history(SYSTEM, case.id) if e.kind == "timer.fired"]
        assert fired == [f"T{number}" for number in range(6)]


# --- messages ------------------------------------------------------------------------------------------------------


def test_each_message_is_delivered_once(nodes: Callable[[], Node]) -> None:
    """Two workers and a sweep that would do it again; each message starts one case."""
    web, one, other = nodes(), nodes(), nodes()
    shop = hands(web)
    shop.publish("Q", SENDER)
    shop.publish("R", STARTED)
    one.work()
    other.work()
    for number in range(12):
        shop.do(shop.start("Q"), n=number)
    until(lambda: len(of(web, "R")) == 12 and idle(web))
    assert sorted(web.engine.case(SYSTEM, c.id).data["got"]["n"] for c in of(web, "R")) == list(range(12))


def test_what_one_case_throws_arrives_in_its_order(nodes: Callable[[], Node]) -> None:
    """Ten messages from one step, two workers with many hands."""
    web, one, other = nodes(), nodes(), nodes()
    shop = hands(web)
    throws = [
        f'throw T{n} | message: go | payload: {{"n": {n}}} -> ' + (f"T{n + 1}" if n < 9 else "E") for n in range(10)
    ]
    shop.publish("Q", "\n".join(["start S -> A", "user A -> T0", *throws, "end E"]))
    shop.publish("R", STARTED)
    shop.do(shop.start("Q"))
    one.work(4)
    other.work(4)
    until(lambda: len(of(web, "R")) == 10)
    arrived = sorted(of(web, "R"), key=lambda c: c.started_at)
    assert [web.engine.case(SYSTEM, c.id).data["got"]["n"] for c in arrived] == list(range(10))


def test_a_message_is_never_kept_while_somebody_begins_to_wait(nodes: Callable[[], Node]) -> None:
    """Sent in the very moment in which its receiver comes to where it waits: it arrives."""
    one, other = nodes(), nodes()
    hands(one).publish(
        "P", "start S -> A\nuser A -> C\ncatch C | message: go | key: number | var: got -> B\nuser B -> E\nend E"
    )
    for number in range(10):
        case = hands(one).start("P")
        task, gate = hands(one).task(case).id, threading.Barrier(2)

        def arrive(task: str = task, number: int = number, gate: threading.Barrier = gate) -> None:
            gate.wait(PATIENCE)
            one.engine.complete(one.engine.people.actor("wanda"), task, {"number": number})

        def send(number: int = number, gate: threading.Barrier = gate) -> None:
            gate.wait(PATIENCE)
            other.engine.correlate(SYSTEM, "go", number, {})

        with ThreadPoolExecutor(2) as threads:
            for end in [threads.submit(arrive), threads.submit(send)]:
                end.result()
        one.engine.fire_due()  # what was kept and is wanted now is on its way
        assert [t.element for t in hands(one).open(case)] == ["B"], number


def test_whoever_sends_from_outside_is_told_whom_it_reached(nodes: Callable[[], Node]) -> None:
    """At once, although workers deliver what cases throw; nobody else need be there."""
    web = nodes()
    hands(web).publish("R", STARTED)
    (reached,) = web.engine.correlate(SYSTEM, "go", None, {"n": 1})
    assert reached.process_id == "R"
    assert idle(web)


# --- processes that die --------------------------------------------------------------------------------------------

VICTIM = """
import sys, time
from pathlib import Path
from engine import EngineConfig, open_engine
from tests.engine.test_jobs import Node
node = Node(sys.argv[1], Path(sys.argv[2]))
def hang(message_id, link):
    print("taken", flush=True)
    time.sleep(600)
node.engine.deliver = hang
node.work()
time.sleep(600)
"""


def test_the_job_of_a_killed_worker_is_taken_over(nodes: Callable[[], Node], bare: Furnished) -> None:
    """kill -9 in the middle of a job: another worker does it as soon as the dead one counts as gone."""
    web = nodes()
    shop = hands(web)
    shop.publish("Q", SENDER)
    shop.publish("R", STARTED)
    command = [sys.executable, "-c", VICTIM, web.engine.config.database_url, str(bare.content)]
    victim = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
    try:
        shop.do(shop.start("Q"), n=7)
        assert victim.stdout is not None
        assert victim.stdout.readline() == "taken\n"
        assert of(web, "R") == []
    finally:
        os.kill(victim.pid, signal.SIGKILL)
        victim.wait()
        victim.stdout.close()
    nodes().work()
    until(lambda: of(web, "R"))
    until(lambda: idle(web))
    assert len(of(web, "R")) == 1


def test_upkeep_that_a_dead_worker_had_begun_stops_no_other(nodes: Callable[[], Node]) -> None:
    """A sweep that nobody ends any more is cleared away, and the next ones run."""
    web = nodes()
    hands(web).publish("P", LATE.format(duration="PT1S"))
    with web.engine.write() as tx:
        for name in ("sweep", "take_over"):
            tx.connection.exec_driver_sql(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, queueing_lock, args, status) "
                f"VALUES ('steps', '{name}', 10, '{name}', '{{\"timestamp\": 1}}', 'doing')"
            )
    case = hands(web).start()
    with web.engine.write() as tx:
        tx.connection.exec_driver_sql("DELETE FROM procrastinate_jobs WHERE task_name = 'timers'")
    web.work()
    until(lambda: kinds(web, case, "timer.fired"))
    until(lambda: idle(web))


def test_a_worker_stops_at_any_moment_and_finishes_its_step(nodes: Callable[[], Node]) -> None:
    """Right after it was started as well; what it had begun is done, the rest waits for the next."""
    web, node = nodes(), nodes()
    shop = hands(web)
    shop.publish("Q", SENDER)
    shop.publish("R", STARTED)
    for number in range(6):
        shop.do(shop.start("Q"), n=number)
        node.work()
        threading.Event().wait(number / 50)
        node.engine.stop_timers()
        with web.engine.read() as tx:
            assert not queue_store.states(tx.connection).get("doing")
    node.work()
    until(lambda: len(of(web, "R")) == 6 and idle(web))


def test_a_restart_of_the_database_wedges_nobody(nodes: Callable[[], Node], bare: Furnished) -> None:
    """Commands fail with a clear sentence while it is away and go through afterwards; a worker goes on by itself."""
    web, node = nodes(), nodes()
    shop = hands(web)
    shop.publish("Q", SENDER)
    shop.publish("R", STARTED)
    node.work()
    shop.do(shop.start("Q"), n=1)
    until(lambda: len(of(web, "R")) == 1)
    assert isinstance(bare.database, PostgresDatabase)
    server = bare.database.server
    server.stop("immediate")
    try:
        with pytest.raises(StorageFailed, match=r"cannot be reached|was cut"):
            shop.start("Q")
        with pytest.raises(StorageFailed, match=r"cannot be reached|was cut"):
            web.engine.cases(SYSTEM)
    finally:
        server.start()
    shop.do(shop.start("Q"), n=2)
    until(lambda: len(of(web, "R")) == 2)


# --- transactions that the database undoes -------------------------------------------------------------------------


def test_a_command_that_is_undone_is_carried_out_again(nodes: Callable[[], Node]) -> None:
    """Two that lock each other's rows: the database undoes one, and both have happened in the end."""
    one, other = nodes(), nodes()
    first, second = (one.engine.write_record(SYSTEM, "thing", {"title": t}).id for t in "ab")
    gate, undone = threading.Barrier(2), list[int]()

    def both(node: Node, ids: tuple[str, str]) -> None:
        tries: list[int] = []

        def do(tx: Any) -> None:
            tries.append(1)
            registers.write(tx, SYSTEM, "thing", ids[0], {"note": ids[1]})
            if len(tries) == 1:
                gate.wait(PATIENCE)
            registers.write(tx, SYSTEM, "thing", ids[1], {"note": ids[0]})

        node.engine._carry_out(do)
        undone.append(len(tries) - 1)

    with ThreadPoolExecutor(2) as threads:
        ends = [threads.submit(both, one, (first, second)), threads.submit(both, other, (second, first))]
        for end in ends:
            end.result()
    assert sorted(undone) == [0, 1]
    assert [one.engine.record(SYSTEM, "thing", i).version for i in (first, second)] == [3, 3]


def test_a_serialisation_failure_is_tried_again_a_few_times_and_then_told(nodes: Callable[[], Node]) -> None:
    """On a database that isolates strictly, say; the sentence says that nothing was changed."""
    web, tries = nodes(), list[int]()

    def never(tx: Any) -> None:
        tries.append(1)
        tx.connection.exec_driver_sql("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END $$")

    with pytest.raises(StorageFailed) as told:
        web.engine._carry_out(never)
    assert told.value.code == "storage.busy"
    assert "Nothing was changed" in told.value.hint
    assert len(tries) == 6


def test_a_connection_cut_while_committing_is_not_taken_for_a_failure(nodes: Callable[[], Node]) -> None:
    """It is not known whether it was kept: not tried again by itself; with the same key it counts once."""
    web = nodes()
    hands(web).publish("P", "start S -> A\nuser A -> E\nend E")

    def cut(tx: Any) -> None:
        tx.connection.exec_driver_sql("CREATE TABLE late (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        tx.connection.exec_driver_sql(
            "CREATE FUNCTION bye() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$"
        )
        tx.connection.exec_driver_sql(
            "CREATE CONSTRAINT TRIGGER bye AFTER INSERT ON late DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION bye()"
        )
        tx.connection.exec_driver_sql("INSERT INTO late VALUES (1)")

    with pytest.raises(StorageFailed, match="not known"):
        web.engine._carry_out(cut)
    assert hands(web).start(login="wanda").state == "running"  # the next command finds a new connection


def test_sqlite_has_no_queue(kind: str, tmp_path: Path) -> None:
    """Said at the opening, with what to do."""
    with pytest.raises(Invalid, match="no queue"):
        open_engine(EngineConfig(f"sqlite:///{tmp_path / 'x.db'}", tmp_path, queue=True))
