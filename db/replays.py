"""Versions as the line found them, with what was known of their worth at the time."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Row, func, select

from core.domain.deals import Candidate, Reason
from core.domain.listings import Venue
from core.domain.replays import Judged
from core.domain.valuation import Valuation
from db.catalog import TokenRow, slabs_at
from db.deals import RevisionRow, VerdictRow
from db.engine import Tx
from db.listings import ListingRow, VersionRow
from db.prices import PricePointRow, ValuationRow

WHATEVER_THE_POLICY = (Reason.NOT_A_SLAB, Reason.MISMATCH, Reason.NO_VALUE, Reason.QUARANTINED)
"""A version that was refused for one of these is none for any settings."""
_DECIDED_WITH = timedelta(minutes=1)
"""A valuation that became known later than this after the verdict was not what it rested on."""


class Found(msgspec.Struct, frozen=True):
    """One page, newest first, without what is a deal for nobody. `before` begins the next one, None after
    the last. `not_judged` of the `seen` had no verdict, or no price in dollars.
    """

    judged: tuple[Judged, ...]
    seen: int
    not_judged: int
    before: int | None


async def seen_since(tx: Tx, since: datetime, *, before: int | None, limit: int) -> Found:
    """The versions first seen since then, but those that were there when their market was first read."""
    query = (
        select(VersionRow.id, VersionRow.listing_id, VersionRow.first_seen_at, ListingRow.token_id)
        .add_columns(ListingRow.venue, ListingRow.seller, TokenRow.address)
        .join(ListingRow, ListingRow.id == VersionRow.listing_id)
        .join(TokenRow, TokenRow.id == ListingRow.token_id)
        .where(VersionRow.first_seen_at >= since, VersionRow.is_baseline.is_(False))
        .order_by(VersionRow.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(VersionRow.id < before)
    rows = (await tx.execute(query)).all()
    ids = [row.id for row in rows]
    verdicts = await _verdicts(tx, ids)
    dollars = await _dollars(tx, ids)
    values = await _values(tx, verdicts)
    slabs = await slabs_at(tx, {row.token_id: row.first_seen_at for row in rows})
    judged: list[Judged] = []
    refused = 0
    for row in rows:
        verdict, slab, price = verdicts.get(row.id), slabs.get(row.token_id), dollars.get(row.id)
        if verdict is not None and verdict.refused is not None:
            refused += 1
        elif verdict is not None and slab is not None and price is not None:
            judged.append(_judged(row, verdict, Candidate(price, row.seller, slab.facts), slab.id, values))
    unknown = len(rows) - refused - len(judged)
    return Found(tuple(judged), len(rows), unknown, ids[-1] if len(rows) == limit else None)


def _judged(
    row: Row[tuple[Any, ...]],
    verdict: Row[tuple[Any, ...]],
    candidate: Candidate,
    slab_id: int,
    values: Mapping[int, tuple[datetime, Valuation]],
) -> Judged:
    known_at, valuation = values.get(_first(verdict), (None, None))
    if known_at is not None and known_at > verdict.decided_at + _DECIDED_WITH:
        valuation = None
    return Judged(
        version_id=row.id,
        listing_id=row.listing_id,
        slab_id=slab_id,
        mint=row.address,
        venue=Venue(row.venue),
        at=row.first_seen_at,
        candidate=candidate,
        valuation=valuation,
    )


async def _verdicts(tx: Tx, version_ids: Collection[int]) -> dict[int, Row[tuple[Any, ...]]]:
    """Of each version: when it was judged, the first valuations it was judged by, and a refusal for all."""
    refusals = [reason.value for reason in WHATEVER_THE_POLICY]
    revised = (
        select(func.min(RevisionRow.valuation_id))
        .where(RevisionRow.version_id == VerdictRow.version_id)
        .scalar_subquery()
    )
    refused = func.max(VerdictRow.reason).filter(VerdictRow.reason.in_(refusals))
    query = (
        select(VerdictRow.version_id, func.min(VerdictRow.decided_at).label("decided_at"))
        .add_columns(func.min(VerdictRow.valuation_id).label("valued"), revised.label("valued_before"))
        .add_columns(refused.label("refused"))
        .where(VerdictRow.version_id.in_(list(version_ids)))
        .group_by(VerdictRow.version_id)
    )
    return {row.version_id: row for row in await tx.execute(query)}


def _first(verdict: Row[tuple[Any, ...]]) -> int:
    """The first valuation's id; 0 for none."""
    return min((id for id in (verdict.valued, verdict.valued_before) if id is not None), default=0)


async def _dollars(tx: Tx, version_ids: Collection[int]) -> dict[int, int]:
    """What each version was offered for, in micro-dollars as of then."""
    keys = {f"ask:{version_id}": version_id for version_id in version_ids}
    query = select(PricePointRow.dedupe_key, PricePointRow.usd_micros)
    rows = await tx.execute(query.where(PricePointRow.dedupe_key.in_(list(keys))))
    return {keys[row.dedupe_key]: row.usd_micros for row in rows}


async def _values(
    tx: Tx, verdicts: Mapping[int, Row[tuple[Any, ...]]]
) -> dict[int, tuple[datetime, Valuation]]:
    ids = {_first(verdict) for verdict in verdicts.values()}
    query = select(ValuationRow.__table__).where(ValuationRow.id.in_(ids))
    return {
        row.id: (
            row.known_at,
            Valuation(
                row.value_usd_micros, row.low_usd_micros, row.high_usd_micros, row.confidence, row.evidence
            ),
        )
        for row in await tx.execute(query)
    }
