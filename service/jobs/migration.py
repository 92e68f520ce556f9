"""Brings a database up to date when the service starts."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from service.jobs.errors import StorageError

FOLDER = Path(__file__).parent / "migrations"


def upgrade(engine: sa.Engine) -> None:
    """Run the migrations that the database has not seen.

    Raises:
        StorageError: the database is from a newer version of Second Story.
    """
    config = Config()
    config.set_main_option("script_location", FOLDER.as_posix().replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise StorageError("The jobs database is from a newer version of Second Story. Install that version, or name another database.") from error
