"""The catalogues against the simulator's stand-ins, whose world knows what every card is worth."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest

from core.clock import SystemClock
from core.domain.catalog import CardSet, CatalogueEntry
from core.domain.money import Unit
from core.domain.prices import QuoteKind
from core.errors import SourceChanged, SourceError, SourceRateLimited, SourceUnavailable
from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from core.simulator.market.raw import raw_usd_micros, set_code
from core.simulator.market.things import Card, ms_of
from core.sources.base import CardSearchSource, CatalogueSource
from core.sources.http import SourceHttp
from core.sources.scryfall import LOCKOUT_S as SCRYFALL_LOCKOUT_S
from core.sources.scryfall import Scryfall
from core.sources.tcgcsv import TcgCsv
from core.sources.tcgdex import TcgDex
from core.sources.ygoprodeck import LOCKOUT_S as YGOPRODECK_LOCKOUT_S
from core.sources.ygoprodeck import YgoProDeck
from tests.sources.payloads_catalogues import UUID

pytestmark = pytest.mark.slow

MARKET = SimulatorConfig(port=0, data=None, pace=0, cards=300, listings=20, has_limits=False)
CENT = 10_000


@dataclass(frozen=True)
class Shelves:
    """The simulated world, and our catalogues of it."""

    simulator: Simulator
    dex: TcgDex
    csv: TcgCsv
    scryfall: Scryfall
    ygo: YgoProDeck

    def cards(self, category: str) -> list[Card]:
        scenery = self.simulator.market.scenery
        return [card for card in scenery.cards if scenery.category(card) == category]


@pytest.fixture
async def shelves(http: SourceHttp) -> AsyncIterator[Shelves]:
    async with open_simulator(MARKET) as simulator:
        url = f"{simulator.url}/vendors"
        yield Shelves(
            simulator,
            TcgDex(http, base_url=f"{url}/tcgdex/v2/en"),
            TcgCsv(http, base_url=f"{url}/tcgcsv/tcgplayer"),
            Scryfall(http, base_url=f"{url}/scryfall"),
            YgoProDeck(http, base_url=f"{url}/ygoprodeck/api/v7"),
        )


def is_worth(micros: int, card: Card, percent: int = 100) -> bool:
    """What the world says of a raw copy now, give or take a day's change and a cent."""
    worth = raw_usd_micros(card, ms_of(SystemClock().now())) * percent // 100
    return abs(micros - worth) <= worth // 20 + CENT


def micros(entry: CatalogueEntry, variant: str, unit: Unit = Unit.USD_MICROS) -> int:
    quotes = [quote for quote in entry.quotes if (quote.variant, quote.amount.unit) == (variant, unit)]
    return next(quote.amount.value for quote in quotes if quote.kind is QuoteKind.MARKET)


def set_named(sets: tuple[CardSet, ...], name: str, game: str) -> CardSet:
    return next(one for one in sets if (one.name, one.game) == (name, game))


async def entries(source: CatalogueSource, set_id: str) -> list[CatalogueEntry]:
    return [entry async for page in source.entries(set_id) for entry in page]


async def test_tcgdex_tells_sets_cards_and_both_currencies(shelves: Shelves) -> None:
    card = shelves.cards("Pokemon")[0]
    card_set = set_named(await shelves.dex.sets(), card.set_name, "Pokemon")
    (brief,) = [one for one in await entries(shelves.dex, card_set.id) if one.number == card.number]
    found = await shelves.dex.search(card.name, limit=100)
    assert brief.id in {one.id for one in found}
    entry = await shelves.dex.entry(brief.id)
    assert entry is not None
    assert (entry.name, entry.set_name) == (card.name, card.set_name)
    assert is_worth(
        next(quote.amount.value for quote in entry.quotes if quote.kind is QuoteKind.MARKET), card
    )
    assert {quote.amount.unit for quote in entry.quotes} == {Unit.USD_MICROS, Unit.EUR_MICROS}
    assert entry.image_url.endswith("/high.webp")


async def test_tcgdex_calls_the_reverse_printing_by_both_its_names(shelves: Shelves) -> None:
    ids = [one.id for one in await shelves.dex.search("a", limit=8)]
    found = [await shelves.dex.entry(id) for id in ids]
    variants = {quote.variant for entry in found if entry is not None for quote in entry.quotes}
    assert {"reverse", "reverse-holofoil", "", "holo"} <= variants


@pytest.mark.parametrize("category", ["Pokemon", "Magic", "Yu-Gi-Oh!", "One Piece"])
async def test_tcgcsv_tells_every_card_of_a_set_with_its_worth(shelves: Shelves, category: str) -> None:
    card = shelves.cards(category)[0]
    card_set = set_named(await shelves.csv.sets(), card.set_name, category)
    found = await entries(shelves.csv, card_set.id)
    assert len(found) == len([one for one in shelves.cards(category) if one.set_name == card.set_name])
    entry = next(one for one in found if one.id.endswith(f"/{450_000 + card.id}"))
    lows = [quote.amount.value for quote in entry.quotes if quote.kind is QuoteKind.LOW]
    assert is_worth(lows[0], card, percent=82)
    assert QuoteKind.HIGH not in {quote.kind for one in found for quote in one.quotes}
    assert await shelves.csv.entry(entry.id) == entry


async def test_scryfall_tells_a_set_and_each_card(shelves: Shelves) -> None:
    cards = shelves.cards("Magic")
    card = next(one for one in cards if one.parallel != "Foil")
    card_set = set_named(await shelves.scryfall.sets(), card.set_name, "Magic")
    assert card_set.id == set_code(card.set_name)
    found = await entries(shelves.scryfall, card_set.id)
    assert len(found) == len([one for one in cards if one.set_name == card.set_name])
    assert any(is_worth(micros(one, "nonfoil"), card) for one in found if one.number == card.number)
    one = found[0]
    again = await shelves.scryfall.entry(one.id)
    assert again is not None
    assert (again.name, again.quotes) == (one.name, one.quotes)
    assert one.id in {other.id for other in await shelves.scryfall.search(one.name, limit=175)}


async def test_ygoprodeck_tells_a_set_and_each_printing(shelves: Shelves) -> None:
    cards = shelves.cards("Yu-Gi-Oh!")
    card = next(one for one in cards if one.id % 7)
    card_set = set_named(await shelves.ygo.sets(), card.set_name, "Yu-Gi-Oh!")
    found = await entries(shelves.ygo, card_set.id)
    assert {one.name for one in found} == {one.name for one in cards if one.set_name == card.set_name}
    printing = next(one for one in found if one.name == card.name and is_printing(one, card))
    assert is_worth(micros(printing, card.parallel), card)
    again = await shelves.ygo.entry(printing.id)
    assert again is not None
    assert again.quotes == printing.quotes
    (name, *_) = await shelves.ygo.search(card.name, limit=5)
    assert f"{printing.number} {card.parallel}" in {quote.variant for quote in name.quotes}


def is_printing(entry: CatalogueEntry, card: Card) -> bool:
    return entry.number.endswith(f"EN{card.number.zfill(3)}") and card.parallel in {
        quote.variant for quote in entry.quotes
    }


async def test_what_nobody_knows_is_none(shelves: Shelves) -> None:
    unknown: tuple[tuple[CatalogueSource, str], ...] = (
        (shelves.dex, "none-1"),
        (shelves.csv, "3/9/9"),
        (shelves.scryfall, UUID),
        (shelves.ygo, "1/X-EN001"),
    )
    for source, id in unknown:
        assert await source.entry(id) is None
        assert await entries(source, "none") == []
    finders: tuple[CardSearchSource, ...] = (shelves.dex, shelves.scryfall, shelves.ygo)
    for finder in finders:
        assert await finder.search("qqqqzzzz", limit=5) == ()


FAULTS: dict[str, type[SourceError]] = {
    "status": SourceUnavailable,
    "html": SourceUnavailable,
    "reset_before": SourceUnavailable,
    "reset_after": SourceUnavailable,
    "truncate": SourceUnavailable,
    "wrong_types": SourceChanged,
    "rate_limit": SourceRateLimited,
}
LATER_S = {"tcgdex": 30, "tcgcsv": 30, "scryfall": SCRYFALL_LOCKOUT_S, "ygoprodeck": YGOPRODECK_LOCKOUT_S}


@pytest.mark.parametrize("kind", FAULTS)
async def test_every_fault_has_its_own_error(shelves: Shelves, kind: str) -> None:
    questions: dict[str, Callable[[], Awaitable[object]]] = {
        "tcgdex": shelves.dex.sets,
        "tcgcsv": shelves.csv.sets,
        "scryfall": shelves.scryfall.sets,
        "ygoprodeck": shelves.ygo.sets,
    }
    for vendor, ask in questions.items():
        shelves.simulator.faults.add(f"vendor:{vendor}", kind, times=None, seconds=30)
        with pytest.raises(SourceError) as caught:
            await ask()
        assert type(caught.value) is FAULTS[kind], vendor
        if isinstance(caught.value, SourceRateLimited):
            assert caught.value.retry_after_s == LATER_S[vendor]
