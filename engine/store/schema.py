# SPDX-License-Identifier: Apache-2.0
"""The tables. Hot ones lead with ``instance_id``, so that they can be spread over machines by it later.

The lengths of texts say what is meant. A longer one is kept whole all the same, on either database (revision 0010).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    literal_column,
)

from engine.store.types import JsonBytes, PackedJson, Sha256, Utc

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: Content by its SHA-256 (hex): diagrams, tables, forms, schemas. Never changed, never deleted.
blob = Table("blob", metadata, Column("digest", String(64), primary_key=True), Column("content", LargeBinary))

#: Content that people handed in, by its SHA-256 (hex). ``held``: some case or record names it; what nothing names may go.
file = Table(
    "file",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
    Column("uploaded_by", String(60), nullable=False, index=True),
    Column("uploaded_at", Utc, nullable=False),
    Column("held", Boolean, nullable=False),
)

#: What is current: (kind, name) -> content. ``origin`` is 'shipped' or the person who published it.
asset = Table(
    "asset",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("origin", String(60), nullable=False),
    Column("updated_at", Utc, nullable=False),
)

definition = Table(
    "definition",
    metadata,
    Column("process_id", String(120), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("digest", String(64), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("manifest", JsonBytes, nullable=False),
    Column("about", JsonBytes, nullable=False),
    Column("published_at", Utc, nullable=False),
    Column("published_by", String(60), nullable=False),
    Column("comment", Text, nullable=False, default=""),
)

instance = Table(
    "instance",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("process_id", String(120), nullable=False),
    Column("version", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("title", Text, nullable=False, default=""),
    Column("business_key", String(120), nullable=False, default=""),
    Column("state", String(12), nullable=False),
    Column("outcome", Text, nullable=False, default=""),
    Column("started_at", Utc, nullable=False),
    Column("started_by", String(60), nullable=False),
    Column("ended_at", Utc),
    Column("parent_id", String(40)),
    Column("seq", Integer, nullable=False, default=0),
    Column("head", String(64), nullable=False, default=""),
    Column("tokens", LargeBinary),
    Column("variables", PackedJson(600)),
    Column("fault", JsonBytes),
    Index("ix_instance_started_at", "started_at", "id"),
    Index("ix_instance_state", "state", "started_at", "id"),
    Index("ix_instance_process_state", "process_id", "state", "started_at", "id"),
    Index("ix_instance_started_by", "started_by", "started_at", "id"),
)

_BEGUN_BY = instance.c.parent_id.is_not(None)
Index("ix_instance_parent_id", instance.c.parent_id, sqlite_where=_BEGUN_BY, postgresql_where=_BEGUN_BY)

#: Cases that have not ended.
ALIVE = (instance.c.state.in_((literal_column("'running'"), literal_column("'failed'"))),)
Index(
    "ix_instance_alive",
    instance.c.process_id,
    instance.c.version,
    sqlite_where=and_(*ALIVE),
    postgresql_where=and_(*ALIVE),
)

#: The words by which a case is found (`engine.store.words`); ``begun``: its start, in microseconds since 1970.
case_word = Table(
    "case_word",
    metadata,
    Column("alive", Boolean, primary_key=True),
    Column("word", String(40).with_variant(String(40, collation="C"), "postgresql"), primary_key=True),
    Column("begun", BigInteger, primary_key=True, autoincrement=False),
    Column("instance_id", String(40), primary_key=True),
    sqlite_with_rowid=False,
)

event = Table(
    "event",
    metadata,
    Column("instance_id", String(60), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("actor", String(60), nullable=False),
    Column("on_behalf_of", String(60)),
    Column("kind", String(40), nullable=False),
    Column("payload", PackedJson(120), nullable=False),
    Column("prev_hash", Sha256, nullable=False),
    Column("hash", Sha256, nullable=False),
    Index("ix_event_at", "at", postgresql_using="brin").ddl_if(dialect="postgresql"),
)

#: ``urgency`` is what the list of tasks is ordered by (`engine.store.tasklist`), ``held``: the case stands still, and its
#: tasks are in no list.
task = Table(
    "task",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("instance_id", String(40), ForeignKey("instance.id"), nullable=False, index=True),
    Column("process_id", String(120), nullable=False),
    Column("token", String(20), nullable=False),
    Column("element", String(120), nullable=False),
    Column("name", Text, nullable=False),
    Column("role", String(60), nullable=False),
    Column("state", String(12), nullable=False),
    Column("assignee", String(60)),
    Column("claimed_by", String(60)),
    Column("excluded", Text),
    Column("priority", String(8)),
    Column("due_at", Utc),
    Column("urgency", String(30).with_variant(String(30, collation="C"), "postgresql"), nullable=False),
    Column("held", Boolean),
    Column("created_at", Utc, nullable=False),
    Column("ended_at", Utc),
    Column("form", Text),
    Column("draft", JsonBytes),
    Column("draft_saved_at", Utc),
    Column("draft_by", String(60)),
    Column("local", JsonBytes),
    Column("purpose", String(8), nullable=False, server_default="work"),
)

# Who is offered a task. Indexes are over these rows alone: a finished task is in none of them. The conditions are
# written without parameters, so that the database sees that they are those of the index.
OPEN = (task.c.state == literal_column("'open'"), task.c.held.is_(None))
CLAIMED = (*OPEN, task.c.claimed_by.is_not(None))
ASSIGNED = (*OPEN, task.c.claimed_by.is_(None), task.c.assignee.is_not(None))
OFFERED = (*OPEN, task.c.claimed_by.is_(None), task.c.assignee.is_(None))
for _name, _first, _of in (
    ("claimed", ("claimed_by",), CLAIMED),
    ("assigned", ("assignee",), ASSIGNED),
    ("offered", ("role",), OFFERED),
    ("offered_process", ("process_id", "role"), OFFERED),
    ("named", ("name",), OPEN),
):
    # Who is excluded stands at the end of an index, so that nothing but the index is read to count.
    _last = ("urgency", "created_at", "id", "excluded") if _of is OFFERED else ("urgency", "created_at", "id")
    Index(
        f"ix_task_{_name}",
        *(task.c[column] for column in (*_first, *_last)),
        sqlite_where=and_(*_of),
        postgresql_where=and_(*_of),
    )

timer = Table(
    "timer",
    metadata,
    Column("instance_id", String(40), primary_key=True),
    Column("token", String(20), primary_key=True),
    Column("element", String(120), primary_key=True),
    Column("name", Text, nullable=False),
    Column("due_at", Utc, nullable=False, index=True),
)

subscription = Table(
    "subscription",
    metadata,
    Column("instance_id", String(40), primary_key=True),
    Column("token", String(20), primary_key=True),
    Column("element", String(120), primary_key=True),
    Column("kind", String(10), nullable=False, default="message"),
    Column("message", String(120), nullable=False),
    Column("key", String(200), nullable=False),
    Index("ix_subscription_message_key", "message", "key"),
)

#: Calls of services that cases wait for. ``state``: pending, running (until ``next_at``, then lost), failed (for good).
call = Table(
    "call",
    metadata,
    Column("instance_id", String(40), primary_key=True),
    Column("token", String(20), primary_key=True),
    Column("element", String(120), primary_key=True),
    Column("name", Text, nullable=False),
    Column("operator", String(120), nullable=False),
    Column("parameters", JsonBytes, nullable=False),
    Column("key", String(200), nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("retries", Integer, nullable=False),
    Column("backoff", Integer, nullable=False),
    Column("next_at", Utc, nullable=False),
    Column("error", Text, nullable=False, default=""),
    Index("ix_call_state_next_at", "state", "next_at"),
)

#: Start events that wait for the time: one row per timer of the newest version of a process, or per record whose date it
#: waits for (``record_id``). A record's timer that has fired stays, without a due time: for that date it is done.
#: ``last_due``, ``last_case``: the due time for which it fired last, and the case that began.
start_timer = Table(
    "start_timer",
    metadata,
    Column("process_id", String(120), primary_key=True),
    Column("element", String(120), primary_key=True),
    Column("register", String(60), nullable=False, default=""),
    Column("record_id", String(60), primary_key=True, default=""),
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("anchor", Utc, nullable=False),
    Column("due_at", Utc, index=True),
    Column("last_due", Utc),
    Column("last_case", String(40)),
    Index("ix_start_timer_register_record_id", "register", "record_id"),
)

#: Start events of newest versions that wait for dates of records; ``expression`` gives the date of one record.
record_start = Table(
    "record_start",
    metadata,
    Column("register", String(60), primary_key=True),
    Column("process_id", String(120), primary_key=True),
    Column("element", String(120), primary_key=True),
    Column("name", Text, nullable=False),
    Column("expression", Text, nullable=False),
    Column("digest", String(64), nullable=False),
)

#: How late timers fired: figures for people and monitors, forgotten after a while. ``hour``: since 1970, UTC.
firing = Table(
    "firing",
    metadata,
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True),
    Column("hour", Integer, nullable=False, index=True),
    Column("late_ms", BigInteger, nullable=False),
)

#: Moves of running cases to another version of their process. ``state``: moving, moved, undoing, undone.
migration = Table(
    "migration",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("process_id", String(120), nullable=False, index=True),
    Column("to_version", Integer, nullable=False),
    Column("to_digest", String(64), nullable=False),
    Column("mapping", JsonBytes, nullable=False),
    Column("plan", String(64), nullable=False),
    Column("comment", Text, nullable=False, default=""),
    Column("state", String(12), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("created_by", String(60), nullable=False),
)

#: The cases of a migration. ``state``: planned, moved, refused, undone, stays (could not be moved back). ``seq`` is the
#: event of the move, ``tokens`` the state before it.
migration_case = Table(
    "migration_case",
    metadata,
    Column("instance_id", String(40), ForeignKey("instance.id"), primary_key=True),
    Column("migration_id", String(40), ForeignKey("migration.id"), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("planned_seq", Integer, nullable=False),
    Column("from_version", Integer, nullable=False),
    Column("from_digest", String(64), nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("seq", Integer),
    Column("tokens", LargeBinary),
    Index("ix_migration_case_migration_id_state", "migration_id", "state"),
)

#: Messages and signals on their way. ``state``: pending, delivered, kept (nobody waits yet), expired (nobody did in
#: time), external (nobody is meant to wait, or only now, or no longer). A signal has a row for each receiver, named by
#: ``target_id`` and ``key``.
message = Table(
    "message",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("kind", String(10), nullable=False, default="message"),
    Column("name", String(120), nullable=False),
    Column("key", String(200), nullable=False),
    Column("payload", JsonBytes),
    Column("state", String(12), nullable=False),
    Column("source_id", String(40)),
    Column("target_id", String(40)),
    Column("sent_at", Utc, nullable=False),
    Column("ended_at", Utc),
    Column("time_to_live", String(60), nullable=False, default="", server_default=""),
    Column("expires_at", Utc),
    Index("ix_message_state_name_key", "state", "name", "key"),
    Index("ix_message_state_expires_at", "state", "expires_at"),
    Index("ix_message_source_id", "source_id"),
    Index("ix_message_target_id", "target_id"),
)

record = Table(
    "record",
    metadata,
    Column("register", String(60), primary_key=True),
    Column("id", String(60), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("data", JsonBytes, nullable=False),
    Column("label", Text, nullable=False),
    Column("state", String(40), nullable=False, default=""),
    Column("search", Text, nullable=False, default=""),
    Column("written_at", Utc, nullable=False),
    Column("written_by", String(60), nullable=False),
    Column("instance_id", String(40), index=True),
    Column("element", String(120)),
    Index("ix_record_register_state", "register", "state"),
)

record_value = Table(
    "record_value",
    metadata,
    Column("register", String(60), primary_key=True),
    Column("field", String(60), primary_key=True),
    Column("value", String(200).with_variant(String(200, collation="C"), "postgresql"), primary_key=True),
    Column("id", String(60), primary_key=True),
    Index("ix_record_value_register_id", "register", "id"),
)

record_version = Table(
    "record_version",
    metadata,
    Column("register", String(60), primary_key=True),
    Column("id", String(60), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("data", JsonBytes, nullable=False),
    Column("label", Text, nullable=False),
    Column("state", String(40), nullable=False, default=""),
    Column("written_at", Utc, nullable=False),
    Column("written_by", String(60), nullable=False),
    Column("instance_id", String(40), index=True),
    Column("element", String(120)),
    Column("reason", Text, nullable=False, default=""),
)

record_link = Table(
    "record_link",
    metadata,
    Column("register", String(60), primary_key=True),
    Column("id", String(60), primary_key=True),
    Column("field", String(60), primary_key=True),
    Column("target_register", String(60), primary_key=True),
    Column("target_id", String(60), primary_key=True),
    Index("ix_record_link_target", "target_register", "target_id"),
)

counter = Table(
    "counter", metadata, Column("name", String(60), primary_key=True), Column("value", Integer, nullable=False)
)

person = Table(
    "person",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("login", String(120), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False, default=""),
    Column("active", Boolean, nullable=False, default=True),
    Column("deputy_id", String(60)),
    Column("password_hash", Text),
    Column("session_epoch", Integer, nullable=False, default=0),
)

person_role = Table(
    "person_role",
    metadata,
    Column("person_id", String(60), ForeignKey("person.id"), primary_key=True),
    Column("role", String(60), primary_key=True),
    Index("ix_person_role_role", "role"),
)

#: ``purpose``: api (acts for the person), or calendar (reads their calendar, and stands in its address).
access_token = Table(
    "access_token",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("person_id", String(60), ForeignKey("person.id"), nullable=False),
    Column("token_hash", String(64), nullable=False),
    Column("label", Text, nullable=False, default=""),
    Column("created_at", Utc, nullable=False),
    Column("purpose", String(12), nullable=False, server_default="api"),
    UniqueConstraint("token_hash"),
)

#: Answers by idempotency key; ``fingerprint`` is the SHA-256 of the command, so that a key cannot change its meaning.
command_key = Table(
    "command_key",
    metadata,
    Column("actor", String(60), primary_key=True),
    Column("key", String(120), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("answer", JsonBytes),
    Column("at", Utc, nullable=False),
)

#: The log of sealed chain heads: one row a leaf, in order. Added to, never changed.
seal_leaf = Table(
    "seal_leaf",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("stream", String(60), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("at", Utc, nullable=False),
    Index("ix_seal_leaf_stream_seq", "stream", "seq", unique=True),
)

#: The Merkle tree over those leaves: the hash of each whole subtree, by level (0: leaves) and place.
seal_node = Table(
    "seal_node",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)

#: Signed heads of that tree. ``verifier`` is the public key, ``note`` the signed text, ``seen`` the place in the
#: event table up to which changed streams were looked for.
tree_head = Table(
    "tree_head",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", String(64), nullable=False),
    Column("at", Utc, nullable=False),
    Column("key_id", String(8), nullable=False),
    Column("verifier", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("seen", BigInteger, nullable=False),
)
