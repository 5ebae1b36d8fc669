# SPDX-License-Identifier: Apache-2.0
"""Seal histories: a Merkle log of chain heads, and signed tree heads"""

import sqlalchemy as sa
from alembic import op

import engine.store.types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seal_leaf",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(length=60), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at", engine.store.types.Utc(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_seal_leaf")),
    )
    op.create_index("ix_seal_leaf_stream_seq", "seal_leaf", ["stream", "seq"], unique=True)
    op.create_table(
        "seal_node",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "number", name=op.f("pk_seal_node")),
    )
    op.create_table(
        "tree_head",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("at", engine.store.types.Utc(timezone=True), nullable=False),
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_tree_head")),
    )
    if op.get_bind().dialect.name == "postgresql":  # SQLite finds new events by their row number
        op.create_index("ix_event_at", "event", ["at"], postgresql_using="brin")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_event_at", "event")
    op.drop_table("tree_head")
    op.drop_table("seal_node")
    op.drop_index("ix_seal_leaf_stream_seq", "seal_leaf")
    op.drop_table("seal_leaf")
