# SPDX-License-Identifier: Apache-2.0
"""The API as OpenAPI 3.1: one entry per route, written by hand. `tests/webapp/api` compares it with the routes."""

from __future__ import annotations

from typing import Any

from webapp.api.schemas import schemas

Json = dict[str, Any]

TAGS = {
    "Processes": "Published diagrams and their versions.",
    "Migrations": "Moving running cases to another version of their process.",
    "Cases": "Instances of processes: start, follow, mend, verify.",
    "Calendars": "Working time: opening hours, holidays, and how a due time is counted.",
    "Calls": "Service calls that failed: call again or skip.",
    "Tasks": "What people have to do.",
    "Messages": "Events from outside.",
    "Registers": "Records that processes read and write.",
    "Files": "What is handed in: uploaded first, then named in the data of a task, a case or a record.",
    "This API": "Who calls, and this description.",
}

_TEXT = {"type": "string"}
_BYTES = "application/octet-stream"
_OBJECT = {"type": "object"}
_REASON = {"type": "string", "description": "Why; kept in the history."}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(name: str) -> Json:
    return {"type": "object", "properties": {"items": {"type": "array", "items": _ref(name)}}, "required": ["items"]}


def _page(name: str) -> Json:
    whole = {"type": "integer"}
    listed = _list(name)
    listed["properties"] |= {"total": whole, "exact": {"type": "boolean"}, "offset": whole, "limit": whole}
    listed["properties"] |= {"next": {"type": ["string", "null"]}}
    return listed


def _query(name: str, about: str, schema: Json | None = None) -> Json:
    return {"name": name, "in": "query", "description": about, "schema": schema or _TEXT}


_SPAN = [
    _query("limit", "How many at most.", {"type": "integer", "minimum": 1, "maximum": 500, "default": 50}),
    _query("offset", "How many to pass over.", {"type": "integer", "minimum": 0, "default": 0}),
]
_VERSION = [_query("version", "A version; without it the newest.", {"type": "integer", "minimum": 1})]
_DIAGRAM = {
    "xml": {"type": "string", "description": "The BPMN file."},
    "file": {"type": "string", "description": "Its name, e.g. bpmn/PR12-CHM/approve_changes.bpmn."},
    "comment": {"type": "string", "description": "Why this version is published."},
    "base_digest": {"type": "string", "description": "Digest of the version the change was made on."},
}
_PUBLISH_QUERY = [
    _query("file", "Name of the file, when the body is the XML itself."),
    _query("comment", "Why this version is published, when the body is the XML itself."),
    _query("base_digest", "Digest the change was made on, when the body is the XML itself."),
]
_OK: Json = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}


def _op(
    tag: str,
    summary: str,
    gives: Json,
    *,
    query: list[Json] | None = None,
    takes: Json | None = None,
    needs: tuple[str, ...] = (),
    status: int = 200,
    mime: str = "application/json",
    also_xml: bool = False,
) -> Json:
    """One operation. `takes`: members of the JSON body, `needs`: those it must have, `gives`: schema of the answer."""
    operation: Json = {
        "tags": [tag],
        "summary": summary,
        "parameters": list(query or []),
        "responses": {
            str(status): {"description": "Done.", "content": {mime: {"schema": gives}}},
            "default": {"$ref": "#/components/responses/Problem"},
        },
    }
    if takes is not None:
        body: Json = {"type": "object", "properties": takes}
        content: Json = {"application/json": {"schema": body | ({"required": list(needs)} if needs else {})}}
        if also_xml:
            content["application/xml"] = {"schema": _TEXT}
        operation["requestBody"] = {"required": bool(needs), "content": content}
    return operation


_MOVE = {
    "to_version": {"type": "integer", "minimum": 1, "description": "The version to move to; without it the newest."},
    "cases": {"type": "array", "items": _TEXT, "description": "Only these cases; without it all that run."},
    "mapping": {
        "type": "object",
        "additionalProperties": _TEXT,
        "description": "Old element id -> new one, for those whose id is another; inside a called process Process:element.",
    },
}
_LIMIT = {"limit": {"type": "integer", "minimum": 0, "default": 100, "description": "Cases moved in this request."}}
_NAMED = {"type": "array", "items": {"type": "object", "properties": {"name": _TEXT, "title": _TEXT}}}
_IDS = {"type": "array", "items": _TEXT}

PATHS: dict[str, dict[str, Json]] = {
    "/me": {"get": _op("This API", "Who calls", _ref("Person"))},
    "/openapi.json": {"get": _op("This API", "This description", _OBJECT) | {"security": []}},
    "/docs": {"get": _op("This API", "This description for people", _TEXT, mime="text/html") | {"security": []}},
    "/processes": {
        "get": _op(
            "Processes",
            "All processes, newest versions",
            {**_list("Definition"), "description": "`startable` lists the process ids the caller may start."},
        ),
        "post": _op(
            "Processes",
            "Publish a diagram as a new version",
            _ref("Definition"),
            query=_PUBLISH_QUERY,
            takes=_DIAGRAM,
            needs=("xml", "file"),
            status=201,
            also_xml=True,
        ),
    },
    "/processes/validate": {
        "post": _op(
            "Processes",
            "Check a diagram without publishing it",
            {**_OK, "properties": {**_OK["properties"], "findings": {"type": "array", "items": _ref("Finding")}}},
            query=_PUBLISH_QUERY[:1],
            takes={name: _DIAGRAM[name] for name in ("xml", "file")},
            needs=("xml", "file"),
            also_xml=True,
        )
    },
    "/processes/{process_id}": {
        "get": _op("Processes", "One version of a process", _ref("Definition"), query=_VERSION)
    },
    "/processes/{process_id}/versions": {"get": _op("Processes", "All versions of a process", _list("Definition"))},
    "/processes/{process_id}/diagram": {
        "get": _op("Processes", "The BPMN file of a version", _TEXT, query=_VERSION, mime="application/xml")
    },
    "/processes/{process_id}/migrations/plan": {
        "post": _op(
            "Migrations",
            "What would become of running cases on another version; nothing changes",
            {"type": "object", "properties": {"plan": _ref("Plan"), "moving": _IDS, "refused": _IDS}},
            takes=_MOVE,
        )
    },
    "/processes/{process_id}/migrations/rehearse": {
        "post": _op(
            "Migrations",
            "Try the move and the steps after it on copies; nothing is kept",
            _list("Rehearsal"),
            takes={
                **_MOVE,
                "steps": {"type": "integer", "minimum": 0, "maximum": 100, "default": 0},
                "answers": {**_OBJECT, "description": "Element id -> form data for tasks on the way."},
            },
        )
    },
    "/processes/{process_id}/migrations": {
        "post": _op(
            "Migrations",
            "Move the cases that can move; while its state is moving, some are left to continue with",
            _ref("Migration"),
            takes={
                **_MOVE,
                **_LIMIT,
                "comment": {"type": "string", "description": "Why; kept in the history."},
                "plan": {
                    "type": "string",
                    "description": "Id of the plan that was looked at; refused if it is out of date.",
                },
            },
            status=201,
        )
    },
    "/migrations": {
        "get": _op(
            "Migrations",
            "Migrations, the newest first",
            _list("Migration"),
            query=[_query("process_id", "Only those of this process.")],
        )
    },
    "/migrations/{migration_id}": {"get": _op("Migrations", "A migration with its cases", _ref("Migration"))},
    "/migrations/{migration_id}/continue": {
        "post": _op("Migrations", "Move, or move back, the next cases", _ref("Migration"), takes=_LIMIT)
    },
    "/migrations/{migration_id}/undo": {
        "post": _op(
            "Migrations", "Move back the cases that have not taken a step since", _ref("Migration"), takes=_LIMIT
        )
    },
    "/cases": {
        "get": _op(
            "Cases",
            "Cases the caller may read",
            _page("Case"),
            query=[
                _query("state", "State.", {"enum": ["any", "running", "completed", "failed", "cancelled"]}),
                _query("process_id", "Only cases of this process."),
                _query("search", "Words, or their beginnings, of title and business key; all must occur."),
                *_SPAN,
            ],
        ),
        "post": _op(
            "Cases",
            "Start a case",
            _ref("Case"),
            takes={"process_id": _TEXT, "data": {**_OBJECT, "description": "First case variables."}},
            needs=("process_id",),
            status=201,
        ),
    },
    "/cases/{case_id}": {"get": _op("Cases", "A case, where it stands and what it knows", _ref("CaseView"))},
    "/cases/{case_id}/cancel": {
        "post": _op("Cases", "Cancel a case", _ref("CaseView"), takes={"reason": _REASON}, needs=("reason",))
    },
    "/cases/{case_id}/retry": {"post": _op("Cases", "Try a failed step again", _ref("Case"))},
    "/cases/{case_id}/correct": {
        "post": _op(
            "Cases",
            "Correct case variables",
            _ref("Case"),
            takes={"changes": {**_OBJECT, "description": "Variable -> new value."}, "reason": _REASON},
            needs=("changes", "reason"),
        )
    },
    "/cases/{case_id}/history": {"get": _op("Cases", "The append-only record of a case", _list("Event"))},
    "/cases/{case_id}/steps": {"get": _op("Cases", "The case step by step", _list("Step"))},
    "/cases/{case_id}/data": {
        "get": _op(
            "Cases",
            "The data of a case as it was after an event",
            {
                "type": "object",
                "properties": {
                    "at": {"type": "integer"},
                    "data": _OBJECT,
                    "locals": {"type": "array", "items": _OBJECT},
                },
            },
            query=[_query("at", "Number of the event in the history.", {"type": "integer", "minimum": 1})],
        )
    },
    "/cases/{case_id}/verify": {
        "get": _op(
            "Cases",
            "Verify the record and run the case again",
            {**_OK, "properties": {**_OK["properties"], "verdict": _ref("Verdict")}},
        )
    },
    "/calls": {
        "get": _op(
            "Calls",
            "Service calls that were given up, and those that failed and will be made again",
            _list("Call"),
            query=[_query("state", "Only those given up.", {"enum": ["any", "failed"]})],
        )
    },
    "/calls/{call_id}/retry": {
        "post": _op("Calls", "Make a failed call again, with the same request key", _ref("Case"))
    },
    "/calls/{call_id}/skip": {
        "post": _op(
            "Calls",
            "Go on without a failed call",
            _ref("Case"),
            takes={"reason": _REASON, "result": {"description": "What the service would have answered."}},
            needs=("reason",),
        )
    },
    "/tasks": {
        "get": _op(
            "Tasks",
            "Open tasks of the caller",
            _page("Task"),
            query=[
                _query("scope", "mine, those of the group, or both.", {"enum": ["mine", "group", "all"]}),
                _query("role", "Only tasks for this role."),
                _query("process_id", "Only tasks of this process."),
                _query("search", "Words, or their beginnings, of name, case title and business key; all must occur."),
                _query("overdue", "Only overdue ones.", {"type": "boolean"}),
                *_SPAN,
            ],
        )
    },
    "/tasks/{task_id}": {"get": _op("Tasks", "A task", _ref("Task"))},
    "/tasks/{task_id}/form": {
        "get": _op("Tasks", "Schema, present values and instructions of a task", _ref("TaskForm"))
    },
    "/tasks/{task_id}/why-due": {
        "get": _op("Tasks", "How the due time of a task was counted in working time", _list("Explanation"))
    },
    "/calendars": {
        "get": _op("Calendars", "Calendars of working time", {"type": "object", "properties": {"items": _NAMED}})
    },
    "/calendars/{name}/explain": {
        "get": _op(
            "Calendars",
            "The times that a duration counts on a calendar, and those that it does not, and why",
            _ref("Explanation"),
            query=[
                _query("start", "A moment; without offset in the engine's local time."),
                _query("duration", "ISO 8601, as in PT4H or P2D."),
            ],
        )
    },
    "/tasks/{task_id}/claim": {"post": _op("Tasks", "Take a task", _ref("Task"))},
    "/tasks/{task_id}/release": {"post": _op("Tasks", "Give a task back to its group", _ref("Task"))},
    "/tasks/{task_id}/assign": {
        "post": _op("Tasks", "Give a task to a person", _ref("Task"), takes={"person_id": _TEXT}, needs=("person_id",))
    },
    "/tasks/{task_id}/draft": {
        "put": _op(
            "Tasks",
            "Keep form data without completing",
            {"type": "object", "properties": {"saved_at": {"type": "string", "format": "date-time"}}},
            takes={"data": _OBJECT},
            needs=("data",),
        )
    },
    "/tasks/{task_id}/complete": {
        "post": _op(
            "Tasks",
            "Complete a task with form data; without data, begin or finish what it only offers (its purpose)",
            _ref("Case"),
            takes={"data": _OBJECT},
        )
    },
    "/messages": {
        "get": _op(
            "Messages",
            "Messages that found nobody, the newest first",
            _list("Message"),
            query=[
                _query(
                    "state",
                    "Another state; by default kept and expired.",
                    {"enum": ["pending", "delivered", "kept", "expired", "external", "stopped"]},
                ),
                _query("limit", "At most so many.", {"type": "integer", "minimum": 1, "maximum": 1000}),
            ],
        ),
        "post": _op(
            "Messages",
            "Deliver a message: it starts or continues cases. Needs a role with the right message.send",
            _list("Case"),
            takes={
                "name": {"type": "string", "description": "As in the diagram, e.g. rfc.submitted."},
                "correlation_key": {"description": "What the case must know; not for starts."},
                "payload": _OBJECT,
                "time_to_live": {
                    "type": "string",
                    "description": "ISO 8601: how long it is kept if nobody waits for it yet.",
                },
            },
            needs=("name",),
        ),
    },
    "/registers": {"get": _op("Registers", "All registers", _list("Register"))},
    "/files": {
        "post": _op(
            "Files",
            "Upload a file (the body); the answer, whole, is what data says to name it",
            _ref("File"),
            query=[_query("name", "What it is called, e.g. plan.pdf.")],
            status=201,
        )
        | {"requestBody": {"required": True, "content": {_BYTES: {"schema": {}}}}}
    },
    "/cases/{case_id}/files/{sha256}": {"get": _op("Files", "A file that was handed in to a case", {}, mime=_BYTES)},
    "/registers/{register}/records/{record_id}/files/{sha256}": {
        "get": _op("Files", "A file that some version of a record names", {}, mime=_BYTES)
    },
    "/registers/{register}": {"get": _op("Registers", "A register and the schema of its records", _ref("Register"))},
    "/registers/{register}/records": {
        "get": _op(
            "Registers",
            "Records",
            _page("Record"),
            query=[_query("q", "Words."), _query("state", "Only this state."), *_SPAN],
        ),
        "post": _op(
            "Registers",
            "Write a new record",
            _ref("Record"),
            takes={"data": _OBJECT, "reason": _REASON},
            needs=("data",),
            status=201,
        ),
    },
    "/registers/{register}/records/{record_id}": {
        "get": _op("Registers", "A record", _ref("Record"), query=_VERSION),
        "put": _op(
            "Registers",
            "Change fields of a record",
            _ref("Record"),
            takes={"data": _OBJECT, "reason": _REASON},
            needs=("data", "reason"),
        ),
    },
    "/registers/{register}/records/{record_id}/history": {
        "get": _op("Registers", "All versions of a record", _list("Record"))
    },
    "/registers/{register}/records/{record_id}/links": {
        "get": _op("Registers", "What a record points to and what points to it", _list("Link"))
    },
}

ABOUT = """\
Everything a person can do on the pages, a program can do here. Make a token with `fitsm user token LOGIN` and send it
as `Authorization: Bearer TOKEN`; the program then acts as that person, with that person's roles.

Send an `Idempotency-Key` of your own with every POST and PUT. When no answer came, send the same request with the same
key again: it is carried out once, and you get the first answer. The same key with another content is refused (409).

Errors are `application/problem+json` (RFC 9457): `detail` says what is wrong, `hint` what to do, `code` is stable.
Date-times are ISO 8601 in UTC."""


def document() -> Json:
    """The whole OpenAPI document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "FitSM Flow", "version": "1", "description": ABOUT, "license": {"name": "Apache-2.0"}},
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}, {"session": [], "csrf": []}],
        "tags": [{"name": name, "description": about} for name, about in TAGS.items()],
        "paths": {
            path: {method: _complete(path, method, operation) for method, operation in operations.items()}
            for path, operations in PATHS.items()
        },
        "components": {
            "schemas": {**schemas(), "Problem": _PROBLEM},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "fitsm_session"},
                "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRFToken"},
            },
            "parameters": {
                "IdempotencyKey": {
                    "name": "Idempotency-Key",
                    "in": "header",
                    "description": "Chosen by the caller; the same request with the same key is carried out once.",
                    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
                }
            },
            "responses": {
                "Problem": {
                    "description": "Refused, with the reason and what to do.",
                    "content": {"application/problem+json": {"schema": _ref("Problem")}},
                }
            },
        },
    }


_PROBLEM: Json = {
    "type": "object",
    "description": "RFC 9457. `errors`: one per field of a form or record, `findings`: one per fault of a diagram.",
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "hint": _TEXT,
        "code": _TEXT,
        "request_id": {"type": ["string", "null"]},
        "errors": {"type": "array", "items": _OBJECT},
        "findings": {"type": "array", "items": _OBJECT},
    },
    "required": ["type", "title", "status", "detail", "code"],
}


def _complete(path: str, method: str, operation: Json) -> Json:
    """What follows from path and method: the parts of the path, the idempotency key, the operation's id."""
    parts = [piece.strip("{}") for piece in path.split("/") if piece.startswith("{")]
    parameters = [{"name": name, "in": "path", "required": True, "schema": _TEXT} for name in parts]
    if method in ("post", "put"):
        parameters.append({"$ref": "#/components/parameters/IdempotencyKey"})
    words = [piece.strip("{}").replace(".", "_") for piece in path.split("/") if piece]
    return {
        "operationId": "_".join([method, *words]),
        **operation,
        "parameters": parameters + operation["parameters"],
    }
