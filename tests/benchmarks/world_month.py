"""A month of the market world, timed; aim: under 30 s.

python -m tests.benchmarks.world_month [SEED [HOURS]]
"""

import sys
import time
from datetime import UTC, datetime, timedelta

from core.simulator.market.settings import WorldSettings
from core.simulator.market.world import World

BORN = datetime(2026, 11, 1, tzinfo=UTC)
HOURS = 30 * 24


def live_on(seed: int, hours: int) -> tuple[World, int]:
    """A world at its usual size and pace after so many hours, and how many events that were."""
    world = World(WorldSettings(seed=seed), BORN, pace=12)
    events = sum(world.live(BORN + timedelta(hours=hour)) for hour in range(1, hours + 1))
    return world, events


def main() -> None:
    """Print the time, the number of events and the hash of the month (or of so many hours)."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    hours = int(sys.argv[2]) if len(sys.argv) > 2 else HOURS
    begun = time.perf_counter()
    world, events = live_on(seed, hours)
    print(f"{time.perf_counter() - begun:.1f} s, {events} events, {world.digest()}")


if __name__ == "__main__":
    main()
