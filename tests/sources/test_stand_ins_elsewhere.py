"""The marketplaces with vaults of their own against the stand-ins; what they say agrees with the world."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from random import Random

import pytest

from core.clock import ManualClock
from core.domain.catalog import Grade, GradeLabel, SlabFacts, grader_of
from core.domain.listings import Chain, Mint, Report, Venue
from core.errors import SourceChanged, SourceError, SourceRateLimited, SourceUnavailable
from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from core.simulator.market.elsewhere import Elsewhere, Offer
from core.simulator.market.things import ms_of
from core.simulator.vendors import beezie as beezie_stand_in
from core.simulator.vendors import opensea as opensea_stand_in
from core.sources.beezie import Beezie
from core.sources.http import SourceHttp
from core.sources.opensea import OpenSea
from tests.sources.conftest import START, Sleeper
from tests.sources.payloads import MINT
from tests.sources.payloads_elsewhere import PROOF

pytestmark = pytest.mark.slow

MARKET = SimulatorConfig(
    port=0, data=None, pace=0, cards=300, listings=150, has_limits=False, now=lambda: START
)


@dataclass(frozen=True)
class Street:
    """The vendors, and our sources for them."""

    simulator: Simulator
    beezie: Beezie
    opensea: OpenSea

    def offers(self, name: str, places: int) -> dict[str, Offer]:
        """What the world knows to be on offer, by certificate."""
        market = self.simulator.market
        shelf = Elsewhere(market.scenery, market.settings.seed, name, places)
        return {offer.certificate: offer for offer in shelf.offers(ms_of(START))}


def client() -> SourceHttp:
    """Its waits take no time."""
    clock = ManualClock(START)
    return SourceHttp(clock, random=Random(7), sleep=Sleeper(clock).sleep)


def street_of(simulator: Simulator, http: SourceHttp) -> Street:
    url = f"{simulator.url}/vendors"
    return Street(
        simulator,
        Beezie(http, base_url=f"{url}/beezie"),
        OpenSea(http, base_url=f"{url}/opensea/api/v2", key="sea-key"),
    )


@pytest.fixture
async def street() -> AsyncIterator[Street]:
    async with open_simulator(MARKET) as simulator, client() as http:
        yield street_of(simulator, http)


def assert_is(street: Street, slab: SlabFacts, offer: Offer) -> None:
    """The slab is the copy that the world has on offer."""
    scenery = street.simulator.market.scenery
    kind = scenery.kinds[offer.kind_id]
    card, form = scenery.card(kind), scenery.grade(kind)
    assert slab.grader is grader_of(scenery.grader(kind).company)
    assert (slab.certificate, slab.grade.tenths) == (offer.certificate, form.tenths)
    assert slab.card is not None
    assert (slab.card.name, slab.card.number, slab.card.year) == (card.name, card.number, card.year)


async def assert_state(
    source: Beezie | OpenSea, report: Report, offer: Offer, venue: Venue, chain: Chain
) -> None:
    live = await source.live(report.key.mint)
    assert live is not None
    assert (report.key.venue, report.key.chain) == (venue, chain)
    assert (live.seller, live.venue, live.ask) == (report.key.seller, venue, report.ask)
    assert live.ask.value == offer.usd_micros
    assert live.updated_at == report.listed_at


async def test_beezies_book_is_what_is_on_offer_newest_first(street: Street) -> None:
    offers = street.offers("beezie", beezie_stand_in.PLACES)
    pages = [page async for page in street.beezie.listings(pages_max=5)]
    assert len(pages) == 1
    reports = pages[0].reports
    assert (len(reports), pages[0].skipped) == (len(offers), 0)
    assert [r.effective_at for r in reports] == sorted((r.effective_at for r in reports), reverse=True)
    for report in reports:
        assert report.slab is not None
        offer = offers[report.slab.certificate]
        assert_is(street, report.slab, offer)
        assert await street.beezie.slab(report.key.mint) == report.slab
        await assert_state(street.beezie, report, offer, Venue.BEEZIE, Chain.SOLANA)


async def test_courtyards_book_is_what_is_on_offer_page_by_page(street: Street) -> None:
    offers = street.offers("courtyard", opensea_stand_in.PLACES)
    pages = [page async for page in street.opensea.listings(pages_max=5)]
    reports = [report for page in pages for report in page.reports]
    assert len(pages) == 2
    assert len({report.key.mint for report in reports}) == len(reports) == len(offers)
    assert [r.effective_at for r in reports] == sorted((r.effective_at for r in reports), reverse=True)
    for report in reports[:20]:
        slab = await street.opensea.slab(report.key.mint)
        assert slab is not None
        assert slab.grade.label in GradeLabel
        assert slab.grade != Grade(0)
        assert_is(street, slab, offers[slab.certificate])
        await assert_state(street.opensea, report, offers[slab.certificate], Venue.COURTYARD, Chain.POLYGON)


async def test_an_unknown_token_is_none(street: Street) -> None:
    assert await street.beezie.live(MINT) is None
    assert await street.beezie.slab(MINT) is None
    for mint in (PROOF, Mint("no number")):
        assert await street.opensea.live(mint) is None
        assert await street.opensea.slab(mint) is None


FAULTS: dict[str, type[SourceError]] = {
    "status": SourceUnavailable,
    "html": SourceUnavailable,
    "reset_before": SourceUnavailable,
    "reset_after": SourceUnavailable,
    "truncate": SourceUnavailable,
    "wrong_types": SourceChanged,
    "rate_limit": SourceRateLimited,
}
QUESTIONS: dict[str, Callable[[Street, Mint, Mint], Awaitable[object]]] = {
    "beezie:items": lambda street, *_: anext(street.beezie.listings(pages_max=1)),
    "beezie:item": lambda street, mint, _: street.beezie.live(mint),
    "opensea:listings": lambda street, *_: anext(street.opensea.listings(pages_max=1)),
    "opensea:best-of-nft": lambda street, _, mint: street.opensea.live(mint),
    "opensea:nft": lambda street, _, mint: street.opensea.slab(mint),
}


@pytest.mark.parametrize("kind", FAULTS)
async def test_every_fault_has_its_own_error(street: Street, kind: str) -> None:
    beezie_page = await anext(street.beezie.listings(pages_max=1))
    opensea_page = await anext(street.opensea.listings(pages_max=1))
    mints = (beezie_page.reports[0].key.mint, opensea_page.reports[0].key.mint)
    for name, ask in QUESTIONS.items():
        street.simulator.faults.add(f"vendor:{name}", kind, times=None, seconds=30)
        async with client() as http:  # one question's failures are none of the next one's
            with pytest.raises(SourceError) as caught:
                await ask(street_of(street.simulator, http), *mints)
        assert type(caught.value) is FAULTS[kind], name
        street.simulator.faults.clear()
