# SPDX-License-Identifier: Apache-2.0
"""Puts what a transaction asks for into the queue, in that transaction, and runs a worker beside the engine if asked.

Only what is due soon becomes a job at once; what is due later is found by the sweep in time (`Work.sweep`). A queue that
holds every deadline of every case would be searched by each worker again and again, and each step would pay for jobs
that never run because the task is done long before its deadline.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from procrastinate import SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DEFAULT_PRIORITY, Job
from procrastinate.manager import JobManager

from engine.jobs.tasks import CALL, CALLS, DELIVER, STARTS, STEPS, TIMERS, Work
from engine.jobs.worker import Pace, Worker
from engine.store.failures import storage_failed
from engine.store.transaction import Armed, Sent, Tx

#: What is due within this time becomes a job in the transaction that arms it. Longer than two sweeps.
NEAR = timedelta(minutes=2)


class Queue:
    """The engine's `Wakeup` on PostgreSQL."""

    def __init__(self, work: Work, conninfo: str, pace: Pace | None = None) -> None:
        self._work, self._conninfo, self._pace = work, conninfo, pace or Pace()
        # Never opened: jobs are put in on the connection of the transaction that asks for them.
        self._manager = JobManager(SyncPsycopgConnector())
        self._worker: Worker | None = None
        self._thread: threading.Thread | None = None

    def committing(self, tx: Tx) -> None:
        """Raises StorageBusy, StorageFailed: as for every other statement of the transaction."""
        jobs = list(_jobs(tx))
        if jobs:
            try:
                self._manager.batch_defer_jobs(jobs, connection=tx.connection.connection.driver_connection)
            except ConnectorException as error:
                cause = error.__cause__
                raise (storage_failed(cause) if isinstance(cause, Exception) else error) from error

    def committed(self, tx: Tx) -> list[Sent]:
        """Nothing is left to the caller: a worker delivers."""
        return []

    def again(self, at: datetime) -> None:
        """Nothing: the sweep finds messages that stay on their way."""

    def start(self, concurrency: int) -> None:
        """Work here as well, in a thread of its own."""
        if self._thread is None:
            self._worker = Worker(self._work, self._conninfo, concurrency, self._pace)
            self._thread = threading.Thread(target=self._worker.run, name="worker")
            self._thread.start()

    def stop(self) -> None:
        if self._worker is not None and self._thread is not None:
            self._worker.stop()
            self._thread.join()
            self._worker = self._thread = None


def _jobs(tx: Tx) -> Iterator[Job]:
    soon = tx.now + NEAR
    for sent in tx.to_deliver:
        yield _job(STEPS, DELIVER, {"message_id": sent.id, "link": tx.link + 1}, lock=sent.order)
    for kind, argument, due in ((TIMERS, "case_id", tx.armed), (STARTS, "process_id", tx.starts)):
        # No lock: a waiting job holds back every later one with its lock, even if that one is due before. Rows are
        # locked anyway, and timers of one case fire in their order whichever worker comes first.
        for what, at in _first(due).items():
            if at <= soon:
                yield _job(STEPS, kind, {argument: what}, at=at if at > tx.now else None)
    for call in tx.called:
        if call.at <= soon:
            yield _job(CALLS, CALL, {"call_id": call.what}, at=call.at if call.at > tx.now else None)


def _first(due: list[Armed]) -> dict[str, datetime]:
    """What is due, each with the first of its moments."""
    found: dict[str, datetime] = {}
    for at, what in due:
        found[what] = min(at, found.get(what, at))
    return found


def _job(
    queue: str, kind: str, arguments: dict[str, Any], *, lock: str | None = None, at: datetime | None = None
) -> Job:
    return Job(
        id=None,
        queue=queue,
        task_name=kind,
        task_kwargs=arguments,
        lock=lock,
        queueing_lock=None,
        scheduled_at=at,
        priority=DEFAULT_PRIORITY,
    )
