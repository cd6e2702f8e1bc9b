"""A catalogue is read set by set, and what raw copies cost there is kept once a day."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select

from core.clock import ManualClock
from core.domain.catalog import CardSet, CatalogueEntry
from core.domain.listings import SourceName
from core.domain.money import USD_MICROS, Amount, Unit
from core.domain.prices import PriceType, Quote, QuoteKind
from core.errors import NotFound, SourceUnavailable
from core.services.catalogues import CatalogueService, SetKept
from core.sources.base import Urgency, urgency
from db.engine import Database
from db.prices import PricePointRow
from tests.databases import NOW

BASE, FOSSIL = CardSet("base1", "Pokemon", "Base Set"), CardSet("base3", "Pokemon", "Fossil")
DAY = timedelta(days=1)


def usd(dollars: int, variant: str = "Holofoil", kind: QuoteKind = QuoteKind.MARKET) -> Quote:
    return Quote(variant, kind, Amount(dollars * USD_MICROS, Unit.USD_MICROS))


def card(id: str, *quotes: Quote) -> CatalogueEntry:
    return CatalogueEntry(id, "Pokemon", id, quotes=quotes, priced_at=NOW if quotes else None)


@dataclass
class Shelf:
    """A catalogue of two sets, each of one page."""

    pages: dict[str, tuple[CatalogueEntry, ...]]
    singles: dict[str, CatalogueEntry] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    name: SourceName = SourceName.TCGDEX

    async def sets(self) -> tuple[CardSet, ...]:
        assert urgency() is Urgency.BACKFILL
        return (BASE, FOSSIL)

    async def entries(self, set_id: str) -> AsyncIterator[tuple[CatalogueEntry, ...]]:
        if set_id not in self.pages:
            raise SourceUnavailable(self.name, "HTTP 503")
        yield self.pages[set_id]

    async def entry(self, id: str) -> CatalogueEntry | None:
        self.asked.append(id)
        return self.singles.get(id)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def service(db: Database, clock: ManualClock) -> CatalogueService:
    return CatalogueService(db, clock)


async def kept(db: Database) -> dict[str, list[int]]:
    """Dollars by subject, in the order in which they were kept."""
    found: dict[str, list[int]] = {}
    async with db.read() as tx:
        query = select(PricePointRow.__table__).where(PricePointRow.type == PriceType.CATALOGUE.value)
        for row in await tx.execute(query.order_by(PricePointRow.id)):
            found.setdefault(row.subject, []).append(row.usd_micros // USD_MICROS)
    return found


async def test_every_set_is_kept_and_told_of(db: Database, service: CatalogueService) -> None:
    shelf = Shelf(
        {"base1": (card("base1-4", usd(300)), card("base1-5")), "base3": (card("base3-1", usd(9)),)}
    )
    told: list[SetKept] = []
    await service.refresh(shelf, told.append)
    assert told == [SetKept(BASE, 1, 2, cards=2, new_prices=1), SetKept(FOSSIL, 2, 2, cards=1, new_prices=1)]
    assert await kept(db) == {
        "catalogue:tcgdex:base1-4:Holofoil:market": [300],
        "catalogue:tcgdex:base3-1:Holofoil:market": [9],
    }
    assert shelf.asked == []


async def test_a_price_is_kept_once_a_day(db: Database, service: CatalogueService) -> None:
    told: list[SetKept] = []
    first, dearer = card("base1-4", usd(300)), card("base1-4", usd(310))
    tomorrow = msgspec.structs.replace(dearer, priced_at=NOW + DAY)
    for entry in (first, dearer, tomorrow):
        await service.refresh(Shelf({"base1": (entry,)}), told.append, set_id="base1")
    assert [kept.new_prices for kept in told] == [1, 0, 1]
    assert await kept(db) == {"catalogue:tcgdex:base1-4:Holofoil:market": [300, 310]}


async def test_printings_and_kinds_are_told_apart_and_euros_left_out(
    db: Database, service: CatalogueService
) -> None:
    euro = Quote("Holofoil", QuoteKind.TREND, Amount(USD_MICROS, Unit.EUR_MICROS))
    both = card("base1-4", usd(300), usd(200, "Reverse"), usd(100, kind=QuoteKind.LOW), euro)
    await service.refresh(Shelf({"base1": (both,)}), lambda _: None, set_id="base1")
    assert await kept(db) == {
        "catalogue:tcgdex:base1-4:Holofoil:market": [300],
        "catalogue:tcgdex:base1-4:Reverse:market": [200],
        "catalogue:tcgdex:base1-4:Holofoil:low": [100],
    }


async def test_cards_listed_without_prices_are_asked_for_one_by_one(
    db: Database, service: CatalogueService
) -> None:
    shelf = Shelf({"base1": (card("base1-4"), card("base1-5"))}, {"base1-4": card("base1-4", usd(300))})
    await service.refresh(shelf, lambda _: None, set_id="base1")
    assert shelf.asked == ["base1-4", "base1-5"]
    assert await kept(db) == {"catalogue:tcgdex:base1-4:Holofoil:market": [300]}


async def test_what_was_read_before_an_outage_is_kept(db: Database, service: CatalogueService) -> None:
    told: list[SetKept] = []
    with pytest.raises(SourceUnavailable):
        await service.refresh(Shelf({"base1": (card("base1-4", usd(300)),)}), told.append)
    assert len(told) == 1
    assert await kept(db) == {"catalogue:tcgdex:base1-4:Holofoil:market": [300]}


async def test_a_set_that_is_not_there(service: CatalogueService) -> None:
    with pytest.raises(NotFound, match=r"^tcgdex has no set base9\.$"):
        await service.refresh(Shelf({}), lambda _: None, set_id="base9")


async def test_series_with_long_names_are_told_apart_by_a_digest(
    db: Database, service: CatalogueService
) -> None:
    long = card("x" * 60, usd(3), usd(2, "Reverse"), usd(1, kind=QuoteKind.LOW))
    for entry in (long, msgspec.structs.replace(long, priced_at=NOW + DAY)):
        await service.refresh(Shelf({"base1": (entry,)}), lambda _: None, set_id="base1")
    series = await kept(db)
    assert list(series.values()) == [[3, 3], [2, 2], [1, 1]]
    assert {len(subject) for subject in series} == {len("catalogue:tcgdex:") + 32}


async def test_a_name_too_long_to_keep_is_passed_over(db: Database, service: CatalogueService) -> None:
    await service.refresh(Shelf({"base1": (card("x" * 200, usd(1)),)}), lambda _: None, set_id="base1")
    assert await kept(db) == {}
