"""Killed at random moments while deals stream in: every deal is shown once everywhere, and closed."""

from pathlib import Path
from random import Random

import pytest

from core.simulator.market.things import Venue
from tests.recovery.delivery import Script, prove

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
DEALS_MAX = 60


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    runs = metafunc.config.getoption("--delivery-runs")
    metafunc.parametrize("seed", range(1, runs + 1))


async def test_every_deal_is_shown_once_in_every_channel(
    seed: int, database_url: str, tmp_path: Path
) -> None:
    await prove(script_of(seed), database_url, tmp_path)


def script_of(seed: int) -> Script:
    """The first is short, the second as long as they get, and the rest lie between.

    What ends at Collector Crypt is noticed by asking, half a minute later: the first does without.
    """
    random = Random(seed)
    if seed == 1:
        return Script(seed, channels=6, deals=4, kills=1, venues=(Venue.ME,))
    if seed == 2:
        return Script(seed, deals=DEALS_MAX)
    return Script(seed, deals=random.randint(5, DEALS_MAX // 3), kills=random.randint(1, 5))
