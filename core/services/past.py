"""One batch of a history after the other becomes rows: things, then rates, then asks and sales."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeVar

import msgspec

from core.clock import Clock
from core.domain.catalog import Grade
from core.domain.history import (
    RECENT,
    USD_MICROS_MAX,
    AskUnit,
    KindLine,
    Line,
    ListingLine,
    RateLine,
    SaleLine,
    State,
    TokenLine,
    ValuationLine,
)
from core.domain.listings import Chain, Mint
from core.domain.money import USD_MICROS, Amount, Unit, usd_micros
from core.domain.prices import PricePoint, PriceType, sale_key
from core.domain.stays import Stay
from db import catalog, history, prices, stays
from db.catalog import KindKey
from db.engine import Tx
from db.history import Point
from db.stays import Told

RATE_HOLDS = timedelta(hours=24)
"""An amount of the past is turned into dollars by the newest rate before it, if that is no older."""
RATES_MAX = 200_000
_MINUTE = timedelta(minutes=1)
_SOL_USD = "SOL/USD"

T = TypeVar("T")


class _Token(msgspec.Struct, frozen=True):
    """A token's id, and what its prices attach to."""

    id: int
    subject: str


class Past:
    """Writes batches, and remembers what later lines refer to. `counts`: what was new, and what was not."""

    def __init__(self, kinds: Mapping[int, KindLine], clock: Clock) -> None:
        self.counts: Counter[str] = Counter()
        self._clock = clock
        self._kinds = kinds
        self._kind_ids: dict[int, int] = {}
        self._tokens: dict[str, _Token] = {}
        self._rates = _Rates()

    async def keep(self, tx: Tx, batch: Sequence[Line | Stay]) -> None:
        """Write what is new of these lines, which are in the order of the file."""
        now = self._clock.now()
        await self._keep_kinds(tx, _of(batch, KindLine))
        await self._keep_tokens(tx, _of(batch, TokenLine), now)
        await self._keep_rates(tx, _of(batch, RateLine), now)
        points = await self._stay_points(tx, _of(batch, Stay))
        points += [_sale(line, f"kind:{self._kind_ids[line.kind]}") for line in _of(batch, SaleLine)]
        for line in _of(batch, ValuationLine):
            if self._is_past(line.known_at or line.at, now):
                points.append(_valuation(line, f"kind:{self._kind_ids[line.kind]}"))
        await self._keep_points(tx, points)

    async def _keep_kinds(self, tx: Tx, lines: Sequence[KindLine]) -> None:
        keys = {line.id: _kind_key(line) for line in lines}
        if keys:
            ids = await catalog.keep_kinds(tx, set(keys.values()))
            self._kind_ids |= {id: ids[key] for id, key in keys.items()}

    async def _keep_tokens(self, tx: Tx, lines: Sequence[TokenLine], now: datetime) -> None:
        if not lines:
            return
        ids = await catalog.keep_tokens(tx, [(Chain.SOLANA, Mint(line.mint)) for line in lines])
        facts = {line.mint: line.facts(self._kinds[line.kind]) for line in lines}
        told = [(facts[line.mint], self._kind_ids[line.kind]) for line in lines]
        slabs = await history.keep_slabs(tx, told, now)
        links = []
        for line in lines:
            slab_id, kind_id = slabs[facts[line.mint].grader.value, line.certificate]
            subject = f"slab:{slab_id}" if kind_id is None else f"kind:{kind_id}"
            self._tokens[line.mint] = _Token(ids[Chain.SOLANA, Mint(line.mint)], subject)
            links.append((ids[Chain.SOLANA, Mint(line.mint)], slab_id, line.since))
        await history.link_told(tx, links, now)

    async def _keep_rates(self, tx: Tx, lines: Sequence[RateLine], now: datetime) -> None:
        points = [(line, _rate(line)) for line in lines if self._is_past(line.at, now)]
        await self._keep_points(tx, [point for _, point in points])
        ids = await prices.known_points(tx, [point.price.key for _, point in points])
        for line, point in points:
            if line.pair == _SOL_USD:
                self._rates.add(line, ids[point.price.key])

    async def _stay_points(self, tx: Tx, ended: Sequence[Stay]) -> list[Point]:
        """Write the stays that are new; the prices of those, and of sales without a stay."""
        told = [Told(stay, self._tokens[stay.key.mint].id) for stay in ended if stay.asks]
        written = await stays.keep_stays(tx, told)
        self.counts["stays"] += len(written)
        self.counts["known"] += len(told) - len(written)
        asks = [
            self._point(ask, PriceType.ASK, f"ask:{version_id}")
            for one in written
            for ask, version_id in zip(one.stay.asks, one.version_ids, strict=True)
        ]
        ends = [stay.end for stay in ended if not stay.asks] + [one.stay.end for one in written]
        sold = [end for end in ends if end.state is State.SOLD]
        return [point for point in [*asks, *await self._sales(tx, sold)] if point is not None]

    async def _sales(self, tx: Tx, sold: Sequence[ListingLine]) -> list[Point | None]:
        """Those that nobody told of; another's clock may have put them into the minute before or after."""
        near = [[_sale_key(line, by) for by in (-_MINUTE, 0 * _MINUTE, _MINUTE)] for line in sold]
        known = await prices.known_points(tx, [key for keys in near for key in keys])
        new = [line for line, keys in zip(sold, near, strict=True) if known.keys().isdisjoint(keys)]
        self.counts["known"] += len(sold) - len(new)
        return [self._point(line, PriceType.SALE, _sale_key(line)) for line in new]

    def _point(self, line: ListingLine, kind: PriceType, key: str) -> Point | None:
        """None when it cannot be said in dollars."""
        amount = Amount(line.amount, Unit(line.unit.value))
        rate_id, rate = (None, Decimal(1)) if line.unit is AskUnit.USD_MICROS else self._rates.at(line.at)
        dollars = 0 if rate is None else usd_micros(amount, rate)
        if not 0 < dollars <= USD_MICROS_MAX:
            self.counts["without_rate"] += 1
            return None
        subject = self._tokens[line.mint].subject
        price = PricePoint(subject, line.source.value, kind, line.at, line.seen_at, amount, dollars, key)
        return Point(price, rate_id)

    async def _keep_points(self, tx: Tx, points: Iterable[Point]) -> None:
        by_key = {point.price.key: point for point in points}
        known = await prices.known_points(tx, list(by_key))
        new = [point for key, point in by_key.items() if key not in known]
        await history.keep_points(tx, new)
        self.counts["prices"] += len(new)
        self.counts["known"] += len(known)

    def _is_past(self, at: datetime, now: datetime) -> bool:
        """Not so recent that it would decide about live listings; what is, is counted and left out."""
        is_past = now - at > RECENT
        self.counts["recent"] += not is_past
        return is_past


class _Rates:
    """The dollars for a coin over time, in the order of time."""

    def __init__(self) -> None:
        self._times: list[datetime] = []
        self._known: list[tuple[int, Decimal]] = []

    def add(self, line: RateLine, id: int) -> None:
        if len(self._times) >= RATES_MAX:
            del self._times[: RATES_MAX // 2], self._known[: RATES_MAX // 2]
        self._times.append(line.at)
        self._known.append((id, Decimal(line.usd_micros) / USD_MICROS))

    def at(self, moment: datetime) -> tuple[int | None, Decimal | None]:
        """The id and the rate that held then; None and None when none is known."""
        place = bisect_right(self._times, moment) - 1
        if place < 0 or moment - self._times[place] > RATE_HOLDS:
            return None, None
        return self._known[place]


def _of(batch: Sequence[Line | Stay], kind: type[T]) -> list[T]:
    return [line for line in batch if isinstance(line, kind)]


def _kind_key(line: KindLine) -> KindKey:
    return line.card.key(), line.grader, Grade(line.grade_tenths, line.grade_label)


def _sale_key(line: ListingLine, by: timedelta = 0 * _MINUTE) -> str:
    return sale_key(line.mint, line.seller, line.at + by)


def _rate(line: RateLine) -> Point:
    key = f"rate:{line.pair}:{line.source}:{line.at.isoformat()}"
    amount = Amount(line.usd_micros, Unit.USD_MICROS)
    seen_at, subject = line.known_at or line.at, f"pair:{line.pair}"
    price = PricePoint(subject, line.source, PriceType.RATE, line.at, seen_at, amount, line.usd_micros, key)
    return Point(price, rate=Decimal(line.usd_micros) / USD_MICROS)


def _sale(line: SaleLine, subject: str) -> Point:
    amount, seen_at = Amount(line.usd_micros, Unit.USD_MICROS), line.known_at or line.at
    key = f"sale:{line.house}:{line.id}"
    return Point(
        PricePoint(subject, line.house, PriceType.SALE, line.at, seen_at, amount, line.usd_micros, key)
    )


def _valuation(line: ValuationLine, subject: str) -> Point:
    amount, seen_at = Amount(line.usd_micros, Unit.USD_MICROS), line.known_at or line.at
    key = f"valuation:{subject}:{line.source}:{line.at.isoformat()}"
    return Point(
        PricePoint(subject, line.source, PriceType.VALUATION, line.at, seen_at, amount, line.usd_micros, key)
    )
