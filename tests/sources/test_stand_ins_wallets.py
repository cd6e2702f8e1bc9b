"""Wallets hold raw cards and sealed products beside slabs: what our sources make of them at the stand-ins."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import product
from random import Random

import pytest

from core.clock import ManualClock
from core.domain.listings import Mint, Wallet
from core.domain.wallets import Holding
from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from core.simulator.market.labels import Form
from core.simulator.market.things import Currency, Standard
from core.sources.base import WalletSource
from core.sources.collectorcrypt import CollectorCrypt
from core.sources.helius import Helius
from core.sources.http import SourceHttp
from core.sources.magiceden import MagicEden
from core.sources.solana import Solana
from tests.sources.conftest import START, Sleeper

pytestmark = pytest.mark.slow

MARKET = SimulatorConfig(
    port=0, data=None, pace=0, cards=300, listings=150, has_limits=False, now=lambda: START
)


@dataclass(frozen=True)
class Street:
    """The vendors that know of wallets, and our sources for them."""

    simulator: Simulator
    cc: CollectorCrypt
    me: MagicEden
    helius: Helius
    solana: Solana

    def wallet_with(self, form: Form, *, is_on_sale: bool) -> Wallet:
        """Somebody who holds such a thing, on sale or not."""
        market = self.simulator.market
        goods = (good for good in market.goods.all if good.label.form is form)
        good = next(good for good in goods if (market.order_of(good) is not None) == is_on_sale)
        return Wallet(market.asks.owner(good))


@pytest.fixture
async def street() -> AsyncIterator[Street]:
    clock = ManualClock(START)
    async with (
        open_simulator(MARKET) as simulator,
        SourceHttp(clock, random=Random(7), sleep=Sleeper(clock).sleep) as http,
    ):
        url = f"{simulator.url}/vendors"
        yield Street(
            simulator,
            CollectorCrypt(http, base_url=f"{url}/collectorcrypt"),
            MagicEden(http, base_url=f"{url}/magiceden/v2"),
            Helius(http, base_url=f"{url}/helius", key="any-key"),
            Solana(http, base_url=f"{url}/solana"),
        )


async def held(source: WalletSource, wallet: Wallet) -> dict[str, Holding]:
    pages = [page async for page in source.holdings(wallet, pages_max=9)]
    return {holding.mint: holding for page in pages for holding in page.holdings}


async def test_everyone_sees_all_of_a_wallet_and_takes_nothing_ungraded_for_a_slab(street: Street) -> None:
    market = street.simulator.market
    for form, is_on_sale in product((Form.RAW, Form.SEALED), (True, False)):
        wallet = street.wallet_with(form, is_on_sale=is_on_sale)
        assets = market.held_by(wallet)
        for source in (street.cc, street.me, street.helius):
            found = await held(source, wallet)
            assert set(found) == {asset.mint for asset in assets}
            for asset in assets:
                holding, label = found[asset.mint], market.label(asset)
                assert (holding.slab is not None) == (label.form is Form.CARD)
                assert label.name in holding.title
        pnfts = {asset.mint for asset in assets if asset.standard is Standard.PNFT}
        assert set(await held(street.solana, wallet)) == pnfts


async def test_what_is_on_sale_in_a_wallet_has_its_price(street: Street) -> None:
    market = street.simulator.market
    wallet = street.wallet_with(Form.SEALED, is_on_sale=True)
    asks = {mint: holding.ask for mint, holding in (await held(street.cc, wallet)).items()}
    for asset in market.held_by(wallet):
        order, ask = market.order_of(asset), asks[asset.mint]
        is_shown = order is not None and order.currency is Currency.USDC
        assert (ask.value if ask else None) == (order.price_atoms if order and is_shown else None)


async def test_a_raw_card_or_a_sealed_product_on_sale_is_skipped(street: Street) -> None:
    market = street.simulator.market
    on_sale = [good for good in market.goods.all if market.order_of(good) is not None]
    assert {good.label.form for good in on_sale} == {Form.RAW, Form.SEALED}
    pages = [page async for page in street.cc.listings(pages_max=9)]
    hidden = [token for token in market.scenery.tokens if token.hides_mint and token.mint in market.book]
    assert sum(page.skipped for page in pages) == len(on_sale) + len(hidden)
    reported = {report.key.mint for page in pages for report in page.reports}
    assert not reported & {good.mint for good in on_sale}
    for good in on_sale:
        assert await street.cc.slab(Mint(good.mint)) is None
        assert await street.cc.live(Mint(good.mint)) is not None
