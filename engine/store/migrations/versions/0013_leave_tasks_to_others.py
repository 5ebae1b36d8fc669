# SPDX-License-Identifier: Apache-2.0
"""Leave tasks to others: who may not do a task, because what it is about is their own work"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("task", sa.Column("excluded", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("task", "excluded")
