# SPDX-License-Identifier: Apache-2.0
"""Compare values by their bytes, and let texts be as long on PostgreSQL as they are on SQLite

SQLite keeps a text of any length in a column with a length, PostgreSQL refuses it; changing the type costs nothing there.
And the order of values that were written so that it is theirs must not depend on the database's language.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TO_TEXT = """
DO $$ DECLARE found record; BEGIN
    FOR found IN
        SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = current_schema() AND data_type = 'character varying' AND collation_name IS NULL
        AND table_name NOT LIKE 'procrastinate%' AND table_name <> 'alembic_version'
    LOOP
        EXECUTE format('ALTER TABLE %I ALTER COLUMN %I TYPE text', found.table_name, found.column_name);
    END LOOP;
END $$
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute('ALTER TABLE record_value ALTER COLUMN value TYPE varchar(200) COLLATE "C"')
        op.execute(_TO_TEXT)


def downgrade() -> None:
    """Nothing: what is longer now would not fit any more."""
