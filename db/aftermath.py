"""What came after a call: how its listing ended, who bought it, what its kind sold for and was valued at."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Row, String, cast, exists, literal, or_, select
from sqlalchemy.orm import aliased

from core.domain.listings import SALE_IS_TOLD_WITHIN, Reported
from core.domain.outcomes import JUDGED_AFTER, Ending, Known, OwnSale
from core.domain.prices import PriceType
from db.catalog import Slab, SlabRow
from db.engine import Tx
from db.listings import EpisodeRow, ListingRow, VersionRow
from db.outcomes import Case, OutcomeRow
from db.prices import PricePointRow, ValuationRow
from db.trades import TradeRow

_Told = tuple[datetime, int]


class _Offer(msgspec.Struct, frozen=True):
    """The listing of a call as it stands."""

    token_id: int
    seller: str
    opened_at: datetime
    closed_at: datetime | None
    ended_at: datetime | None
    reason: str | None
    is_repriced: bool
    ask: tuple[int, str]

    @property
    def last_at(self) -> datetime | None:
        """Until when a sale belongs to this stay; None while it goes on."""
        return None if self.closed_at is None else self.closed_at + SALE_IS_TOLD_WITHIN

    @property
    def was_missed(self) -> bool:
        """Nobody told of an end: it may be on sale still, or again."""
        return self.reason == Reported.GONE.value and not self.is_repriced


class _Paid(msgspec.Struct, frozen=True):
    """A sale; without a trade nobody told which token it was."""

    at: datetime
    usd_micros: int
    token_id: int | None
    seller: str | None
    buyer: str | None = None
    amount: tuple[int, str] | None = None


async def known(tx: Tx, cases: Sequence[Case]) -> dict[int, Known]:
    """What is known of these calls, by their ids."""
    if not cases:
        return {}
    offers = await _offers(tx, {case.version_id for case in cases})
    subjects = await _subjects(tx, {case.slab_id for case in cases})
    own = await _own_sales(tx, {offer.token_id for offer in offers.values()})
    since = min(case.called.shown_at for case in cases)
    until = max(case.called.shown_at for case in cases) + JUDGED_AFTER
    names = {name for both in subjects.values() for name in both}
    sales = await _sales(tx, names, since, until)
    values = await _values(tx, names, since, until)
    found = {}
    for case in cases:
        offer = offers[case.version_id]
        worth = sorted(told for name in subjects[case.slab_id] for told in values[name])
        others = [
            (paid.at, paid.usd_micros)
            for name in subjects[case.slab_id]
            for paid in sales[name]
            if (paid.token_id, paid.seller) != (offer.token_id, offer.seller)
        ]
        worth = [told for told in worth if told[0] >= case.called.shown_at]
        found[case.id] = _known(offer, own[offer.token_id], others, worth)
    return found


def _known(offer: _Offer, own: Iterable[_Paid], sales: Sequence[_Told], values: Sequence[_Told]) -> Known:
    sale = next((_own_sale(paid) for paid in own if _is_of(offer, paid)), None)
    if sale is None and offer.reason == Ending.SOLD.value and offer.closed_at is not None:
        sale = OwnSale(offer.closed_at)
    ending, ended_at = _ending(offer, sale)
    return Known(ending, ended_at, sale, sales, values)


def _ending(offer: _Offer, sale: OwnSale | None) -> tuple[Ending | None, datetime | None]:
    if offer.is_repriced:
        return Ending.REPRICED, offer.ended_at
    if sale is not None:
        return Ending.SOLD, sale.at
    return (None, None) if offer.reason is None else (Ending(offer.reason), offer.closed_at)


def _is_of(offer: _Offer, paid: _Paid) -> bool:
    """In its stay; or at its very price later on, when it was only missed."""
    is_in_time = offer.last_at is None or paid.at <= offer.last_at
    is_same_again = offer.was_missed and paid.amount == offer.ask
    is_its = paid.seller == offer.seller and offer.opened_at <= paid.at
    return is_its and (is_in_time or is_same_again)


def _own_sale(paid: _Paid) -> OwnSale:
    return OwnSale(paid.at, paid.usd_micros, paid.buyer)


async def _offers(tx: Tx, version_ids: Collection[int]) -> dict[int, _Offer]:
    later = aliased(VersionRow)
    is_repriced = (
        select(later.id).where(later.episode_id == VersionRow.episode_id, later.n > VersionRow.n).exists()
    )
    query = (
        select(VersionRow.id, VersionRow.ended_at, ListingRow.token_id, ListingRow.seller)
        .add_columns(VersionRow.ask_amount, VersionRow.ask_unit)
        .add_columns(EpisodeRow.opened_at, EpisodeRow.closed_at, EpisodeRow.reason)
        .add_columns(ListingRow.closed_as, is_repriced.label("is_repriced"))
        .add_columns((ListingRow.episode_id == EpisodeRow.id).label("is_latest"))
        .join(ListingRow, ListingRow.id == VersionRow.listing_id)
        .join(EpisodeRow, EpisodeRow.id == VersionRow.episode_id)
        .where(VersionRow.id.in_(list(version_ids)))
    )
    return {row.id: _offer(row) for row in await tx.execute(query)}


def _offer(row: Row[tuple[object, ...]]) -> _Offer:
    # Late word of a sale changes how the listing was closed, not why its stay once ended.
    reason = row.closed_as if row.is_latest and row.reason is not None else row.reason
    return _Offer(
        row.token_id,
        row.seller,
        row.opened_at,
        row.closed_at,
        row.ended_at,
        reason or row.reason,
        bool(row.is_repriced),
        (row.ask_amount, row.ask_unit),
    )


async def _subjects(tx: Tx, slab_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """What prices of each slab's kind attach to: the kind, and the slab itself."""
    query = select(SlabRow.id, SlabRow.kind_id).where(SlabRow.id.in_(list(slab_ids)))
    return {
        slab_id: (f"slab:{slab_id}",) if kind_id is None else (f"kind:{kind_id}", f"slab:{slab_id}")
        for slab_id, kind_id in await tx.execute(query)
    }


async def _own_sales(tx: Tx, token_ids: Collection[int]) -> Mapping[int, list[_Paid]]:
    """Every sale of these tokens, oldest first."""
    query = (
        select(TradeRow.at, PricePointRow.usd_micros, TradeRow.token_id, TradeRow.seller, TradeRow.buyer)
        .add_columns(PricePointRow.amount, PricePointRow.unit)
        .join(PricePointRow, PricePointRow.id == TradeRow.price_id)
        .where(TradeRow.token_id.in_(list(token_ids)))
        .order_by(TradeRow.at)
    )
    found: defaultdict[int, list[_Paid]] = defaultdict(list)
    for row in await tx.execute(query):
        amount = (row.amount, row.unit)
        paid = _Paid(row.at, row.usd_micros, row.token_id, row.seller, row.buyer, amount)
        found[row.token_id].append(paid)
    return found


async def _sales(
    tx: Tx, subjects: Collection[str], since: datetime, until: datetime
) -> Mapping[str, list[_Paid]]:
    """What was paid for these kinds in that time, as far as it counts."""
    query = (
        select(PricePointRow.subject, PricePointRow.at, PricePointRow.usd_micros)
        .add_columns(TradeRow.token_id, TradeRow.seller)
        .outerjoin(TradeRow, TradeRow.price_id == PricePointRow.id)
        .where(PricePointRow.subject.in_(list(subjects)), PricePointRow.type == PriceType.SALE.value)
        .where(PricePointRow.at >= since, PricePointRow.at <= until, PricePointRow.apart.is_(None))
    )
    found: defaultdict[str, list[_Paid]] = defaultdict(list)
    for subject, *paid in await tx.execute(query):
        found[subject].append(_Paid(*paid))
    return found


async def _values(
    tx: Tx, subjects: Collection[str], since: datetime, until: datetime
) -> Mapping[str, list[_Told]]:
    """What these were thought to be worth, and since when."""
    query = select(ValuationRow.subject, ValuationRow.known_at, ValuationRow.value_usd_micros)
    query = query.where(
        ValuationRow.subject.in_(list(subjects)),
        ValuationRow.known_at >= since,
        ValuationRow.known_at <= until,
    )
    found: defaultdict[str, list[_Told]] = defaultdict(list)
    for subject, known_at, value in await tx.execute(query):
        found[subject].append((known_at, value))
    return found


async def to_value(
    tx: Tx, reached: Sequence[tuple[datetime, datetime]], *, valued_since: datetime, limit: int
) -> list[Slab]:
    """Slabs of calls shown within one of these times whose kind was not valued since then, oldest first."""
    kind, slab = literal("kind:") + cast(SlabRow.kind_id, String), literal("slab:") + cast(SlabRow.id, String)
    is_valued = exists().where(
        or_(ValuationRow.subject == kind, ValuationRow.subject == slab), ValuationRow.known_at >= valued_since
    )
    shown = or_(*((OutcomeRow.shown_at >= since) & (OutcomeRow.shown_at < until) for since, until in reached))
    query = (
        select(SlabRow.id, SlabRow.kind_id, SlabRow.facts, SlabRow.alt_asset_id)
        .where(SlabRow.id.in_(select(OutcomeRow.slab_id).where(shown)), ~is_valued)
        .order_by(SlabRow.id)
        .limit(limit)
    )
    return [Slab(*row) for row in await tx.execute(query)]
