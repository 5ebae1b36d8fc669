# SPDX-License-Identifier: Apache-2.0
"""Search by words: of titles and numbers of cases, and of names of tasks

Besides: an index from which offered tasks are counted without reading them, and one of the cases that a case began.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

from engine.store.types import Utc

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_OPEN = "state = 'open' AND held IS NULL"
_OFFERED = f"{_OPEN} AND claimed_by IS NULL AND assignee IS NULL"
_OFFERED_INDEXES = {"ix_task_offered": "role", "ix_task_offered_process": "process_id, role"}
_CASE = sa.table("instance", *map(sa.column, ("id", "state", "title", "business_key")), sa.column("started_at", Utc()))
_KEY = ("alive", "word", "begun", "instance_id")
_BATCH = 5_000


def upgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    # Filled before it has its key, or in the order of the key: each row at its place would take several times as long.
    filled = op.create_table("case_word_unsorted" if on_sqlite else "case_word", *_columns(on_sqlite))
    for rows in _words():
        op.bulk_insert(filled, rows)
    key = sa.PrimaryKeyConstraint(*_KEY, name=op.f("pk_case_word"))
    if on_sqlite:
        op.create_table("case_word", *_columns(on_sqlite), key, sqlite_with_rowid=False)
        listed = ", ".join(_KEY)
        op.execute(f"INSERT INTO case_word ({listed}) SELECT {listed} FROM case_word_unsorted ORDER BY {listed}")  # noqa: S608  constants
        op.drop_table("case_word_unsorted")
    else:
        op.create_primary_key("pk_case_word", "case_word", list(_KEY))
    op.drop_index("ix_instance_business_key", "instance")
    op.execute("CREATE INDEX ix_instance_parent_id ON instance (parent_id) WHERE parent_id IS NOT NULL")
    op.execute(f"CREATE INDEX ix_task_named ON task (name, urgency, created_at, id) WHERE {_OPEN}")
    _index_offered(", excluded")


def _columns(on_sqlite: bool) -> list[sa.Column[Any]]:
    return [
        sa.Column("alive", sa.Boolean(), nullable=False),
        sa.Column("word", sa.String(40) if on_sqlite else sa.String(40, collation="C"), nullable=False),
        sa.Column("begun", sa.BigInteger(), nullable=False),
        sa.Column("instance_id", sa.String(40) if on_sqlite else sa.Text(), nullable=False),
    ]


def _words() -> Iterator[list[dict[str, Any]]]:
    """The words of all cases, some thousand cases at a time."""
    last = ""
    while (
        rows := op.get_bind()
        .execute(sa.select(_CASE).where(_CASE.c.id > last).order_by(_CASE.c.id).limit(_BATCH))
        .all()
    ):
        yield [
            {"alive": alive, "word": word, "begun": _micros(row.started_at), "instance_id": row.id}
            for row in rows
            for alive, word in _entries(row._asdict())
        ]
        last = rows[-1].id


# How words are cut as this revision is written; `engine.store.words` may come to do it otherwise.
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LETTER = r"[^\W_]"
_START = re.compile(rf"(?<!{_LETTER}){_LETTER}")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _entries(case: Mapping[str, Any]) -> list[tuple[bool, str]]:
    """(alive, word): at most 100 words of a case, of which 40 letters are kept."""
    text = f"{case['business_key']} {case['title']}"
    folded = text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()
    found: dict[str, None] = {}
    for part in folded.split():
        trimmed = _EDGES.sub("", part)
        found.update((trimmed[match.start() :][:40], None) for match in _START.finditer(trimmed))
    return [(case["state"] in {"running", "failed"}, word) for word in list(found)[:100]]


def _index_offered(besides: str) -> None:
    for name, first in _OFFERED_INDEXES.items():
        op.drop_index(name, "task")
        op.execute(f"CREATE INDEX {name} ON task ({first}, urgency, created_at, id{besides}) WHERE {_OFFERED}")


def downgrade() -> None:
    _index_offered("")
    op.drop_index("ix_task_named", "task")
    op.create_index("ix_instance_business_key", "instance", ["business_key"])
    op.drop_index("ix_instance_parent_id", "instance")
    op.drop_table("case_word")
