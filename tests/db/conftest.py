"""Every test of this room works on a real database, once on each engine."""

from tests.databases import db, migrated_postgres, migrated_sqlite, migrated_url

__all__ = ["db", "migrated_postgres", "migrated_sqlite", "migrated_url"]
