# SPDX-License-Identifier: Apache-2.0
"""A worker: takes jobs and does them until it is told to stop. It outlives the database's restarts."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from procrastinate import App, PsycopgConnector
from procrastinate.worker import Worker as QueueWorker

from engine.jobs.tasks import CALLS, STEPS, Work, application

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a worker does what, in seconds; ``sweep`` and ``upkeep`` are cron lines (sixth field: seconds).

    ``poll`` bounds how late a job begins that was put in for later; one that is due at once is announced by the
    database. A worker that has given no sign of life (every ``heartbeat``) for ``stalled_after`` counts as dead.
    """

    poll: float = 0.5
    heartbeat: float = 5.0
    stalled_after: float = 20.0
    sweep: str = "* * * * * */30"
    upkeep: str = "* * * * * */10"
    #: The longest pause before it tries again after the database has gone.
    patience: float = 10.0


class Worker:
    """``run`` blocks its thread; ``stop`` may be called from any other."""

    def __init__(self, work: Work, conninfo: str, concurrency: int, pace: Pace) -> None:
        self._work, self._conninfo, self._concurrency, self._pace = work, conninfo, concurrency, pace
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()

    def run(self) -> None:
        """Work until stopped; the jobs being done then are finished."""
        asyncio.run(self._run())

    def stop(self) -> None:
        self._stopping.set() if self._loop is None else self._loop.call_soon_threadsafe(self._stopping.set)

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        threads = ThreadPoolExecutor(max_workers=2 * self._concurrency, thread_name_prefix="job")
        self._loop.set_default_executor(threads)
        pause = self._pace.poll
        while not self._stopping.is_set():
            try:
                await self._work_once()
                pause = self._pace.poll
            except Exception:
                logger.exception("the worker lost its queue; trying again in %.0f s", pause)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
            pause = min(2 * pause, self._pace.patience)

    async def _work_once(self) -> None:
        """Until stopped, or until one of the queues is lost."""
        pace = self._pace
        connector = PsycopgConnector(conninfo=self._conninfo, min_size=1, max_size=4, timeout=pace.patience)
        app = application(connector, self._work, stalled_after=pace.stalled_after, sweep=pace.sweep, upkeep=pace.upkeep)
        async with app.open_async():
            workers = [self._of_queue(app, queue) for queue in (STEPS, CALLS)]
            running = {asyncio.create_task(worker.run()) for worker in workers}
            stopping = asyncio.create_task(self._stopping.wait())
            await asyncio.wait({*running, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            pending = running
            while pending:  # each finishes its jobs; one that has only just begun to run forgets what it was told
                for worker in workers:
                    worker.stop()
                _, pending = await asyncio.wait(pending, timeout=pace.poll)
        for fault in [ended.exception() for ended in running]:
            if fault is not None:
                raise fault

    def _of_queue(self, app: App, queue: str) -> Any:
        pace = self._pace
        return QueueWorker(
            app,
            queues=[queue],
            name=queue,
            concurrency=self._concurrency,
            fetch_job_polling_interval=pace.poll,
            update_heartbeat_interval=pace.heartbeat,
            stalled_worker_timeout=pace.stalled_after,
            delete_jobs="successful",
            install_signal_handlers=False,
        )
