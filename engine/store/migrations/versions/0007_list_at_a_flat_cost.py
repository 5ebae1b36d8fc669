# SPDX-License-Identifier: Apache-2.0
"""List at a flat cost: indexes in the order of the lists, over open tasks alone"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OPEN = "state = 'open' AND held IS NULL"
_TASK_INDEXES = {
    "ix_task_claimed": ("claimed_by", f"{_OPEN} AND claimed_by IS NOT NULL"),
    "ix_task_assigned": ("assignee", f"{_OPEN} AND claimed_by IS NULL AND assignee IS NOT NULL"),
    "ix_task_offered": ("role", f"{_OPEN} AND claimed_by IS NULL AND assignee IS NULL"),
    "ix_task_offered_process": ("process_id, role", f"{_OPEN} AND claimed_by IS NULL AND assignee IS NULL"),
}
_INSTANCE_INDEXES = {
    "ix_instance_started_at": "started_at, id",
    "ix_instance_state": "state, started_at, id",
    "ix_instance_process_state": "process_id, state, started_at, id",
    "ix_instance_started_by": "started_by, started_at, id",
}
_OLD = {
    "task": ("ix_task_state_role", "ix_task_state_claimed_by", "ix_task_state_assignee"),
    "instance": ("ix_instance_process_id", "ix_instance_state", "ix_instance_started_by", "ix_instance_started_at"),
}


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    urgency = sa.String(30, collation="C") if dialect == "postgresql" else sa.String(30)
    op.add_column("task", sa.Column("process_id", sa.String(120), nullable=False, server_default=""))
    op.add_column("task", sa.Column("urgency", urgency, nullable=False, server_default=""))
    op.add_column("task", sa.Column("held", sa.Boolean()))
    due = "to_char(due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"
    due = due if dialect == "postgresql" else "substr(due_at, 1, 19)"
    chosen = "CASE WHEN purpose = 'work' THEN '' ELSE '~' END"
    op.execute(f"UPDATE task SET urgency = {chosen} || coalesce(priority, 'P9') || ' ' || coalesce({due}, '~')")  # noqa: S608  constants
    op.execute("UPDATE task SET process_id = (SELECT process_id FROM instance WHERE instance.id = task.instance_id)")
    held = "(SELECT 1 FROM instance WHERE instance.id = task.instance_id AND instance.state = 'failed')"
    yes = "true" if dialect == "postgresql" else "1"
    op.execute(f"UPDATE task SET held = {yes} WHERE state = 'open' AND EXISTS {held}")  # noqa: S608
    for table, names in _OLD.items():
        for name in names:
            op.drop_index(name, table)
    for name, (first, where) in _TASK_INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON task ({first}, urgency, created_at, id) WHERE {where}")
    for name, columns in _INSTANCE_INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON instance ({columns})")
    op.execute("CREATE INDEX ix_instance_alive ON instance (process_id, version) WHERE state IN ('running', 'failed')")


def downgrade() -> None:
    for name in (*_INSTANCE_INDEXES, "ix_instance_alive"):
        op.drop_index(name, "instance")
    for name in _TASK_INDEXES:
        op.drop_index(name, "task")
    for column in ("process_id", "state", "started_by", "started_at"):
        op.create_index(f"ix_instance_{column}", "instance", [column])
    for column in ("role", "claimed_by", "assignee"):
        op.create_index(f"ix_task_state_{column}", "task", ["state", column])
    for name in ("held", "urgency", "process_id"):
        op.drop_column("task", name)
