# SPDX-License-Identifier: Apache-2.0
"""What the sample people enter in their tasks, form by form."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.values import Task, TaskForm
from webapp.demo.fill import fill, likely
from webapp.demo.people import holders
from webapp.demo.stories import Story

INCIDENTS = "PR9_ISRM_manage_incidents_and_service_requests"
MAJOR_INCIDENTS = "PR9_ISRM_manage_major_incidents"
CHANGES = "PR12_CHM_approve_changes"
IMPLEMENTATIONS = "PR12_CHM_implement_changes"
MEETINGS = "PR12_CHM_hold_cab_meetings"
CONFIGURATION = "PR11_CONFM_maintain_configuration"

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything an answer may depend on. `visit` counts how often this case came to this form before."""

    story: Story
    visit: int
    now: datetime
    ids: Mapping[str, str]
    chance: random.Random
    person: str


def answer(form: TaskForm, scene: Scene) -> Data | None:
    """Data for the form; None if the person never answers."""
    given = _write(form.task, scene)
    if given is None:
        return None
    return fill(form.schema, {**form.value, **given}, lambda name, field: _guess(name, field, scene))


def _register(scene: Scene) -> Data:
    story = scene.story
    return {
        "ticket_type": "service_request" if story.plot == "request" else "incident",
        "title": story.title,
        "description": story.description,
        "reporter": story.reporter,
        "service": scene.ids[story.service],
        "affected_ci": scene.ids[story.ci] if story.ci else None,
        "impact": story.impact,
        "urgency": story.urgency,
        "affected_users": story.users,
    }


def _resolve(scene: Scene) -> Data:
    story = scene.story
    if scene.visit == 0 and story.plot == "second":
        return {"outcome": "second_level", "escalation_note": story.note}
    if scene.visit == 0 and story.plot in ("question", "noanswer"):
        return {"outcome": "information", "question": story.question}
    if scene.visit == 0 and story.plot == "change":
        ci = scene.ids[story.rfc_ci] if story.rfc_ci else None
        return {"outcome": "change", "rfc_title": story.rfc_title, "rfc_reason": story.rfc_reason, "rfc_ci": ci}
    return _solved(scene)


def _solved(scene: Scene) -> Data:
    story = scene.story
    code = {"known": "workaround", "change": "by_change"}.get(story.plot, "fixed")
    text = story.resolution or "Nothing more to be done."
    if story.plot == "reopened" and scene.visit == 0:
        text = "The invitation was sent again by a rule; the rule was removed."
    known = scene.ids[story.known] if story.known else None
    return {"outcome": "resolved", "resolution": text, "resolution_code": code, "known_error": known}


def _inform(scene: Scene) -> Data | None:
    return None if scene.story.plot == "noanswer" else {"answer": scene.story.answer or "As described."}


def _confirm(scene: Scene) -> Data | None:
    if scene.story.plot == "unconfirmed":
        return None
    if scene.story.plot == "reopened" and scene.visit == 0:
        return {"solved": False, "user_comment": scene.story.comment}
    satisfaction = scene.chance.choice([None, "5", "5", "4", "4", "3"])
    return {"solved": True, "satisfaction": satisfaction}


def _close(scene: Scene) -> Data:
    return {"category": scene.story.category}


def _change(scene: Scene) -> Data:
    """What is entered in the forms of a change; a story's `change` goes before."""
    story = scene.story
    begins = scene.now + timedelta(hours=scene.chance.randrange(1, 20))
    return {
        "title": story.rfc_title,
        "reason": story.rfc_reason,
        "affected_ci": scene.ids[story.rfc_ci or story.ci or "core1"],
        "change_owner": scene.chance.choice(holders("change_owner")),
        "classification": "usual",
        "impact": "low",
        "risk": "low",
        "cost_estimate": scene.chance.choice([0, 0, 80, 350]),
        "benefits": "Users can work again as they should.",
        "assessment": "No other service is touched; half an hour of work, no interruption.",
        "backout_plan": "Put the former configuration back from the repository; takes five minutes.",
        "decision": "approved",
        "decision_reason": "Benefit is clear, risk is small, backing out is simple.",
        "through_release": False,
        "planned_from": begins.isoformat(),
        "planned_to": (begins + timedelta(hours=1)).isoformat(),
        "steps": "1. Save the present configuration. 2. Make the change. 3. Test as a user. 4. Watch for ten minutes.",
        "result": "successful",
        "report": f"Done as planned. {story.resolution}",
        "backed_out": "whole",
        "objectives_met": "whole",
        **{name: _named(value, scene) for name, value in story.change.items()},
    }


def _named(value: Any, scene: Scene) -> Any:
    """The id of the record that a story names by `@` and its key; everything else as it is."""
    return scene.ids[value[1:]] if isinstance(value, str) and value.startswith("@") else value


def _board(_: Scene) -> Data:
    """What is entered for a meeting of the change advisory board."""
    return {
        "members": holders("cab"),
        "decision": "approved",
        "comment": "Outside lectures, and the service desk knows beforehand.",
        "what_was_said": "All were there. The owners presented their changes.",
    }


def _configuration(_: Scene) -> Data:
    """What is entered after a change of a CI."""
    return {"ci_state": "changed"}


def _major(scene: Scene) -> Data:
    """What is entered in the forms of a major incident."""
    story = scene.story
    return {
        "confirmed": True,
        "criteria_met": "A critical service is down for everybody.",
        "coordinator": holders("major_incident_coordinator")[0],
        "team": ["farid", "emma"],
        "stakeholders": "Faculties, administration, press office.",
        "plan": "Put the service back first, look for the cause afterwards. Report every thirty minutes.",
        "update_text": "The cause is found and the service is being put back. Next report in an hour.",
        "resolution": story.resolution,
        "held_on": scene.now.date().isoformat(),
        "participants": ["greta", "farid", "emma", "anna"],
        "timeline": "Reported, declared within minutes, cause found, service restored, all clear given.",
        "cause": story.cause,
        "what_went_well": "Service desk and coordinator spoke with one voice.",
        "what_went_badly": "The warning came to nobody who could act on it.",
        "actions": "Warnings go to a shared mailbox; check in four weeks.",
    }


def _told(_: Scene) -> Data:
    return {}


def _escalated(scene: Scene) -> Data:
    return {"measure": scene.chance.choice(["other_people", "more_people", "customer_told"])}


_OF_INCIDENTS: dict[str, Callable[[Scene], Data | None]] = {
    "Task_Register": _register,
    "Task_Resolve": _resolve,
    "Task_ResolveSecond": _solved,
    "Task_Answer": _inform,
    "Task_Confirm": _confirm,
    "Task_Close": _close,
    "Task_Remind": _told,
    "Task_EscalateUp": _escalated,
}


_OF_OTHERS: dict[str, Callable[[Scene], Data]] = {
    MAJOR_INCIDENTS: _major,
    MEETINGS: _board,
    CONFIGURATION: _configuration,
}


def _write(task: Task, scene: Scene) -> Data | None:
    """What the story says for this task, before it is fitted into the form."""
    if task.process_id == INCIDENTS:
        return _OF_INCIDENTS[task.element.rpartition(":")[2]](scene)
    return _OF_OTHERS.get(task.process_id, _change)(scene)


def _guess(name: str, field: Mapping[str, Any], scene: Scene) -> Any:
    """A value for a required field that no story speaks of."""
    if field.get("x-person"):
        return next(iter(holders(field.get("x-role", "user"))), scene.person)
    if field.get("x-register"):
        of_kind = {"service": scene.story.service, "ci": scene.story.ci or "core1"}
        return scene.ids[of_kind.get(field["x-register"], scene.story.service)]
    soon = scene.now + timedelta(days=1)
    formats = {"date-time": soon.isoformat(), "date": soon.date().isoformat(), "duration": "PT1H"}
    if field.get("format") in formats:
        return formats[field["format"]]
    return likely(name, field)
