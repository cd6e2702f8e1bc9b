"""More than a page holds, over the stand-ins: every page is asked for, and nothing is lost or told twice."""

from collections import Counter
from collections.abc import AsyncIterator

import pytest

from core.domain.listings import Wallet
from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from core.simulator.market.raw import set_code
from core.sources.helius import Helius
from core.sources.http import SourceHttp
from core.sources.scryfall import Scryfall
from tests.sources.conftest import Calls

pytestmark = pytest.mark.slow

PAGE_MAX = 3
MARKET = SimulatorConfig(pace=0, cards=300, listings=20, has_limits=False, page_max=PAGE_MAX)


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with open_simulator(MARKET) as simulator:
        yield simulator


async def test_a_set_of_more_cards_than_a_page_of_scryfalls_is_read_whole(
    simulator: Simulator, http: SourceHttp, calls: Calls
) -> None:
    scenery = simulator.market.scenery
    magic = [card for card in scenery.cards if scenery.category(card) == "Magic"]
    [(name, size)] = Counter(card.set_name for card in magic).most_common(1)
    scryfall = Scryfall(http, base_url=f"{simulator.url}/vendors/scryfall")
    pages = [page async for page in scryfall.entries(set_code(name))]
    assert size > 2 * PAGE_MAX
    assert [len(page) for page in pages] == sizes(size)
    assert len(calls.outcomes) == len(pages)
    found = [entry for page in pages for entry in page]
    wanted = [card for card in magic if card.set_name == name]
    assert [(entry.name, entry.number) for entry in found] == [(card.name, card.number) for card in wanted]
    assert len({entry.id for entry in found}) == size


async def test_a_wallet_of_more_cards_than_a_page_of_heliuss_is_read_whole(
    simulator: Simulator, http: SourceHttp
) -> None:
    market = simulator.market
    [(wallet, _)] = Counter(market.asks.owner(token) for token in market.scenery.tokens).most_common(1)
    held = market.held_by(wallet)
    helius = Helius(http, base_url=f"{simulator.url}/vendors/helius", key="any-key")
    pages = [page async for page in helius.holdings(Wallet(wallet), pages_max=99)]
    by_standard = Counter(asset.standard for asset in held)
    assert max(by_standard.values()) > PAGE_MAX
    assert sorted(len(page.holdings) for page in pages) == sorted(
        size for count in by_standard.values() for size in sizes(count)
    )
    found = [holding.mint for page in pages for holding in page.holdings]
    assert sorted(found) == sorted(asset.mint for asset in held)


def sizes(count: int) -> list[int]:
    """How many rows each page holds."""
    return [min(PAGE_MAX, count - begun) for begun in range(0, count, PAGE_MAX)]
