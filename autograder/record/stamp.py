"""A new gradebook gets its version without a program of its own."""

from __future__ import annotations

from nbgrader.dbutil import ALEMBIC_DIR
from sqlalchemy import create_engine, inspect


def stamp(database_url: str) -> None:
    """Note nbgrader's version of the tables in an empty database, by alembic itself.

    nbgrader would start a program for it, which takes three seconds.
    """
    engine = create_engine(database_url)
    with engine.begin() as connection:
        if not inspect(connection).get_table_names():
            from alembic.runtime.migration import MigrationContext
            from alembic.script import ScriptDirectory

            MigrationContext.configure(connection).stamp(ScriptDirectory(ALEMBIC_DIR), "head")
    engine.dispose()
