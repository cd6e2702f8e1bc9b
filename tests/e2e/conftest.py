"""A quiet market: nothing happens in it but what a test makes happen."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.simulator.app import SimulatorConfig, open_simulator
from tests.e2e.community import Community, settings_of


@pytest.fixture
async def community(database_url: str, tmp_path: Path) -> AsyncIterator[Community]:
    config = SimulatorConfig(pace=0, cards=80, listings=4, has_limits=False)
    async with open_simulator(config) as simulator:
        yield Community(simulator, settings_of(simulator, database_url, tmp_path))
