import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from service.jobs.errors import StorageError
from service.jobs.migration import upgrade
from service.jobs.tables import metadata


def test_migrations_from_an_empty_database_give_the_tables_of_the_code(engine):
    upgrade(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []


def test_a_second_start_changes_nothing(engine):
    upgrade(engine)
    upgrade(engine)
    assert sa.inspect(engine).has_table("jobs")


def test_a_column_that_no_migration_makes_is_noticed(engine):
    upgrade(engine)
    with engine.connect() as connection:
        changed = sa.MetaData()
        sa.Table("jobs", changed, sa.Column("surprise", sa.Integer))
        assert compare_metadata(MigrationContext.configure(connection), changed) != []


def test_a_database_of_a_newer_version_is_refused_with_what_to_do(engine):
    upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageError, match="newer version"):
        upgrade(engine)
