# SPDX-License-Identifier: Apache-2.0
"""Runs migrations on the connection that the store hands in."""

from alembic import context

from engine.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
