# SPDX-License-Identifier: Apache-2.0
"""Every error of the engine, as one tree.

    EngineError
    ├── NotFound                  no such case, task, definition, record…
    ├── NotAllowed                the actor may not do this
    ├── Conflict                  the world moved on since the caller looked
    │   ├── TaskTaken             somebody else holds the task
    │   ├── TaskGone              the task is completed or withdrawn
    │   ├── CaseEnded             the case is no longer running
    │   ├── MoveRefused           a case cannot move to another version as it stands
    │   ├── VersionConflict       somebody published or saved in between
    │   └── KeyReused             an idempotency key came back with other content
    ├── Invalid                   the caller's input is wrong
    │   ├── FormInvalid           form data, with one finding per field
    │   ├── DiagramInvalid        a BPMN or DMN file, with one finding per place
    │   ├── RecordInvalid         fields of a register's record
    │   └── TimeInvalid           a date, duration, cycle or calendar
    ├── ExpressionError
    │   ├── ExpressionInvalid     does not compile
    │   └── ExpressionFailed      failed on the values it saw
    ├── StepFailed                a case cannot go on until somebody mends it
    ├── NotReproduced             a replay parted from the record
    ├── SealBroken                the history no longer is what was sealed
    ├── KeyUnusable               the key that signs tree heads is missing, open to others or no key
    └── StorageFailed             the database could not keep it (disk full, locked, read only, gone)
        └── StorageBusy           the database undid it for the sake of others (deadlock, serialization); send again

Each class has a stable ``code``; each instance has a sentence (what and where) and a hint (what to do).
HTTP status codes are not known here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.values import FieldError, Finding, Obstacle


class EngineError(Exception):
    """Base of all errors that the engine raises on purpose."""

    code = "engine.error"

    def __init__(self, sentence: str, *, hint: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint


class NotFound(EngineError):
    code = "not_found"


class NotAllowed(EngineError):
    code = "not_allowed"


class Conflict(EngineError):
    code = "conflict"


class TaskTaken(Conflict):
    code = "task.taken"


class TaskGone(Conflict):
    code = "task.gone"


class CaseEnded(Conflict):
    code = "case.ended"


class MoveRefused(Conflict):
    """A case cannot move to another version of its process; ``obstacles`` has one entry per reason."""

    code = "move.refused"

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        first = obstacles[0]
        more = f" (and {len(obstacles) - 1} more)" if len(obstacles) > 1 else ""
        super().__init__(first.sentence + more, hint=first.hint)
        self.obstacles = tuple(obstacles)


class VersionConflict(Conflict):
    code = "version.conflict"


class KeyReused(Conflict):
    code = "key.reused"


class Invalid(EngineError):
    code = "invalid"


class FormInvalid(Invalid):
    """Form data that the form's schema refuses; ``errors`` has one entry per field."""

    code = "form.invalid"

    def __init__(
        self, errors: Sequence[FieldError], *, hint: str = "Correct the marked fields and send again."
    ) -> None:
        named = "; ".join(f"{'.'.join(map(str, e.path)) or 'form'}: {e.message}" for e in errors[:5])
        super().__init__(f"The form was not accepted: {named}", hint=hint)
        self.errors = tuple(errors)


class DiagramInvalid(Invalid):
    """A BPMN or DMN file that cannot be published; ``findings`` says where."""

    code = "diagram.invalid"

    def __init__(self, findings: Sequence[Finding], *, hint: str = "Mend the marked elements and try again.") -> None:
        first = findings[0] if findings else None
        where = f"{first.file}:{first.line} {first.element}: {first.message}" if first else "unknown fault"
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        super().__init__(where + more, hint=hint)
        self.findings = tuple(findings)


class RecordInvalid(Invalid):
    """A register refuses a record; ``errors`` has one entry per field."""

    code = "record.invalid"

    def __init__(self, register: str, errors: Sequence[FieldError], *, hint: str = "") -> None:
        named = "; ".join(f"{'.'.join(map(str, e.path)) or 'record'}: {e.message}" for e in errors[:5])
        super().__init__(f"The register '{register}' does not accept the record: {named}", hint=hint)
        self.register = register
        self.errors = tuple(errors)


class TimeInvalid(Invalid):
    """A date-time, duration, cycle or calendar that cannot be used; ``value`` is the text as given."""

    code = "time.invalid"

    def __init__(self, sentence: str, *, value: object = None, hint: str = "") -> None:
        super().__init__(sentence, hint=hint)
        self.value = value


class ExpressionError(EngineError):
    """An owner's expression or script; ``names`` are the values it saw."""

    code = "expression.error"

    def __init__(
        self, sentence: str, *, expression: str = "", names: Mapping[str, Any] | None = None, hint: str = ""
    ) -> None:
        super().__init__(sentence, hint=hint)
        self.expression = expression
        self.names = dict(names or {})


class ExpressionInvalid(ExpressionError):
    code = "expression.invalid"


class ExpressionFailed(ExpressionError):
    code = "expression.failed"


class StepFailed(EngineError):
    """A step was rolled back because the diagram cannot go on: which element, which expression, which values."""

    code = "step.failed"

    def __init__(
        self,
        sentence: str,
        *,
        element: str = "",
        expression: str = "",
        names: Mapping[str, Any] | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(sentence, hint=hint)
        self.element = element
        self.expression = expression
        self.names = dict(names or {})
        #: The last event of the case when the step began.
        self.seq: int | None = None


class NotReproduced(EngineError):
    code = "replay.parted"


class SealBroken(EngineError):
    code = "seal.broken"


class KeyUnusable(EngineError):
    code = "seal.key"


class StorageFailed(EngineError):
    code = "storage.failed"


class StorageBusy(StorageFailed):
    """The whole transaction was undone because of another one; the same command can be carried out at once."""

    code = "storage.busy"
