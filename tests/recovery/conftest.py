"""Two processes to kill, and a house beside them on the same database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from db.engine import Database
from tests.recovery.mortal import Mortal, mortal
from tests.services.house import House


@pytest.fixture
def house(db: Database) -> House:
    return House(db)


@pytest.fixture
async def one(house: House, migrated_url: str, tmp_path: Path) -> AsyncIterator[Mortal]:
    async with mortal(migrated_url, tmp_path / "one.log") as process:
        yield process


@pytest.fixture
async def two(house: House, migrated_url: str, tmp_path: Path) -> AsyncIterator[Mortal]:
    async with mortal(migrated_url, tmp_path / "two.log") as process:
        yield process
