# SPDX-License-Identifier: Apache-2.0
"""Offer what may be begun: the purpose of a task"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("task", sa.Column("purpose", sa.String(length=8), nullable=False, server_default="work"))


def downgrade() -> None:
    op.drop_column("task", "purpose")
