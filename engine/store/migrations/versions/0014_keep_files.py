# SPDX-License-Identifier: Apache-2.0
"""Keep files: what people upload, by its content"""

import sqlalchemy as sa
from alembic import op

import engine.store.types

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "file",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("uploaded_by", sa.String(length=60), nullable=False),
        sa.Column("uploaded_at", engine.store.types.Utc(timezone=True), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_file")),
    )
    op.create_index(op.f("ix_file_uploaded_by"), "file", ["uploaded_by"])


def downgrade() -> None:
    op.drop_table("file")
