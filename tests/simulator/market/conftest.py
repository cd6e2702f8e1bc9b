"""Small worlds that begin at a fixed time."""

from datetime import UTC, datetime

import pytest

from core.simulator.market.settings import WorldSettings
from core.simulator.market.world import World

BORN = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def born() -> datetime:
    return BORN


@pytest.fixture
def settings() -> WorldSettings:
    return WorldSettings(seed=3, cards=150, people=30, listings=60)


@pytest.fixture
def world(settings: WorldSettings) -> World:
    return World(settings, BORN, pace=12)
