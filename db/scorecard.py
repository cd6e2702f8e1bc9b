"""The scorecard's figures: a few grouped questions over all outcomes, however many there are."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, select
from sqlalchemy.orm import InstrumentedAttribute

from core.domain.catalog import SlabFacts
from core.domain.deals import DealTier
from core.domain.listings import Venue
from core.domain.outcomes import Ending, JudgedBy
from core.domain.scorecard import Message, Miss, TierScore
from db.catalog import SlabRow, TokenRow
from db.engine import Tx
from db.listings import ListingRow
from db.outcomes import OutcomeRow
from db.posts import PostRow
from db.showings import ShowingRow

SAME_MAX = 50
"""So many policies may have made the same miss."""


async def scores(tx: Tx, guild_id: int | None, since: datetime | None) -> list[TierScore]:
    """The tiers that were shown in a server (or anywhere) since then."""
    query = select(
        OutcomeRow.tier,
        func.count().label("posted"),
        _count(OutcomeRow.is_hit.is_(True)).label("hits"),
        _count(OutcomeRow.is_hit.is_(False)).label("misses"),
        _count(OutcomeRow.judged_by == JudgedBy.SALE.value).label("by_sale"),
        _count(OutcomeRow.judged_by == JudgedBy.VALUATION.value).label("by_valuation"),
        _count(OutcomeRow.ended_as == Ending.SOLD.value).label("sold"),
        func.sum(OutcomeRow.profit_usd_micros).label("profit"),
    ).group_by(OutcomeRow.tier)
    rows = (await tx.execute(_within(query, guild_id, since))).all()
    sold_after = await _medians(tx, OutcomeRow.sold_after_s, guild_id, since)
    profits = await _medians(tx, OutcomeRow.profit_usd_micros, guild_id, since)
    return [
        TierScore(
            DealTier(row.tier),
            row.posted,
            row.hits,
            row.misses,
            row.by_sale,
            row.by_valuation,
            row.sold,
            sold_after.get(row.tier),
            None if row.profit is None else int(row.profit),
            profits.get(row.tier),
        )
        for row in rows
    ]


async def worst(tx: Tx, guild_id: int | None, since: datetime | None, *, limit: int) -> list[Miss]:
    """The misses that would have cost most; with the message that showed each when a server asks."""
    columns: tuple[Any, ...] = (OutcomeRow.__table__, SlabRow.facts, ListingRow.venue, TokenRow.address)
    query = (
        select(*columns)
        .join(SlabRow, SlabRow.id == OutcomeRow.slab_id)
        .join(ListingRow, ListingRow.id == OutcomeRow.listing_id)
        .join(TokenRow, TokenRow.id == ListingRow.token_id)
        .where(OutcomeRow.is_hit.is_(False))
        .order_by(OutcomeRow.profit_usd_micros, OutcomeRow.id)
        .limit(limit * SAME_MAX)
    )
    query = _within(query, guild_id, since)
    if guild_id is not None:
        shown = query.join(PostRow, PostRow.id == ShowingRow.post_id)
        query = shown.add_columns(PostRow.guild_id, PostRow.channel_id, PostRow.message_id)
    found: dict[int, Miss] = {}
    for row in await tx.execute(query):
        found.setdefault(row.version_id, _miss(row, guild_id))
    return list(found.values())[:limit]


def _miss(row: Row[tuple[Any, ...]], guild_id: int | None) -> Miss:
    facts: SlabFacts = row.facts
    has_message = guild_id is not None and row.message_id is not None
    return Miss(
        tier=DealTier(row.tier),
        title=facts.title,
        grader=facts.grader,
        grade=facts.grade,
        venue=Venue(row.venue),
        mint=row.address,
        shown_at=row.shown_at,
        price_usd_micros=row.price_usd_micros,
        proof_usd_micros=row.proof_usd_micros,
        by=JudgedBy(row.judged_by),
        profit_usd_micros=row.profit_usd_micros,
        message=Message(row.guild_id, row.channel_id, row.message_id) if has_message else None,
    )


async def _medians(
    tx: Tx, figure: InstrumentedAttribute[int | None], guild_id: int | None, since: datetime | None
) -> dict[str, int]:
    """The middle one (of two the lower) of each tier's figures that are known."""
    place = func.row_number().over(partition_by=OutcomeRow.tier, order_by=(figure, OutcomeRow.id))
    many = func.count().over(partition_by=OutcomeRow.tier)
    query = select(OutcomeRow.tier, figure.label("figure"), place.label("place"), many.label("many"))
    ranked = _within(query.where(figure.is_not(None)), guild_id, since).subquery()
    middle = select(ranked.c.tier, ranked.c.figure).where(ranked.c.place * 2 - ranked.c.many <= 1)
    middle = middle.where(ranked.c.place * 2 - ranked.c.many >= 0)
    return {row.tier: row.figure for row in await tx.execute(middle)}


def _within(
    query: Select[*tuple[Any, ...]], guild_id: int | None, since: datetime | None
) -> Select[*tuple[Any, ...]]:
    if guild_id is not None:
        query = query.join(ShowingRow, ShowingRow.outcome_id == OutcomeRow.id)
        query = query.where(ShowingRow.guild_id == guild_id)
    return query if since is None else query.where(OutcomeRow.shown_at >= since)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
