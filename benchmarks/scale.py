# SPDX-License-Identifier: Apache-2.0
"""Whether anything slows down as the database fills: a thousand cases against ``--size`` of them, each with an open task.

On SQLite and PostgreSQL: a step; the list of tasks with every filter that its page has; the lists of cases; the rendered
pages; what looks for the next timer. Small and large databases take turns, so that both see the same disturbances.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from statistics import quantiles
from typing import Any

import structlog
from flask.testing import FlaskClient

from benchmarks import bulk, databases
from benchmarks.measure import Figure, Report, interleaved
from benchmarks.subject import ANSWERS, CONTENT, LOOP, WORKER
from engine import SYSTEM, Actor, Engine, EngineConfig, open_engine
from engine.values import CaseFilter, Person, TaskFilter
from webapp import create_app
from webapp.config import WebConfig
from webapp.passwords import hash_password

SMALL = 1_000
SIZE = 20_000  #: without ``--size``; the big form is 1,000,000
STEP_BOUND, LIST_BOUND = 1.2, 1.5
STEPS, ROUNDS = 40, 9
ROLES = (WORKER, *[WORKER] * 5, "second", "third", "fourth", "fifth")
PASSWORD = "of no use elsewhere"
_TASKS: dict[str, dict[str, Any]] = {
    "no filter": {},
    "mine": {"scope": "mine"},
    "my groups": {"scope": "group"},
    "of a role": {"role": "second"},
    "of a process": {"process_id": "bench_loop_1"},
    "overdue": {"overdue": True},
    "second page": {"offset": 50},
    "search for a number": {"search": "BEN-0000500"},
    "search for a rare word": {"search": "parchment"},
    "search for a word of all": {"search": "cop"},
    "search for a word of one in nine": {"search": "printed"},
    "search for what is nowhere": {"search": "no such thing"},
}
_CASES: dict[str, dict[str, Any]] = {
    "no filter": {},
    "of a state": {"state": "running"},
    "of a process": {"process_id": "bench_loop_2"},
    "search for a number": {"search": "BEN-0000500"},
    "search for a rare word": {"search": "parchment"},
    "search for a word of all": {"search": "cop"},
    "search for a word of one in nine": {"search": "printed"},
    "search for what is nowhere": {"search": "no such thing"},
}
_NOTES = {
    "search for a rare word": "50 cases have it, in both databases",
    "search for a word of one in nine": f"{SMALL // 9:,} cases have it, and a ninth of all in the other database",
}
_PAGES = (
    "/", "/?scope=group", "/?overdue=1", "/?role=second", "/?q=parchment", "/?q=printed", "/cases/", "/cases/?state=running",
    "/cases/?q=printed", "/studio/",
)  # fmt: skip


def run(size: int = SIZE) -> Report:
    report = Report("scale", f"Flat cost: {SMALL:,} cases against {size:,}, with as many open tasks and more events")
    for name, database in databases.everything().items():
        with database() as urls, _opened(urls[0], SMALL) as small, _opened(urls[1], size) as large:
            report.figures += [*_steps(name, small, large), *_lists(name, small, large), *_pages(name, small, large)]
    return report


@dataclass(frozen=True, slots=True)
class Subject:
    engine: Engine
    actor: Actor
    client: FlaskClient
    case: list[str]  #: the case that is stepped through


@contextmanager
def _opened(url: str, cases: int) -> Iterator[Subject]:
    with closing(open_engine(EngineConfig(url, CONTENT))) as engine:
        engine.publish_content(SYSTEM)
        person = Person(WORKER, "Wanda Worker", roles=frozenset({WORKER, "second"}))
        engine.people.add(SYSTEM, person, login=WORKER, password_hash=hash_password(PASSWORD))
        template = engine.start(SYSTEM, LOOP).id
        bulk.copies(engine, template, cases, roles=ROLES, processes=_processes(engine))
        actor = engine.people.actor(WORKER)
        config = WebConfig(secret_key="x" * 40, database_url=url, content_dir=CONTENT, log_level="error")
        client = create_app(config, engine).test_client()
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
        _sign_in(client)
        yield Subject(engine, actor, client, [engine.start(actor, LOOP).id])


def _processes(engine: Engine) -> list[tuple[str, str]]:
    """Four processes that differ in their id."""
    xml = (CONTENT / "processes" / "bpmn" / "bench" / "loop.bpmn").read_bytes()
    found = []
    for number in range(4):
        own = xml.replace(b'"bench_loop"', b'"bench_loop_%d"' % number)
        published = engine.publish(SYSTEM, own, f"bench/loop_{number}.bpmn")
        found.append((published.process_id, published.digest))
    return found


def _sign_in(client: FlaskClient) -> None:
    page = client.get("/sign-in", headers={"Accept": "text/html"}).text
    token = page.partition('<meta name="csrf-token" content="')[2].partition('"')[0]
    client.post("/sign-in", data={"csrf_token": token, "login": WORKER, "password": PASSWORD})


def _compared(
    what: str, act: Callable[[Subject], object], small: Subject, large: Subject, bound: float | None, note: str = "",
    rounds: int = ROUNDS,
) -> Figure:  # fmt: skip
    for one in (small, large):
        act(one)
    times = interleaved([partial(act, large), partial(act, small)], rounds=rounds)
    own, floor = (quantiles(each, n=4)[0] for each in times)
    return Figure(what, own, f"{SMALL:,} cases", floor, bound, note=note)


def _steps(name: str, small: Subject, large: Subject) -> Iterator[Figure]:
    yield _compared(f"{name}: complete a task", _step, small, large, STEP_BOUND, rounds=STEPS)
    yield _compared(f"{name}: start a case", _start, small, large, STEP_BOUND, rounds=STEPS // 3)
    yield _compared(f"{name}: look for the next timer", lambda s: s.engine.next_due(), small, large, STEP_BOUND)


def _step(subject: Subject) -> None:
    """Complete the open task of the subject's own case; finding it is timed with it, in both."""
    (task,) = [t for t in subject.engine.case(SYSTEM, subject.case[0]).tasks[-1:] if t.state == "open"]
    subject.engine.complete(subject.actor, task.id, ANSWERS[task.element])
    if len(subject.engine.case(SYSTEM, subject.case[0]).tasks) > 20:
        subject.case[0] = subject.engine.start(subject.actor, LOOP).id


def _start(subject: Subject) -> None:
    subject.engine.start(subject.actor, LOOP)


def _lists(name: str, small: Subject, large: Subject) -> Iterator[Figure]:
    for what, wanted in _TASKS.items():
        act = partial(_tasks, TaskFilter(limit=50, **wanted))
        yield _compared(f"{name}: tasks, {what}", act, small, large, LIST_BOUND, _NOTES.get(what, ""))
    for what, wanted in _CASES.items():
        act = partial(_cases, CaseFilter(limit=50, **wanted))
        yield _compared(f"{name}: cases, {what}", act, small, large, LIST_BOUND, _NOTES.get(what, ""))


def _tasks(wanted: TaskFilter, subject: Subject) -> object:
    return subject.engine.tasks(subject.actor, wanted)


def _cases(wanted: CaseFilter, subject: Subject) -> object:
    return subject.engine.cases(SYSTEM, wanted)


def _pages(name: str, small: Subject, large: Subject) -> Iterator[Figure]:
    for path in _PAGES:
        yield _compared(f"{name}: page {path}", partial(_page, path), small, large, LIST_BOUND)


def _page(path: str, subject: Subject) -> None:
    answer = subject.client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200, (path, answer.status_code)
