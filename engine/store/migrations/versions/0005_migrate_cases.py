# SPDX-License-Identifier: Apache-2.0
"""Migrate cases: which cases were moved to another version of their process, and from where"""

import sqlalchemy as sa
from alembic import op

import engine.store.types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "migration",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("process_id", sa.String(length=120), nullable=False),
        sa.Column("to_version", sa.Integer(), nullable=False),
        sa.Column("to_digest", sa.String(length=64), nullable=False),
        sa.Column("mapping", engine.store.types.JsonBytes(), nullable=False),
        sa.Column("plan", sa.String(length=64), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", engine.store.types.Utc(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migration")),
    )
    op.create_index("ix_migration_process_id", "migration", ["process_id"])
    op.create_table(
        "migration_case",
        sa.Column("instance_id", sa.String(length=40), nullable=False),
        sa.Column("migration_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("planned_seq", sa.Integer(), nullable=False),
        sa.Column("from_version", sa.Integer(), nullable=False),
        sa.Column("from_digest", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("tokens", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_migration_case_instance_id")),
        sa.ForeignKeyConstraint(["migration_id"], ["migration.id"], name=op.f("fk_migration_case_migration_id")),
        sa.PrimaryKeyConstraint("instance_id", "migration_id", name=op.f("pk_migration_case")),
    )
    op.create_index("ix_migration_case_migration_id_state", "migration_case", ["migration_id", "state"])


def downgrade() -> None:
    op.drop_index("ix_migration_case_migration_id_state", "migration_case")
    op.drop_table("migration_case")
    op.drop_index("ix_migration_process_id", "migration")
    op.drop_table("migration")
