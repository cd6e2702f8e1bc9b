"""Every test of this room works on a real database, once on each engine."""

import pytest

from db.engine import Database
from tests.services.house import House


@pytest.fixture
def house(db: Database) -> House:
    return House(db)
