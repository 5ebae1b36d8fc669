# SPDX-License-Identifier: Apache-2.0
"""Find records by value: what the registers' ``x-index`` names"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_value",
        sa.Column("register", sa.String(60), nullable=False),
        sa.Column("field", sa.String(60), nullable=False),
        sa.Column("value", sa.String(200), nullable=False),
        sa.Column("id", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("register", "field", "value", "id", name=op.f("pk_record_value")),
    )
    op.create_index("ix_record_value_register_id", "record_value", ["register", "id"])
    op.create_index("ix_record_register_state", "record", ["register", "state"])


def downgrade() -> None:
    op.drop_index("ix_record_register_state", "record")
    op.drop_index("ix_record_value_register_id", "record_value")
    op.drop_table("record_value")
