# SPDX-License-Identifier: Apache-2.0
"""The jobs: their names, their queues, when they are tried again, and what keeps the queue itself in order."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Protocol

from procrastinate import App, BaseRetryStrategy, RetryDecision
from procrastinate.connector import BaseConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status

from engine.jobs.manager import Jobs

logger = logging.getLogger(__name__)
#: Steps and calls wait in queues of their own, so that a slow service does not hold up any timer.
STEPS, CALLS = "steps", "calls"
TIMERS, STARTS, DELIVER, CALL = "timers", "starts", "deliver", "call"
#: A job that fails unexpectedly is tried again for ever, like the rows it stands for; the pause grows up to this.
LONGEST_PAUSE = timedelta(minutes=1)
#: Upkeep goes before everything else.
FIRST = 10


class NotYet(Exception):
    """What the job is for becomes due in a moment: this machine's clock is behind the database's."""


class Work(Protocol):
    """What jobs do. Each is harmless when there is nothing to do, or somebody else is doing it."""

    def fire_case(self, case_id: str) -> None:
        """Fire the timers of a case that are due. Raises NotYet."""

    def fire_process(self, process_id: str) -> None:
        """Fire the start timers of a process that are due. Raises NotYet."""

    def deliver(self, message_id: str, link: int) -> None:
        """Deliver a message, number ``link`` of its chain."""

    def make_call(self, call_id: str) -> None:
        """Make a service call if it is due."""

    def sweep(self) -> int:
        """Find what is due soon and has no job; returns how much that was."""


class Again(BaseRetryStrategy):
    """1, 2, 4 … seconds, a minute at most; a second when the clock is not there yet."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        late = isinstance(exception, NotYet)
        seconds = 1 if late else min(2**job.attempts, int(LONGEST_PAUSE.total_seconds()))
        if not late:
            logger.error("%s(%s) failed; again in %d s", job.task_name, _shown(job), seconds, exc_info=exception)
        return RetryDecision(retry_in={"seconds": seconds})


def _shown(job: Job) -> str:
    return ", ".join(f"{name}={value}" for name, value in job.task_kwargs.items())


def application(connector: BaseConnector, work: Work, *, stalled_after: float, sweep: str, upkeep: str) -> App:
    """The library's application with all jobs. ``sweep`` and ``upkeep``: cron lines, the sixth field are seconds.

    ``stalled_after``: seconds without a sign of life after which a worker counts as dead and its jobs are others'.
    """
    app = App(connector=connector)
    app.job_manager = Jobs(connector)
    again = Again()

    @app.task(name=TIMERS, queue=STEPS, retry=again)
    def timers(case_id: str) -> None:
        work.fire_case(case_id)

    @app.task(name=STARTS, queue=STEPS, retry=again)
    def starts(process_id: str) -> None:
        work.fire_process(process_id)

    @app.task(name=DELIVER, queue=STEPS, retry=again)
    def deliver(message_id: str, link: int = 1) -> None:
        work.deliver(message_id, link)

    @app.task(name=CALL, queue=CALLS, retry=again)
    def call(call_id: str) -> None:
        work.make_call(call_id)

    _keep_up(app, work, again, stalled_after=stalled_after, sweep=sweep, upkeep=upkeep)
    return app


def _keep_up(app: App, work: Work, again: Again, *, stalled_after: float, sweep: str, upkeep: str) -> None:
    """What keeps the queue itself in order.

    No locks on it: the job of a worker that died would hold its lock, and no other could follow it. Two at the same time
    are harmless; the queueing lock keeps them from piling up.
    """

    @app.periodic(cron=sweep)
    @app.task(name="sweep", queue=STEPS, queueing_lock="sweep", priority=FIRST, retry=again)
    def swept(timestamp: int) -> None:
        found = work.sweep()
        if found:
            logger.info("the sweep found %d due without a job", found)

    @app.periodic(cron=upkeep)
    @app.task(name="take_over", queue=STEPS, queueing_lock="take_over", priority=FIRST, retry=again)
    async def take_over(timestamp: int) -> None:
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=stalled_after):
            logger.warning("%s(%s) is taken over from a worker that is gone", job.task_name, _shown(job))
            try:
                if job.queueing_lock:  # the next one is there or comes soon, and only one may wait
                    await app.job_manager.finish_job(job, Status.ABORTED, delete_job=True)
                else:
                    await app.job_manager.retry_job(job)
            except ConnectorException:
                logger.debug("job %s has ended meanwhile", job.id)
