"""The sources that want a key against the simulator's stand-ins; what they say agrees with the world."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from random import Random

import msgspec
import pytest

from core.clock import ManualClock
from core.domain.catalog import CardKey, Grade, GradeLabel, Grader, SlabFacts, grader_of
from core.domain.prices import QuoteKind
from core.errors import SourceChanged, SourceError, SourceRateLimited, SourceUnavailable
from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from core.simulator.market.elsewhere import Elsewhere
from core.simulator.market.scenery import Scenery
from core.simulator.market.things import Kind, ms_of
from core.simulator.market.values import fair_usd_micros
from core.simulator.vendors.ebay import PLACES
from core.simulator.vendors.ebay_rows import FIRST_ITEM
from core.simulator.vendors.pricecharting import FIRST_ID
from core.sources.ebay import Ebay
from core.sources.http import SourceHttp
from core.sources.pricecharting import PriceCharting, price_key
from core.sources.psa import Psa
from core.sources.tcgplayer import TcgPlayer
from tests.sources.conftest import START, Sleeper

pytestmark = pytest.mark.slow

MARKET = SimulatorConfig(
    port=0, data=None, pace=0, cards=300, listings=150, has_limits=False, now=lambda: START
)


@dataclass(frozen=True)
class Street:
    """The vendors, and our sources for them."""

    simulator: Simulator
    charting: PriceCharting
    psa: Psa
    ebay: Ebay
    tcgplayer: TcgPlayer

    @property
    def scenery(self) -> Scenery:
        return self.simulator.market.scenery


def client() -> SourceHttp:
    """Its waits take no time: the stand-ins have no limits here."""
    clock = ManualClock(START)
    return SourceHttp(clock, random=Random(7), sleep=Sleeper(clock).sleep)


def street_of(simulator: Simulator, http: SourceHttp) -> Street:
    url = f"{simulator.url}/vendors"
    return Street(
        simulator,
        PriceCharting(http, base_url=f"{url}/pricecharting/api", key="paid-token"),
        Psa(http, base_url=f"{url}/psa/publicapi", token="psa-token"),
        Ebay(http, base_url=f"{url}/ebay", client_id="client", client_secret="secret"),
        TcgPlayer(http, base_url=f"{url}/tcgplayer", client_id="public", client_secret="private"),
    )


@pytest.fixture
async def street() -> AsyncIterator[Street]:
    async with open_simulator(MARKET) as simulator, client() as http:
        yield street_of(simulator, http)


def slab_of(scenery: Scenery, kind: Kind) -> SlabFacts:
    """A slab as a marketplace that names the printing would tell it."""
    card, form = scenery.card(kind), scenery.grade(kind)
    grader = grader_of(scenery.grader(kind).company)
    assert grader is not None
    key = CardKey(
        scenery.category(card),
        scenery.set_name(card),
        card.number,
        f"{card.name} {card.stamp}".strip(),
        "" if card.parallel == "Base" else card.parallel,
        year=card.year,
    )
    return SlabFacts(grader, "1", Grade(form.tenths, GradeLabel(form.label)), "x", key)


async def test_slabs_are_matched_to_their_own_product_and_price(street: Street) -> None:
    scenery, valued = street.scenery, 0
    for kind in scenery.kinds[:60]:
        slab = slab_of(scenery, kind)
        evidence = await street.charting.value(slab, asset_id=None)
        if price_key(slab) is None:
            assert evidence is None
        elif evidence is not None:
            valued += 1
            assert evidence.asset_id == str(FIRST_ID + kind.card_id)
            assert abs(evidence.value_usd_micros / fair_usd_micros(kind, ms_of(START)) - 1) < 0.091
            assert await street.charting.value(slab, asset_id=evidence.asset_id) == evidence
    assert valued >= 30


async def test_a_card_or_product_that_pricecharting_does_not_know_is_none(street: Street) -> None:
    slab = slab_of(street.scenery, street.scenery.kinds[0])
    unknown = CardKey("Pokemon", "Pokemon Base Set", "999", "Missingno")
    ten = msgspec.structs.replace(slab, grader=Grader.PSA, grade=Grade(100), card=unknown)
    assert await street.charting.value(ten, asset_id=None) is None
    assert await street.charting.value(ten, asset_id="1") is None


async def test_certificates_are_what_the_slabs_are(street: Street) -> None:
    scenery = street.scenery
    tokens = [token for token in scenery.tokens if scenery.grader(scenery.kind(token)).company == "PSA"]
    for token in tokens[:20]:
        kind = scenery.kind(token)
        facts = await street.psa.certificate(token.slab.certificate)
        assert facts is not None
        assert facts.grade == Grade(scenery.grade(kind).tenths)
        assert facts.population == kind.population
        assert facts.card is not None
        assert facts.card.number == scenery.card(kind).number
        assert facts.card.name == scenery.card(kind).name.upper()


async def test_an_unknown_certificate_is_none(street: Street) -> None:
    scenery = street.scenery
    other = next(t for t in scenery.tokens if scenery.grader(scenery.kind(t)).company == "CGC")
    for number in ("00000001", "1", other.slab.certificate[:10]):
        assert await street.psa.certificate(number) is None


async def test_asks_are_what_is_on_offer_newest_first(street: Street) -> None:
    market = street.simulator.market
    shelf = Elsewhere(market.scenery, market.settings.seed, "ebay", PLACES, has_auctions=True)
    offers = {f"v1|{FIRST_ITEM + offer.number}|0": offer for offer in shelf.offers(ms_of(START))}
    pages = [page async for page in street.ebay.asks("PSA", pages_max=9)]
    asks = [ask for page in pages for ask in page]
    assert len(pages) > 1
    assert [len(page) for page in pages[:-1]] == [200] * (len(pages) - 1)
    assert len({ask.id for ask in asks}) == len(asks)
    assert all("PSA" in ask.title.split() for ask in asks)
    assert {ask.is_auction for ask in asks} == {True, False}
    for ask in asks:
        assert (ask.amount.value, ask.is_auction) == (offers[ask.id].usd_micros, offers[ask.id].is_auction)
    opened = [offers[ask.id].opened_ms for ask in asks]
    assert opened == sorted(opened, reverse=True)


async def test_words_that_nothing_is_sold_for_are_one_empty_page(street: Street) -> None:
    assert [page async for page in street.ebay.asks("zzzz", pages_max=3)] == [()]


async def test_a_set_of_the_catalogue_holds_its_cards_with_prices(street: Street) -> None:
    sets = await street.tcgplayer.sets()
    assert {card_set.game for card_set in sets} == {"Pokemon", "Magic", "Yu-Gi-Oh!", "One Piece"}
    jungle = next(card_set for card_set in sets if card_set.name == "Jungle")
    entries = [entry async for page in street.tcgplayer.entries(jungle.id) for entry in page]
    cards = [card for card in street.scenery.cards if card.set_name == "Jungle"]
    assert sorted(entry.number for entry in entries) == sorted(card.number for card in cards)
    assert all(entry.set_name == "Jungle" and entry.quotes for entry in entries)
    assert any(quote.kind is QuoteKind.MARKET for entry in entries for quote in entry.quotes)
    again = await street.tcgplayer.entry(entries[0].id)
    assert again is not None
    assert msgspec.structs.replace(again, priced_at=entries[0].priced_at) == entries[0]


async def test_cards_are_found_by_name(street: Street) -> None:
    name = street.scenery.cards[0].name
    found = await street.tcgplayer.search(name, limit=50)
    assert found
    assert all(name.casefold() in entry.name.casefold() and entry.set_name for entry in found)


async def test_what_tcgplayer_does_not_know_is_none_or_nothing(street: Street) -> None:
    assert await street.tcgplayer.entry("1") is None
    assert await street.tcgplayer.search("zzzz", limit=5) == ()
    for unknown in ("3/1", "999/1", "jungle"):
        assert [page async for page in street.tcgplayer.entries(unknown)] == []


FAULTS: dict[str, type[SourceError]] = {
    "status": SourceUnavailable,
    "html": SourceUnavailable,
    "reset_before": SourceUnavailable,
    "reset_after": SourceUnavailable,
    "truncate": SourceUnavailable,
    "wrong_types": SourceChanged,
    "rate_limit": SourceRateLimited,
}


QUESTIONS: dict[str, Callable[[Street, SlabFacts], Awaitable[object]]] = {
    "pricecharting:product": lambda street, slab: street.charting.value(slab, asset_id=str(FIRST_ID)),
    "psa:cert": lambda street, _: street.psa.certificate("123456789"),
    "ebay:token": lambda street, _: anext(street.ebay.asks("PSA", pages_max=1)),
    "ebay:search": lambda street, _: anext(street.ebay.asks("PSA", pages_max=1)),
    "tcgplayer:token": lambda street, _: street.tcgplayer.sets(),
    "tcgplayer:groups": lambda street, _: street.tcgplayer.sets(),
}


@pytest.mark.parametrize("kind", FAULTS)
async def test_every_fault_has_its_own_error(street: Street, kind: str) -> None:
    slab = slab_of(street.scenery, street.scenery.kinds[0])
    ten = msgspec.structs.replace(slab, grader=Grader.PSA, grade=Grade(100))
    for name, ask in QUESTIONS.items():
        street.simulator.faults.add(f"vendor:{name}", kind, times=None, seconds=30)
        async with client() as http:  # one question's failures are none of the next one's
            with pytest.raises(SourceError) as caught:
                await ask(street_of(street.simulator, http), ten)
        assert type(caught.value) is FAULTS[kind], name
        street.simulator.faults.clear()
