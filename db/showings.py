"""Showings: which messages showed which calls, from where on each call is followed."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Select, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from core.domain.deals import DealPolicy
from core.domain.posts import DealPost, DigestLine, DigestPost, Payload
from db.base import Base
from db.catalog import TokenSlabRow
from db.deals import VerdictRow
from db.digests import DigestLineRow
from db.engine import Tx, insert_new
from db.guilds import PolicyRow
from db.listings import ListingRow, VersionRow
from db.outcomes import OutcomeRow
from db.posts import PostRow
from db.types import BigId


class ShowingRow(Base):
    """A server in which the call was shown, and the first post that showed it there."""

    __tablename__ = "showing"

    guild_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    outcome_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("outcome.id"), primary_key=True, autoincrement=False
    )
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))


class _Shown(msgspec.Struct, frozen=True):
    """One call that a message shows, as it shows it. `guild_id` None: outside a server."""

    post_id: int
    shown_at: datetime
    guild_id: int | None
    verdict_id: int
    version_id: int
    deal: DealPost | DigestLine

    @property
    def call(self) -> tuple[int, str]:
        """What makes it one call: the verdict, and the tier that it was shown with."""
        return self.verdict_id, self.deal.tier.value


async def _unfollowed(tx: Tx, post_ids: Collection[int]) -> list[_Shown]:
    """Calls that these messages show in a server where they are not followed yet."""
    columns = (PostRow.id, PostRow.guild_id, PostRow.payload)
    by_itself = select(*columns, PostRow.verdict_id, PostRow.version_id).where(
        PostRow.verdict_id.is_not(None), ~_is_followed(PostRow.verdict_id)
    )
    in_a_digest = (
        select(*columns, DigestLineRow.verdict_id, DigestLineRow.version_id)
        .join(DigestLineRow, DigestLineRow.post_id == PostRow.id)
        .where(~_is_followed(DigestLineRow.verdict_id))
    )
    return [one for query in (by_itself, in_a_digest) for one in await _read(tx, query, post_ids)]


async def _read(tx: Tx, query: Select[*tuple[Any, ...]], post_ids: Collection[int]) -> list[_Shown]:
    shown_at = func.coalesce(PostRow.sent_at, PostRow.created_at).label("shown_at")
    query = query.where(PostRow.id.in_(post_ids), PostRow.message_id.is_not(None))
    query = query.add_columns(shown_at).order_by(PostRow.id)
    return [
        _Shown(row.id, row.shown_at, row.guild_id, row.verdict_id, row.version_id, deal)
        for row in await tx.execute(query)
        if (deal := _shown_as(row.payload, row.version_id)) is not None
    ]


def _is_followed(verdict_id: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    return exists().where(
        OutcomeRow.verdict_id == verdict_id,
        ShowingRow.outcome_id == OutcomeRow.id,
        ShowingRow.guild_id == PostRow.guild_id,
        ShowingRow.post_id == PostRow.id,
    )


def _shown_as(payload: Payload, version_id: int) -> DealPost | DigestLine | None:
    """What the message says of the version; None where it is about something else."""
    if isinstance(payload, DigestPost):
        return next((line for line in payload.lines if line.version_id == version_id), None)
    return payload if isinstance(payload, DealPost) else None


async def shown_after(tx: Tx, post_id: int, *, limit: int) -> list[int]:
    """The messages there are whose posts come after this one, in their order."""
    query = select(PostRow.id).where(PostRow.id > post_id, PostRow.message_id.is_not(None))
    return list((await tx.execute(query.order_by(PostRow.id).limit(limit))).scalars())


async def is_any_unfollowed(tx: Tx, post_ids: Collection[int]) -> bool:
    """Whether one of these messages shows a call that is not followed where it is shown."""
    return bool(post_ids) and bool(await _unfollowed(tx, post_ids))


async def follow(tx: Tx, *post_ids: int) -> int:
    """Calls that these messages show are followed; how many nobody followed yet.

    A call that was shown before, here or elsewhere, is the same call.
    """
    shown = await _unfollowed(tx, post_ids)
    if not shown:
        return 0
    known = await _known(tx, shown)
    new = [one for one in shown if one.call not in known]
    if new:
        await _add(tx, new)
        known = await _known(tx, shown)
    rows = [
        {"guild_id": one.guild_id, "outcome_id": known[one.call], "post_id": one.post_id}
        for one in shown
        if one.call in known and one.guild_id is not None
    ]
    if rows:
        await tx.execute(insert_new(tx, ShowingRow).on_conflict_do_nothing(), rows)
    return len(new)


async def _known(tx: Tx, shown: Sequence[_Shown]) -> dict[tuple[int, str], int]:
    """The ids of the calls that are followed, wherever they were shown first."""
    query = select(OutcomeRow.verdict_id, OutcomeRow.tier, OutcomeRow.id)
    query = query.where(OutcomeRow.verdict_id.in_({one.verdict_id for one in shown}))
    return {(row.verdict_id, row.tier): row.id for row in await tx.execute(query)}


async def _add(tx: Tx, new: Sequence[_Shown]) -> None:
    """In one order everywhere: two digests with the same lines must not wait for each other."""
    rates = await _rates(tx, [one.verdict_id for one in new])
    places = await _places(tx, [one.version_id for one in new])
    rows = [
        _row(one, rates[one.verdict_id], places[one.version_id])
        for one in sorted(new, key=_call)
        if one.version_id in places and one.verdict_id in rates
    ]
    if rows:
        await tx.execute(insert_new(tx, OutcomeRow).on_conflict_do_nothing(), rows)


def _call(one: _Shown) -> tuple[int, str]:
    return one.call


async def _rates(tx: Tx, verdict_ids: Collection[int]) -> dict[int, DealPolicy]:
    query = select(VerdictRow.id, PolicyRow.body).join(PolicyRow, PolicyRow.hash == VerdictRow.policy_hash)
    rows = await tx.execute(query.where(VerdictRow.id.in_(list(verdict_ids))))
    return {row[0]: row[1] for row in rows}


async def _places(tx: Tx, version_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """The listing of each version, and the slab its token stands for."""
    query = (
        select(VersionRow.id, ListingRow.id, TokenSlabRow.slab_id)
        .join(ListingRow, ListingRow.id == VersionRow.listing_id)
        .join(TokenSlabRow, TokenSlabRow.token_id == ListingRow.token_id)
        .where(VersionRow.id.in_(list(version_ids)), TokenSlabRow.until.is_(None))
    )
    return {row[0]: (row[1], row[2]) for row in await tx.execute(query)}


def _row(one: _Shown, policy: DealPolicy, place: tuple[int, int]) -> dict[str, object]:
    listing_id, slab_id = place
    return {
        "verdict_id": one.verdict_id,
        "tier": one.deal.tier.value,
        "version_id": one.version_id,
        "listing_id": listing_id,
        "slab_id": slab_id,
        "shown_at": one.shown_at,
        "price_usd_micros": one.deal.price_usd_micros,
        "value_usd_micros": one.deal.value_usd_micros,
        "payout_bps": policy.payout_bps,
        "fees_usd_micros": policy.fees_usd_micros,
        "due_at": one.shown_at,
        "sales": 0,
    }
