# SPDX-License-Identifier: Apache-2.0
"""What becomes due as jobs in PostgreSQL, for any number of workers; the only room that knows Procrastinate.

A job only says where to look: which case's timers, which message, which call. What is to be done stands in the rows
that the same transaction wrote. So a job that is lost is found again by a sweep, and one that comes twice finds nothing
to do (`docs/decisions/0014`).
"""

from engine.jobs.queue import NEAR, Queue
from engine.jobs.tasks import NotYet, Work
from engine.jobs.worker import Pace, Worker

__all__ = ["NEAR", "NotYet", "Pace", "Queue", "Work", "Worker"]
