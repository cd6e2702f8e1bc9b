"""Catalogues: what raw copies cost there, read set by set and kept."""

from collections.abc import Callable, Iterable
from datetime import datetime
from hashlib import blake2s

import msgspec

from core.clock import Clock
from core.domain.catalog import CardSet, CatalogueEntry
from core.domain.listings import SourceName
from core.domain.money import Unit
from core.domain.prices import PricePoint, PriceType, Quote
from core.errors import NotFound
from core.sources.base import CatalogueSource, Urgency, asking
from db import history, prices
from db.engine import Database
from db.history import Point

SUBJECT_LENGTH_MAX = 60
KEY_LENGTH_MAX = 200
DIGEST_BYTES = 16
BATCH = 500


class SetKept(msgspec.Struct, frozen=True):
    """A set that was read, with how many of its cards and, of their prices, how many were new."""

    card_set: CardSet
    number: int
    of: int
    cards: int = 0
    new_prices: int = 0


class CatalogueService:
    """A catalogue's refresh. Each page is kept before the next is asked for."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self.db = db
        self.clock = clock

    async def refresh(
        self, source: CatalogueSource, told: Callable[[SetKept], None], *, set_id: str | None = None
    ) -> None:
        """Read every set, or the one that is named; `told` hears of each. Raises SourceError, NotFound."""
        with asking(Urgency.BACKFILL):
            sets = [one for one in await source.sets() if set_id in {None, one.id}]
            if not sets:
                raise NotFound(
                    f"{source.name} has no set {set_id}." if set_id else f"{source.name} is empty."
                )
            for number, card_set in enumerate(sets, start=1):
                told(await self._keep_set(source, SetKept(card_set, number, len(sets))))

    async def _keep_set(self, source: CatalogueSource, so_far: SetKept) -> SetKept:
        cards = new_prices = 0
        async for page in source.entries(so_far.card_set.id):
            cards += len(page)
            if any(entry.quotes for entry in page):
                new_prices += await self._keep(source.name, page)
                continue
            for entry in page:  # a catalogue that lists its cards without prices tells them one by one
                priced = await source.entry(entry.id)
                new_prices += await self._keep(source.name, [priced] if priced else [])
        return msgspec.structs.replace(so_far, cards=cards, new_prices=new_prices)

    async def _keep(self, source: SourceName, entries: Iterable[CatalogueEntry]) -> int:
        """The prices in dollars; how many were not known."""
        now = self.clock.now()
        points = [point for entry in entries for point in points_of(source, entry, now)]
        new_prices = 0
        for start in range(0, len(points), BATCH):
            batch = {point.key: point for point in points[start : start + BATCH]}
            async with self.db.write() as tx:
                known = await prices.known_points(tx, batch)
                new = [Point(point) for key, point in batch.items() if key not in known]
                await history.keep_points(tx, new)
            new_prices += len(new)
        return new_prices


def points_of(source: SourceName, entry: CatalogueEntry, now: datetime) -> list[PricePoint]:
    """A card's prices in dollars: of each printing and kind a series of its own, one price a day.

    Euros are left out, for we know no rate of theirs; so is what has too long a name to be kept.
    """
    at = entry.priced_at or now
    points = [
        PricePoint(
            subject=subject_of(source, entry.id, quote),
            source=source.value,
            type=PriceType.CATALOGUE,
            at=at,
            known_at=now,
            amount=quote.amount,
            usd_micros=quote.amount.value,
            key=f"catalogue:{source}:{entry.id}:{at:%Y-%m-%d}:{quote.kind}:{quote.variant}",
        )
        for quote in entry.quotes
        if quote.amount.unit is Unit.USD_MICROS
    ]
    return [point for point in points if len(point.key) <= KEY_LENGTH_MAX]


def subject_of(source: SourceName, id: str, quote: Quote) -> str:
    """The series of a card's printing and kind of price; a digest of them where they are too long."""
    series = f"{id}:{quote.variant}:{quote.kind}"
    subject = f"catalogue:{source}:{series}"
    if len(subject) <= SUBJECT_LENGTH_MAX:
        return subject
    return f"catalogue:{source}:{blake2s(series.encode(), digest_size=DIGEST_BYTES).hexdigest()}"
