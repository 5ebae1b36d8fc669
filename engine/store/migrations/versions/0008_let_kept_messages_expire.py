# SPDX-License-Identifier: Apache-2.0
"""Let kept messages expire: how long a message may wait, and until when it does"""

import sqlalchemy as sa
from alembic import op

import engine.store.types

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("time_to_live", sa.String(length=60), nullable=False, server_default=""))
    op.add_column("message", sa.Column("expires_at", engine.store.types.Utc(timezone=True), nullable=True))
    op.create_index("ix_message_state_expires_at", "message", ["state", "expires_at"])


def downgrade() -> None:
    op.drop_index("ix_message_state_expires_at", "message")
    op.drop_column("message", "expires_at")
    op.drop_column("message", "time_to_live")
