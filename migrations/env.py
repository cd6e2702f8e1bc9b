"""Runs migrations on the connection handed in; it never opens one itself."""

from alembic import context
from sqlalchemy import Connection

from db.tables import METADATA


def run() -> None:
    """Migrate within the caller's transaction and under its lock."""
    connection = context.config.attributes.get("connection")
    if not isinstance(connection, Connection):
        raise TypeError("run migrations with `python bot.py db`, which hands in the connection")
    context.configure(connection=connection, target_metadata=METADATA, compare_type=True)
    context.run_migrations()


run()
