"""Asked as fast as our budgets let anybody ask, no vendor sees more than it allows, and all of it evenly."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from random import Random

import pytest

from core.cli.demo.plan import KEYED, vendor_addresses
from core.cli.questions import questions
from core.clock import ManualClock
from core.domain.listings import SourceName
from core.runtime import open_sources, plans
from core.settings import Settings, load
from core.simulator.app import SimulatorConfig, open_simulator
from core.sources.http import Call, CallOutcome, SourceHttp, VendorLimits
from tests.sources.conftest import Sleeper

FOR = timedelta(seconds=75)
REQUESTS_MAX = 64
SWITCHES = {"BEEZIE_ENABLED": "true", "OPENSEA_KEY": "a-key", "ALT_KEY": ""}


@dataclass
class Record:
    """When each vendor was asked, and how that ended."""

    clock: ManualClock
    times_s: dict[SourceName, list[float]] = field(default_factory=dict)
    outcomes: set[CallOutcome] = field(default_factory=set)

    def of(self, name: SourceName) -> list[float]:
        return self.times_s.setdefault(name, [])

    def __call__(self, call: Call) -> None:
        self.of(call.source).append(self.clock.monotonic())
        self.outcomes.add(call.outcome)


@pytest.fixture
async def settings(clock: ManualClock, tmp_path: Path) -> AsyncIterator[Settings]:
    """All vendors, as strict as they are."""
    config = SimulatorConfig(pace=0, cards=60, listings=12, has_limits=True, now=clock.now)
    async with open_simulator(config) as simulator:
        keys = dict.fromkeys(KEYED, "a-key") | {"SOLANA_RPC_URL": f"{simulator.url}/vendors/solana"}
        yield load(vendor_addresses(simulator.url) | keys | SWITCHES, env_file=None)


async def test_no_vendor_is_asked_more_than_it_allows(settings: Settings, clock: ManualClock) -> None:
    record, sleeper = Record(clock), Sleeper(clock)
    async with SourceHttp(clock, random=Random(7), sleep=sleeper.sleep, on_call=record) as http:
        for name, ask in questions(open_sources(settings, http)).items():
            ends_at, sent = clock.now() + FOR, -1
            while clock.now() < ends_at and sent < len(record.of(name)) < REQUESTS_MAX:
                sent = len(record.of(name))
                await ask()  # or none is sent any more: some remember the answer
    assert record.outcomes == {CallOutcome.ANSWERED}
    assert set(record.times_s) == {plan.name for plan in plans(settings)}
    too_fast = [name for name, times in record.times_s.items() if not is_even(times, limits_of(name))]
    assert too_fast == []


def is_even(times_s: list[float], limits: VendorLimits) -> bool:
    """Whether every window holds at most its share and the burst."""
    share = limits.per_minute / 60
    return all(
        number - first + 1 <= limits.burst + (times_s[number] - times_s[first]) * share + 1e-6
        for first in range(len(times_s))
        for number in range(first, len(times_s))
    )


def limits_of(name: SourceName) -> VendorLimits:
    limits: VendorLimits = import_module(f"core.sources.{name}").LIMITS
    return limits


def test_what_is_uneven_is_seen() -> None:
    limits = VendorLimits(per_minute=60, burst=2)
    assert is_even([0, 0, 1, 2], limits)
    assert not is_even([0, 0, 0.9], limits)
    assert not is_even([0, 1, 1, 1], limits)
