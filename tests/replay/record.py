# SPDX-License-Identifier: Apache-2.0
"""Plays the stories that are recorded: ``python -m tests.replay.record [NAME …]``."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from engine import SYSTEM, forms
from engine.errors import FormInvalid
from engine.values import Case, CaseFilter, Person, Task
from tests.engine import workshop as workshops
from tests.engine.organisation import INCIDENTS, PEOPLE, Office, furnish, opened
from tests.engine.workshop import Workshop
from tests.replay.files import save

Answers = dict[str, Any]  #: element -> data, a list of data one for each time, or "wait" until a timer fires


def incident(office: Office) -> None:
    """An ordinary incident: registered, resolved, confirmed, closed."""
    play(office, {"Task_Register": {"impact": "medium", "urgency": "medium", "declare_major": False}})


def major(office: Office) -> None:
    """A major incident with its own case."""
    play(office, {"Task_Register": {"impact": "critical", "urgency": "high", "declare_major": True}})


def change(office: Office) -> None:
    """First level asks for a change, then for second level."""
    answers = {"impact": "medium", "urgency": "medium", "declare_major": False}
    play(office, {"Task_Register": answers, "PR9_ISRM_resolve:Task_Resolve": [{"outcome": "change"}, {"outcome": "second_level"}]})


def unanswered(office: Office) -> None:
    """First level lets the time pass; in the end nobody confirms."""
    answers = {"impact": "low", "urgency": "low", "declare_major": False}
    play(office, {"Task_Register": answers, "PR9_ISRM_resolve:Task_Resolve": "wait", "Task_Confirm": "wait"})


TURNS = """
start S -> M
xor M -> F
and F -> A / I
user A | write: thing: title = "turn " + text(n); state = "new" -> J
or I -> B if n % 2 == 0 / C if n % 3 == 0 / D
user B -> K
race C -> C1 / C2
task D -> K
catch C1 | message: answer | key: case_id() | var: answer -> K
timer C2 | duration: PT2H -> K
or K -> J
timer R | beside: A | cycle: R/PT1H -> X
script X | do: reminders = get_var("reminders", 0) + 1 -> EX
and J -> Sub
sub Sub -> Z
  start SS -> SA
  user SA | assignee: "lea" | due: add_time(now(), "P1D") | read: thing: thing_id as seen -> SE
  timer ST | on: SA | date: add_time(now(), "P2D") -> SX
  end SE
  end SX | error: late
error Event_Late | on: Sub | error: late -> Z
script Z | do: rate = 10 / n ; n = n + 1 ; list = sorted_list(unique([3, 1, n, 1])) -> T
throw T | message: turned | key: n | payload: {"n": n, "list": list} -> L
xor L -> M if n < 5 / Call
call Call | process: Q -> E
end E
end EX
"""


def turns(workshop: Workshop) -> None:
    """Every construct of the first slice in a loop: deputies, timers, messages, a step that fails and is mended."""
    workshop.publish("Q", "start S -> A\nmanual A -> E\nend E")
    workshop.publish("P", TURNS, title='"Turn " + text(get_var("n", 0))', business_key='get_var("thing_id")')
    lea = workshop.engine.people.get("lea")
    workshop.engine.people.update(workshop.actor("root"), Person("lea", lea.name, lea.email, deputy_id="will"))
    case = workshop.start(n=0)
    for turn in range(40):
        case = workshop.case(case)
        if case.state == "failed":
            workshop.engine.correct(workshop.actor("lea"), case.id, {"n": 1}, "Nothing can be divided by nothing.")
            workshop.engine.retry(workshop.actor("lea"), case.id)
        elif case.state != "running":
            return
        elif turn % 7 == 3:
            workshop.wait(hours=1, minutes=5)
        elif turn % 11 == 5:
            workshop.engine.correlate(SYSTEM, "answer", case.id, {"text": f"turn {turn}", "deep": [turn, {"x": None}]})
        elif tasks := workshop.open(case):
            task = tasks[turn % len(tasks)]
            login = "will" if task.assignee else "wanda"
            data = {} if task.element.endswith(":A") else {"said": turn, "nested": {"turn": [turn, 0.5, "ü", True]}}
            workshop.engine.complete(workshop.actor(login), task.id, data)
        else:
            workshop.wait(hours=3)
    raise AssertionError("the story does not end")


MOVED = """
start S -> F
and F -> A / W / Sub
user A | due: add_time(now(), "P1D") -> M
timer T | on: A | duration: PT8H -> M
xor M -> J
catch W | message: answer | key: case_id() | var: answer -> J
sub Sub -> J
  start SS -> SA
  user SA -> SB
  user SB -> SE
  end SE
and J -> Call
call Call | process: Q -> E
end E
"""


def moved(workshop: Workshop) -> None:
    """Moved to another version in the middle of parallel branches, moved back, moved again, and once more in a call."""
    workshop.publish("Q", "start S -> A\nmanual A -> E\nend E")
    workshop.publish("P", MOVED)
    case = workshop.start(n=1)
    workshop.do(case, "SA", said="first")
    workshop.wait(hours=1)
    changed = MOVED.replace("A |", "A2 |").replace(" A ", " A2 ").replace("PT8H", "PT6H").replace("answer |", "reply |")
    changed += "timer L | beside: Sub | duration: PT2H -> X\nscript X | do: late = True -> EX\nend EX\n"
    workshop.publish(
        "P", changed.replace("user SB -> SE", "user SB | role: lead -> SC\n  script SC | do: n = n + 1 -> SE")
    )
    olga, mapping = workshop.actor("olga"), {"A": "A2"}
    for last in (False, True):
        done = workshop.engine.migrate(olga, workshop.engine.plan_migration(olga, "P", mapping=mapping), "shorter")
        if not last:
            workshop.engine.undo_migration(olga, done.id)
    workshop.wait(hours=6)
    workshop.engine.correlate(SYSTEM, "reply", case.id, {"text": "yes"})
    workshop.do(case, "SB", login="lea")
    workshop.publish("Q", "start S -> A\nmanual A -> B\nuser B -> E\nend E")
    workshop.publish("P", changed.replace("user SB", "manual SB"))
    workshop.engine.migrate(olga, workshop.engine.plan_migration(olga, "P"))
    for element in ("Q:A", "Q:B"):
        workshop.do(case, element)


TRIPS = """
start S -> Search
adhoc Search -> M
  user Look | priority: "P2" -> Note
  script Note | do: looked = get_var("looked", 0) + 1
  script Count | role: worker | do: counted = get_var("counted", 0) + 1
xor M -> Trip
transaction Trip -> Call
  start TS -> F
  and F -> Hotel / Flight
  user Hotel -> J
  script NoHotel | undoes: Hotel | do: undone = get_var("undone", 0) + 1
  user Flight -> X
  manual NoFlight | undoes: Flight
  xor X -> Stop if bad / J
  and J -> TE
  end TE
  end Stop | cancel:
cancel Cancelled | on: Trip -> M
timer Late | on: Trip | duration: P2D -> E
call Call | process: Q -> Undo
throw Undo | compensate: Trip -> Rest
throw Rest | compensate: | nowait: -> Last
user Last -> E
end E
"""
TRIP_CALLED = """
start S -> A
manual A -> E
manual NoA | undoes: A
end E
"""


def trips(workshop: Workshop) -> None:
    """What people begin as they like, a transaction that is cancelled once, and all of it undone in the end."""
    workshop.publish("Q", TRIP_CALLED)
    workshop.publish("P", TRIPS, title='"Trip"')
    case = workshop.start()
    for element in ("Look", "Count", "Look"):
        choose(workshop, case, element)
    for _ in range(2):
        workshop.do(case, "Look", seen=[1, {"a": None}])
    choose(workshop, case, "Search")
    for element, data in (
        ("Hotel", {"hotel": "first"}), ("Flight", {"bad": True}), ("NoFlight", {}), ("Flight", {"bad": False}),
        ("Hotel", {"hotel": "second"}), ("Q:A", {}), ("NoFlight", {}), ("Last", {"rating": 4}), ("Q:NoA", {}),
    ):  # fmt: skip
        workshop.do(case, element, **data)
    assert workshop.case(case).state == "completed"
    assert workshop.data(case)["undone"] == 2


def choose(workshop: Workshop, case: Case, element: str) -> None:
    offered = [t for t in workshop.open(case) if t.purpose != "work" and t.element == element]
    workshop.engine.complete(workshop.actor("wanda"), offered[0].id)


STORIES: Mapping[str, Callable[[Any], None]] = {
    f.__name__: f for f in (incident, major, change, unanswered, turns, moved, trips)
}  # fmt: skip


# --- hands for the shipped processes -------------------------------------------------------------------------------


def play(office: Office, answers: Answers, steps: int = 80) -> None:
    """Do whatever is to be done until no case runs."""
    office.engine.start(office.actor("dana"), INCIDENTS)
    for _ in range(steps):
        office.clock.advance(timedelta(minutes=5))
        offered = [(t, login) for login in PEOPLE for t in office.engine.tasks(office.actor(login)).items]
        waits = [t for t, _ in offered if answers.get(t.element) == "wait"]
        if offered and not waits:
            task, login = min(offered, key=lambda o: (o[0].created_at, o[0].id, o[1]))
            complete(office, task, login, answers)
        elif office.engine.cases(SYSTEM, CaseFilter(state="running")).total:
            due = office.engine.next_due()
            assert due is not None
            office.clock.set(due)
            office.engine.fire_due()
        else:
            return
    raise AssertionError("the story does not end")


def complete(office: Office, task: Task, login: str, answers: Answers) -> None:
    """Complete a task with what the story says and, for the rest, whatever fits."""
    shown = office.engine.task_form(office.actor(login), task.id)
    fields = forms.fields(shown.schema)
    said = answers.get(task.element, {})
    said = (said.pop(0) if said else {}) if isinstance(said, list) else said
    data = {n: shown.value.get(n, something(fields[n])) for n in shown.schema.get("required", ())} | said
    data = {name: value for name, value in data.items() if name in fields}
    while True:
        try:
            office.engine.complete(office.actor(login), task.id, data)
            return
        except FormInvalid as error:
            missing = [e.path[0] for e in error.errors if e.rule == "required" and e.path[0] not in data]
            if not missing:
                raise
            data |= {n: shown.value.get(n, something(fields[n])) for n in missing}


def something(field: Mapping[str, Any]) -> Any:
    """A value that a field takes."""
    if "const" in field:
        return field["const"]
    for keyword in ("oneOf", "enum"):
        if keyword in field:
            first = field[keyword][0]
            return first["const"] if isinstance(first, dict) else first
    if field.get("x-person"):
        return "max"
    if register := field.get("x-register"):
        return {"service": "SVC-1", "ci": "CI-1"}[register]
    kinds = {"boolean": True, "integer": 1, "number": 1, "array": [], "object": {}}
    dates = {"date": "2026-12-01", "date-time": "2026-12-01T10:00:00+01:00"}
    return kinds.get(field.get("type", ""), dates.get(field.get("format", ""), "As agreed"))


def record(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made, copy = Path(folder) / "made", Path(folder) / "copy"
        made.mkdir()
        copy.mkdir()
        own = name in ("turns", "moved", "trips")
        hands = workshops.opened(workshops.furnish(made), copy) if own else opened(furnish(made), copy)
        STORIES[name](hands)
        assert all(v.ok for v in hands.engine.verify_all(SYSTEM))
        with hands.engine.read() as tx:
            save(tx.connection, name)
        hands.engine.close()


if __name__ == "__main__":
    for wanted in sys.argv[1:] or STORIES:
        record(wanted)
