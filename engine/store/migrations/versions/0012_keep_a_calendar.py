# SPDX-License-Identifier: Apache-2.0
"""Keep a calendar: for when a start timer fired last and what began, and what an access token is for"""

import sqlalchemy as sa
from alembic import op

import engine.store.types

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("start_timer", sa.Column("last_due", engine.store.types.Utc(timezone=True), nullable=True))
    op.add_column("start_timer", sa.Column("last_case", sa.String(length=40), nullable=True))
    op.add_column("access_token", sa.Column("purpose", sa.String(length=12), nullable=False, server_default="api"))


def downgrade() -> None:
    op.execute("DELETE FROM access_token WHERE purpose <> 'api'")
    op.drop_column("access_token", "purpose")
    op.drop_column("start_timer", "last_case")
    op.drop_column("start_timer", "last_due")
