# SPDX-License-Identifier: Apache-2.0
"""What happened. Append only: hash chains (`log`) and re-execution (`replay`); no update and no delete anywhere.

Chains are sealed: their heads go into a Merkle tree (`merkle`) whose head is signed (`seal`, `notes`, `keys`); a case
is given away as evidence that others can check (`bundle`).

Event kinds are ``subject.past_tense``: case.started, task.completed, timer.fired, message.received (these run the
diagram), case.migrated, case.migration_undone (these put the case on another definition), step.failed, case.retried,
case.corrected, case.cancelled, task.claimed, task.released, task.assigned, service.retried, definition.published,
definition.migration_begun, definition.migration_undone, record.created, record.changed, person.added, person.changed,
person.roles_changed, person.password_changed, person.signed_in, person.sign_in_refused, calendar.changed,
history.verified.
"""
