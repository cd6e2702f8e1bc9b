"""Our sources against the simulator's stand-ins: another mind's idea of the same vendors."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random

import msgspec
import pytest

from core.clock import ManualClock
from core.domain.catalog import Grade, Grader, SlabFacts
from core.domain.listings import Mint, Report, Reported, Venue
from core.domain.money import Unit
from core.domain.valuation import EvidenceKind
from core.errors import SourceChanged, SourceError, SourceRateLimited, SourceUnavailable
from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from core.sources.alt import Alt
from core.sources.coingecko import CoinGecko
from core.sources.collectorcrypt import CollectorCrypt
from core.sources.http import SourceHttp
from core.sources.magiceden import MagicEden
from tests.sources.conftest import START, Sleeper

pytestmark = pytest.mark.slow

MARKET = SimulatorConfig(
    port=0, data=None, pace=0, cards=300, listings=150, has_limits=False, now=lambda: START
)
NOWHERE = Mint("1" * 44)
UNKNOWN = SlabFacts(Grader.PSA, "000000000", Grade(100), "x", None)


@dataclass(frozen=True)
class Street:
    """The vendors, and our sources for them."""

    simulator: Simulator
    cc: CollectorCrypt
    me: MagicEden
    alt: Alt
    coingecko: CoinGecko


def client() -> SourceHttp:
    """Its waits take no time: the stand-ins have no limits here."""
    clock = ManualClock(START)
    return SourceHttp(clock, random=Random(7), sleep=Sleeper(clock).sleep)


@pytest.fixture
async def street() -> AsyncIterator[Street]:
    async with (
        open_simulator(MARKET) as simulator,
        client() as http,
    ):
        url = f"{simulator.url}/vendors"
        yield Street(
            simulator,
            CollectorCrypt(http, base_url=f"{url}/collectorcrypt"),
            MagicEden(http, base_url=f"{url}/magiceden/v2"),
            Alt(http, base_url=f"{url}/alt/graphql"),
            CoinGecko(http, base_url=f"{url}/coingecko/api/v3"),
        )


async def listed(street: Street) -> list[Report]:
    return [report async for page in street.cc.listings(pages_max=9) for report in page.reports]


async def test_every_slab_on_sale_is_reported_with_its_slab_and_price(street: Street) -> None:
    reports = await listed(street)
    assert len(reports) > 50
    assert {report.key.venue for report in reports} == {Venue.CC, Venue.ME}
    assert all(report.slab is not None and report.slab.card is not None for report in reports)
    assert all(report.ask is not None and report.ask.unit is Unit.USD_MICROS for report in reports)


async def test_a_row_agrees_with_the_catalogue_and_the_market(street: Street) -> None:
    report = next(report for report in await listed(street) if report.key.venue is Venue.CC)
    slab = await street.cc.slab(report.key.mint)
    assert slab is not None
    assert report.slab is not None
    # The catalogue does not name the parallel, so the card's variant is known from the row alone.
    assert msgspec.structs.replace(report.slab, card=slab.card) == slab
    live = await street.cc.live(report.key.mint)
    assert live is not None
    assert (live.seller, live.ask, live.venue) == (report.key.seller, report.ask, Venue.CC)


async def test_both_vendors_name_one_order_alike(street: Street) -> None:
    report = next(report for report in await listed(street) if report.key.venue is Venue.ME)
    live = await street.me.live(report.key.mint)
    assert live is not None
    assert (live.seller, live.ask, live.venue) == (report.key.seller, report.ask, Venue.ME)
    slab = await street.me.slab(report.key.mint)
    assert slab is not None
    assert report.slab is not None
    assert slab.certificate == report.slab.certificate


async def test_activities_are_understood(street: Street) -> None:
    pages = [page async for page in street.me.activities(pages_max=3)]
    reports = [report for page in pages for report in page.reports]
    assert {Reported.LISTED, Reported.SOLD} <= {report.said for report in reports}
    assert [report.effective_at for report in reports] == sorted(
        (report.effective_at for report in reports), reverse=True
    )


async def test_a_sale_ends_the_listing(street: Street) -> None:
    pages = [page async for page in street.me.activities(pages_max=9)]
    sale = next(r for page in pages for r in page.reports if r.said is Reported.SOLD)
    since = sale.effective_at - timedelta(seconds=1)
    ending = await street.me.ending(sale.key.mint, sale.key.seller, since)
    assert ending is not None
    assert (ending.event_id, ending.paid) == (sale.event_id, sale.paid)


async def test_slabs_are_valued_by_certificate(street: Street) -> None:
    values = [
        await street.alt.value(report.slab, asset_id=None)
        for report in (await listed(street))[:12]
        if report.slab is not None
    ]
    known = [value for value in values if value is not None]
    assert known
    assert all(value.kind is EvidenceKind.ALT and value.value_usd_micros > 0 for value in known)
    assert all(value.asset_name and 0 < value.confidence <= 100 for value in known)


async def test_sol_has_a_rate(street: Street) -> None:
    rate = await street.coingecko.rate("SOL/USD")
    assert rate is not None
    assert 1 < rate.usd < 10_000


async def test_what_nobody_knows_is_none(street: Street) -> None:
    now = START
    for source in (street.cc, street.me):
        assert (await source.live(NOWHERE), await source.slab(NOWHERE)) == (None, None)
        assert await source.ending(NOWHERE, (await listed(street))[0].key.seller, now) is None
    assert await street.alt.value(UNKNOWN, asset_id=None) is None


FAULTS: dict[str, type[SourceError]] = {
    "status": SourceUnavailable,
    "html": SourceUnavailable,
    "reset_before": SourceUnavailable,
    "reset_after": SourceUnavailable,
    "truncate": SourceUnavailable,
    "wrong_types": SourceChanged,
    "rate_limit": SourceRateLimited,
}


@pytest.mark.parametrize("vendor", ["collectorcrypt", "magiceden", "alt", "coingecko"])
@pytest.mark.parametrize(("kind", "expected"), FAULTS.items())
async def test_every_fault_has_its_own_error(
    street: Street, vendor: str, kind: str, expected: type[SourceError]
) -> None:
    questions: dict[str, Callable[[], Awaitable[object]]] = {
        "collectorcrypt": lambda: anext(street.cc.listings(pages_max=1)),
        "magiceden": lambda: anext(street.me.activities(pages_max=1)),
        "alt": lambda: street.alt.value(UNKNOWN, asset_id="unknown"),
        "coingecko": lambda: street.coingecko.rate("SOL/USD"),
    }
    street.simulator.faults.add(f"vendor:{vendor}", kind, times=None, seconds=30)
    with pytest.raises(SourceError) as caught:
        await questions[vendor]()
    assert type(caught.value) is expected
