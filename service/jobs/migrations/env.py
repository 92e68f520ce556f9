"""Alembic's entry: the connection comes from `service.jobs.migration.upgrade`."""

from alembic import context

from service.jobs.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
