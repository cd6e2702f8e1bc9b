"""Our sources against the stand-ins about the past: what was sold, by whom, for how much; what is offered."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random

import pytest

from core.clock import ManualClock
from core.domain.catalog import Grade, Grader, SlabFacts
from core.domain.listings import Mint, Report, Reported, Wallet
from core.domain.money import USD_MICROS, Amount, Unit
from core.domain.prices import sale_keys_near
from core.errors import SourceChanged, SourceError, SourceRateLimited, SourceRefused
from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from core.simulator.market.bids import Bid, live_bids
from core.simulator.market.things import Activity, Currency, Deed, Venue, ms_of, time_of
from core.sources.alt import Alt
from core.sources.collectorcrypt import CollectorCrypt
from core.sources.http import SourceHttp
from core.sources.magiceden import MagicEden
from tests.sources.conftest import START, Sleeper

pytestmark = pytest.mark.slow

MARKET = SimulatorConfig(
    port=0, data=None, pace=0, cards=300, listings=150, has_limits=False, now=lambda: START
)
NOWHERE, NOBODY = Mint("1" * 44), Wallet("2" * 44)
SINCE = START - timedelta(days=90)
UNKNOWN = SlabFacts(Grader.PSA, "000000000", Grade(100), "x", None)


@dataclass(frozen=True)
class Street:
    """The vendors, and our sources for them."""

    simulator: Simulator
    cc: CollectorCrypt
    me: MagicEden
    alt: Alt

    def deeds(self, venue: Venue, deed: Deed = Deed.SALE) -> list[Activity]:
        """What really happened there in 90 days, newest first."""
        book = self.simulator.market.book.activities
        return [
            act
            for act in reversed(book)
            if (act.venue, act.deed) == (venue, deed) and time_of(act.at_ms) >= SINCE
        ]

    def sought_after(self) -> tuple[Mint, list[Bid]]:
        """A token with many offers, and these."""
        scenery = self.simulator.market.scenery
        bids = {t.mint: live_bids(scenery, MARKET.seed, t, ms_of(START)) for t in scenery.tokens[:40]}
        mint = max(bids, key=lambda mint: len(bids[mint]))
        return Mint(mint), bids[mint]


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
            Alt(http, base_url=f"{url}/alt/graphql"),
        )


async def told_by_eden(street: Street) -> list[Report]:
    pages = [page async for page in street.me.history(SINCE, pages_max=9)]
    return [report for page in pages for report in page.reports]


def is_of(report: Report, act: Activity) -> bool:
    """Whether the report tells of this deed (block times are whole seconds)."""
    who = (report.key.mint, report.key.seller, report.buyer) == (act.mint, act.seller, act.buyer)
    return who and abs(report.effective_at - time_of(act.at_ms)) < timedelta(seconds=1)


def price(act: Activity) -> Amount:
    return Amount(act.price_atoms, Unit.LAMPORTS if act.currency is Currency.SOL else Unit.USD_MICROS)


async def test_the_history_of_a_venue_is_every_sale_there_with_its_price(street: Street) -> None:
    told, sold = await told_by_eden(street), street.deeds(Venue.ME)
    assert len(told) == len(sold) > 20
    assert {report.said for report in told} == {Reported.SOLD}
    assert all(is_of(report, act) for report, act in zip(told, sold, strict=True))
    assert [report.paid for report in told] == [price(act) for act in sold]


async def test_the_history_of_a_token_is_what_happened_to_it_and_at_the_vault_only_there(
    street: Street,
) -> None:
    often = Counter(act.mint for act in street.deeds(Venue.CC)).most_common(5)
    for mint, _ in often:
        page = await street.cc.history_of(Mint(mint), SINCE)
        assert page is not None
        sold = [report for report in page.reports if report.said is Reported.SOLD]
        acts = [act for act in street.deeds(Venue.CC) if act.mint == mint]
        assert len(sold) == len(acts)
        assert all(is_of(report, act) for report, act in zip(sold, acts, strict=True))
        assert [report.paid for report in sold] == [price(act) for act in acts]


async def test_a_sale_has_one_key_in_every_history_that_tells_of_it(street: Street) -> None:
    sale = (await told_by_eden(street))[0]
    page = await street.me.history_of(sale.key.mint, SINCE)
    assert page is not None
    again = next(report for report in page.reports if report.event_id == sale.event_id)
    keys = [sale_keys_near(one.key.mint, one.key.seller, one.effective_at) for one in (sale, again)]
    assert keys[0] == keys[1]


async def test_what_a_wallet_did_is_its_own_sales_and_purchases(street: Street) -> None:
    for source, venue in ((street.cc, Venue.CC), (street.me, Venue.ME)):
        sold = street.deeds(venue)[0]
        assert sold.buyer is not None
        for wallet in (Wallet(sold.seller), Wallet(sold.buyer)):
            pages = [page async for page in source.wallet_activities(wallet, pages_max=3)]
            told = [report for page in pages for report in page.reports]
            assert any(is_of(report, sold) and report.paid == price(sold) for report in told)
            assert all(wallet in {report.key.seller, report.buyer} for report in told)


async def test_offers_are_the_live_ones_best_first(street: Street) -> None:
    mint, bids = street.sought_after()
    offers = await street.cc.offers(mint)
    assert len(offers) > 1
    assert [offer.amount.value for offer in offers] == sorted((bid.usd_micros for bid in bids), reverse=True)
    assert {offer.id for offer in offers} == {bid.id for bid in bids}


async def test_alts_sales_of_a_slab_are_those_of_its_kind_that_count(street: Street) -> None:
    market = street.simulator.market
    told = 0
    for token in market.scenery.tokens[:30]:
        slab = await street.cc.slab(Mint(token.mint))
        sales = None if slab is None else await street.alt.sales(slab, asset_id=None)
        assert sales is None or [sale.at for sale in sales] == sorted((s.at for s in sales), reverse=True)
        assert all(sale.amount.value >= USD_MICROS for sale in sales or ())
        told += len(sales or ())
    assert told > 30
    assert await street.alt.sales(UNKNOWN, asset_id=None) is None


async def test_the_floor_is_the_cheapest_order_and_all_of_them_are_counted(street: Street) -> None:
    stats = await street.me.stats()
    assert stats is not None
    market = street.simulator.market
    orders = [order for order in market.book.open_orders() if order.venue is Venue.ME]
    rates, now_ms = market.rates, ms_of(START)
    lamports = [rates.lamports(order.price_atoms, order.currency, now_ms) for order in orders]
    assert stats.listed is not None
    assert 0 < stats.listed <= len(orders)
    assert stats.floor is not None
    assert stats.floor.value >= min(lamports)


async def test_nobody_and_nowhere_have_no_past(street: Street) -> None:
    page = await street.cc.history_of(NOWHERE, SINCE)
    assert page is not None
    assert page.reports == ()
    assert await street.me.history_of(NOWHERE, SINCE) is None
    assert await street.cc.offers(NOWHERE) == ()
    for source in (street.cc, street.me):
        pages = [page async for page in source.wallet_activities(NOBODY, pages_max=3)]
        assert [page.reports for page in pages] == [()]


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        ("rate_limit", None, SourceRateLimited),
        ("wrong_types", None, SourceChanged),
        ("status", 403, SourceRefused),
    ],
)
async def test_a_fault_is_an_error_and_never_half_a_past(
    street: Street, kind: str, status: int | None, expected: type[SourceError]
) -> None:
    sold, bid_for = Mint(street.deeds(Venue.CC)[0].mint), street.sought_after()[0]
    street.simulator.faults.add("vendor:*", kind, status=status, times=None, seconds=30)
    questions: tuple[Callable[[], Awaitable[object]], ...] = (
        lambda: told_by_eden(street),
        lambda: street.cc.history_of(sold, SINCE),
        lambda: street.cc.offers(bid_for),
        lambda: street.alt.sales(UNKNOWN, asset_id="asset"),
        street.me.stats,
    )
    for question in questions:
        with pytest.raises(expected):
            await question()
