"""Killed at random moments while deals stream in: every deal is shown once everywhere, and closed."""

from pathlib import Path
from random import Random

import pytest

from tests.recovery.delivery import Script, prove

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
DEALS_MAX = 60


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    runs = metafunc.config.getoption("--delivery-runs")
    metafunc.parametrize("seed", range(1, runs + 1))


async def test_every_deal_is_shown_once_in_every_channel(
    seed: int, database_url: str, tmp_path: Path
) -> None:
    random = Random(seed)
    many = random.randint(DEALS_MAX // 2, DEALS_MAX) if seed > 1 else 8
    script = Script(seed, deals=many, kills=random.randint(1, 4) if seed > 1 else 2)
    await prove(script, database_url, tmp_path)
