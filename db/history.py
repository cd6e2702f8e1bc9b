"""Bulk writing of a past that was recorded elsewhere. What is known already is never changed by it."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

import msgspec
from sqlalchemy import select, tuple_

from core.domain.catalog import SlabFacts
from core.domain.prices import PricePoint
from db.catalog import SlabKey, SlabRow, TokenSlabRow
from db.engine import Tx, insert_all_new
from db.prices import PricePointRow

TOLD_LINK_VERSION = 0
"""A link that only a file vouched for. It has ended, so that the live line asks the vault itself."""


class Point(msgspec.Struct, frozen=True):
    """A price with the id of the rate that turned it into dollars, or the rate that it is."""

    price: PricePoint
    rate_id: int | None = None
    rate: Decimal | None = None


async def keep_slabs(
    tx: Tx, slabs: Iterable[tuple[SlabFacts, int]], now: datetime
) -> dict[SlabKey, tuple[int, int | None]]:
    """(id, kind) of each slab by grader and certificate; what is known of a slab is left as it is."""
    rows = [
        {
            "grader": facts.grader.value,
            "certificate": facts.certificate,
            "kind_id": kind_id,
            "facts": facts,
            "seen_at": now,
        }
        for facts, kind_id in slabs
    ]
    await insert_all_new(tx, SlabRow, rows)
    key = tuple_(SlabRow.grader, SlabRow.certificate)
    wanted = [(row["grader"], row["certificate"]) for row in rows]
    query = select(SlabRow.grader, SlabRow.certificate, SlabRow.id, SlabRow.kind_id).where(key.in_(wanted))
    return {(row[0], row[1]): (row[2], row[3]) for row in await tx.execute(query)}


async def link_told(tx: Tx, links: Iterable[tuple[int, int, datetime]], until: datetime) -> None:
    """(token, slab, since): what the token stood for, unless something is known of it."""
    rows = {
        token_id: {
            "token_id": token_id,
            "slab_id": slab_id,
            "version": TOLD_LINK_VERSION,
            "since": since,
            "until": until,
        }
        for token_id, slab_id, since in links
    }
    query = select(TokenSlabRow.token_id).where(TokenSlabRow.token_id.in_(list(rows)))
    known = set((await tx.execute(query)).scalars())
    await insert_all_new(tx, TokenSlabRow, [row for token_id, row in rows.items() if token_id not in known])


async def keep_points(tx: Tx, points: Iterable[Point]) -> None:
    """Add these prices, but those whose key is known."""
    rows = [
        {
            "subject": point.price.subject,
            "source": point.price.source,
            "type": point.price.type.value,
            "at": point.price.at,
            "known_at": point.price.known_at,
            "amount": point.price.amount.value,
            "unit": point.price.amount.unit.value,
            "usd_micros": point.price.usd_micros,
            "rate": point.rate,
            "rate_id": point.rate_id,
            "dedupe_key": point.price.key,
        }
        for point in points
    ]
    await insert_all_new(tx, PricePointRow, rows)
