# SPDX-License-Identifier: Apache-2.0
"""Wait for dates of records: start events whose timer is one per record"""

import sqlalchemy as sa
from alembic import op

import engine.store.types

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_start",
        sa.Column("register", sa.String(length=60), nullable=False),
        sa.Column("process_id", sa.String(length=120), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("expression", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("register", "process_id", "element", name=op.f("pk_record_start")),
    )
    op.execute("CREATE TABLE start_timer_before AS SELECT * FROM start_timer")
    op.drop_table("start_timer")
    op.create_table(
        "start_timer",
        sa.Column("process_id", sa.String(length=120), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("register", sa.String(length=60), nullable=False),
        sa.Column("record_id", sa.String(length=60), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("anchor", engine.store.types.Utc(timezone=True), nullable=False),
        sa.Column("due_at", engine.store.types.Utc(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("process_id", "element", "record_id", name=op.f("pk_start_timer")),
    )
    op.create_index("ix_start_timer_due_at", "start_timer", ["due_at"])
    op.create_index("ix_start_timer_register_record_id", "start_timer", ["register", "record_id"])
    op.execute(
        "INSERT INTO start_timer (process_id, element, register, record_id, name, text, anchor, due_at) "
        "SELECT process_id, element, '', '', name, text, anchor, due_at FROM start_timer_before"
    )
    op.drop_table("start_timer_before")


def downgrade() -> None:
    op.execute("DELETE FROM start_timer WHERE record_id <> ''")
    op.execute("CREATE TABLE start_timer_after AS SELECT * FROM start_timer")
    op.drop_table("start_timer")
    op.create_table(
        "start_timer",
        sa.Column("process_id", sa.String(length=120), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("anchor", engine.store.types.Utc(timezone=True), nullable=False),
        sa.Column("due_at", engine.store.types.Utc(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("process_id", "element", name=op.f("pk_start_timer")),
    )
    op.create_index("ix_start_timer_due_at", "start_timer", ["due_at"])
    op.execute(
        "INSERT INTO start_timer (process_id, element, name, text, anchor, due_at) "
        "SELECT process_id, element, name, text, anchor, due_at FROM start_timer_after"
    )
    op.drop_table("start_timer_after")
    op.drop_table("record_start")
