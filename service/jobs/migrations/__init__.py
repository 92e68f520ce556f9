"""Alembic migrations of the jobs database, run by `service.jobs.migration`."""
