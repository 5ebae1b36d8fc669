# SPDX-License-Identifier: Apache-2.0
"""The queue in a real PostgreSQL: what a dead worker was doing is done by others, and keeps nothing from going on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import Connection

from benchmarks.chaos.postgres import Postgres
from engine import CountingIds, EngineConfig, open_engine
from engine.errors import StorageBusy, StorageFailed
from engine.jobs.queue import Queue
from engine.jobs.worker import Pace, Worker
from engine.store import open_store
from engine.store.transaction import Armed, Tx

QUICK = Pace(poll=0.1, heartbeat=0.5, stalled_after=2.0, sweep="* * * * * *", upkeep="* * * * * *")
NOW = datetime(2026, 3, 2, tzinfo=UTC)
PATIENCE = 60.0  #: seconds until a job that does not come counts as lost


class Recorder:
    """A `Work` that notes what it is asked to do."""

    def __init__(self) -> None:
        self.swept, self.fired = threading.Event(), threading.Event()

    def fire_case(self, case_id: str) -> None:
        self.fired.set()

    def fire_process(self, process_id: str) -> None: ...

    def deliver(self, message_id: str, link: int) -> None: ...

    def make_call(self, call_id: str) -> None: ...

    def sweep(self) -> int:
        self.swept.set()
        return 0


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    made = Postgres()
    open_engine(EngineConfig(made.url, tmp_path_factory.mktemp("content"))).close()  # makes the tables
    yield made
    made.close()


@pytest.fixture
def recorder(postgres: Postgres) -> Recorder:
    """What a worker does on the database; the queue is empty at first."""
    with postgres.connected() as connection:
        connection.execute("TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers CASCADE")
    return Recorder()


def left_behind(connection: psycopg.Connection, task: str, arguments: str, lock: str | None) -> None:
    """A job that a worker was doing when it died, a minute ago."""
    [worker] = connection.execute(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute') RETURNING id"
    ).fetchone() or [0]
    connection.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, status, worker_id, attempts) "
        "VALUES ('steps', %s, %s, %s, %s::jsonb, 'doing', %s, 1)",
        (task, lock, lock, arguments, worker),
    )


def working(postgres: Postgres, recorder: Recorder, awaited: threading.Event) -> bool:
    """Run a worker until it has done what is awaited."""
    dsn = postgres.url.replace("postgresql+psycopg", "postgresql")
    worker = Worker(recorder, dsn, 1, QUICK)
    thread = threading.Thread(target=worker.run)
    thread.start()
    done = awaited.wait(PATIENCE)
    worker.stop()
    thread.join()
    return done


def test_what_a_dead_worker_was_doing_is_done_again(postgres: Postgres, recorder: Recorder) -> None:
    """By whoever finds it."""
    with postgres.connected() as connection:
        left_behind(connection, "timers", '{"case_id": "c1"}', None)
    assert working(postgres, recorder, recorder.fired)


def test_a_sweep_that_died_does_not_hold_up_the_next(postgres: Postgres, recorder: Recorder) -> None:
    """The next one waits already, and only one may wait: the dead one is over, and its lock is free."""
    with postgres.connected() as connection:
        left_behind(connection, "sweep", '{"timestamp": 1}', "sweep")
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, status) "
            "VALUES ('steps', 'sweep', 'sweep', 'sweep', '{\"timestamp\": 2}', 'todo')"
        )
    assert working(postgres, recorder, recorder.swept)
    with postgres.connected() as connection:
        held = connection.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' AND args->>'timestamp' = '1'"
        )
        assert held.fetchone() == (0,)


def put_in(postgres: Postgres, prepare: Callable[[Connection], None]) -> None:
    """A transaction that asks for a job after something has happened to it."""
    store = open_store(postgres.url)
    try:
        with store.write() as connection:
            tx = Tx(connection, NOW, CountingIds())
            tx.armed = [Armed(NOW, "c1")]
            prepare(connection)
            Queue(Recorder(), store.conninfo).committing(tx)
    finally:
        store.close()


def test_a_job_undone_for_anothers_sake_is_tried_again(postgres: Postgres) -> None:
    """As every other statement: the whole transaction is repeated."""

    def undone(connection: Connection) -> None:
        connection.exec_driver_sql(
            "CREATE OR REPLACE FUNCTION undone() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'undone' USING ERRCODE = '40001'; END $$"
        )
        connection.exec_driver_sql(
            "CREATE TRIGGER undone BEFORE INSERT ON procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION undone()"
        )

    with pytest.raises(StorageBusy):
        put_in(postgres, undone)


def test_a_connection_that_is_cut_is_told_as_such(postgres: Postgres) -> None:
    """Not as an error that nobody foresaw."""

    def cut(connection: Connection) -> None:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        with postgres.connected() as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))

    with pytest.raises(StorageFailed, match=r"was cut|cannot be reached"):
        put_in(postgres, cut)
