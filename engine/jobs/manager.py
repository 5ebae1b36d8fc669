# SPDX-License-Identifier: Apache-2.0
"""Takes and ends jobs without waiting for the disk where nothing depends on it.

What a job does is durable by itself, in the transaction of its step. After a crash of the database the last moment of the
queue may be missing: a job is there again that was taken or done, and doing it twice is harmless. Written later it cannot
be before its step either, since PostgreSQL writes its log in order. A job with a lock is ended durably: one that seemed to go
on would hold up those behind it.
"""

from __future__ import annotations

from collections.abc import Iterable

from procrastinate import sql
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

#: For the transaction of this statement alone.
_LATER = "set_config('synchronous_commit', 'off', true)"
_FETCH = f"{sql.queries['fetch_job'].rstrip().rstrip(';')}, {_LATER}"
_FINISH = f"{sql.queries['finish_job'].rstrip().rstrip(';')}, {_LATER}"


class Jobs(JobManager):
    """The library's, with these two statements in haste."""

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        row = await self.connector.execute_query_one_async(query=_FETCH, queues=queues, worker_id=worker_id)
        return None if row["id"] is None else Job.from_row(row)

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        if job.lock or job.queueing_lock:
            await super().finish_job(job, status, delete_job)
        else:
            given = {"job_id": job.id, "status": status.value, "delete_job": delete_job}
            await self.connector.execute_query_async(query=_FINISH, **given)
