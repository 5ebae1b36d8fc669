# SPDX-License-Identifier: Apache-2.0
"""Keep histories small: hashes as bytes, and no index that no query needs"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_HASHES = ("prev_hash", "hash")


def upgrade() -> None:
    op.drop_index("ix_event_actor_instance_id", "event")
    op.drop_index("ix_command_key_at", "command_key")
    if op.get_bind().dialect.name == "postgresql":  # SQLite takes bytes into a column of texts, and both are read
        for name in _HASHES:
            op.execute(f"ALTER TABLE event ALTER COLUMN {name} TYPE bytea USING decode({name}, 'hex')")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name in _HASHES:
            op.execute(f"ALTER TABLE event ALTER COLUMN {name} TYPE varchar(64) USING encode({name}, 'hex')")
    else:
        for name in _HASHES:
            op.execute(f"UPDATE event SET {name} = lower(hex({name})) WHERE typeof({name}) = 'blob'")  # noqa: S608
    op.create_index("ix_command_key_at", "command_key", ["at"])
    op.create_index("ix_event_actor_instance_id", "event", ["actor", "instance_id"])
