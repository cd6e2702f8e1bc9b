"""All pollers on at once: no vendor has to say that it was too much, and none of our calls fails."""

from pathlib import Path

import pytest

from core.cli.demo.plan import KEYED
from core.domain.listings import SourceName
from core.simulator.app import SimulatorConfig
from tests.databases import on_sqlite
from tests.town import town

STRICT = SimulatorConfig(data=None, pace=0, cards=40, listings=6)
ASKED = {
    SourceName.COLLECTOR_CRYPT,
    SourceName.MAGIC_EDEN,
    SourceName.BEEZIE,
    SourceName.ALT,
    SourceName.PRICECHARTING,
    SourceName.COINGECKO,
    SourceName.COINBASE,
    SourceName.JUPITER,
    SourceName.PYTH,
}


@on_sqlite
@pytest.mark.slow
async def test_ten_minutes_of_all_pollers_keep_within_what_every_vendor_allows(
    migrated_url: str, tmp_path: Path
) -> None:
    keys = dict.fromkeys(KEYED, "a-key") | {"BEEZIE_ENABLED": "true", "OPENSEA_KEY": ""}
    async with town(migrated_url, tmp_path, STRICT, **keys) as there:
        for _ in range(5):
            there.market.list_deal(there.clock.now(), discount_bps=3_000)
            await there.live(120)
        told = {calls.source: calls for calls in there.runtime.tally.told()}
        assert set(told) == ASKED
        assert {name: calls.failure for name, calls in told.items() if calls.failures} == {}
        assert min(calls.calls for calls in told.values()) > 1
