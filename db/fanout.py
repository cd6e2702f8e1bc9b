"""What fan-out must know of a whole batch of deals, a query each: who was shown what, and how much."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, select

from core.domain.deals import DealTier
from core.domain.fanout import Last
from core.domain.posts import DealPost, PostState
from db.digests import DigestLineRow
from db.engine import Tx
from db.listings import ListingRow, VersionRow
from db.posts import PostRow

_SHOWN_OR_WILL_BE = (PostState.WANTED.value, PostState.SHOWN.value)
_WAS_SHOWN_OR_WILL_BE = PostRow.first_try_at.is_not(None) | PostRow.state.in_(_SHOWN_OR_WILL_BE)
"""Not a post that was withdrawn, or parked, before anybody saw it."""
HOUR = timedelta(hours=1)
_DEAL, _TRACE = "deal", "trace"
LastShown = dict[tuple[int, int], Last]
"""By (server, listing)."""


async def last_shown(tx: Tx, listing_ids: Collection[int]) -> LastShown:
    """What each server was last shown, or is about to be shown, of these listings."""
    shown = await _last_posts(tx, listing_ids)
    for place, line in (await _last_lines(tx, listing_ids)).items():
        if place not in shown or shown[place].at <= line.at:
            shown[place] = line
    return shown


async def shown_lately(tx: Tx, now: datetime) -> Counter[int]:
    """How many listings had, or will have, a post of their own in the hour before, by channel.

    What is dated far ahead was asked for while the clock was wrong.
    """
    query = (
        select(PostRow.channel_id, func.count())
        .where(PostRow.created_at > now - HOUR, PostRow.created_at < now + HOUR)
        .where(PostRow.purpose.in_((_DEAL, _TRACE)))
        .where(PostRow.state.in_(_SHOWN_OR_WILL_BE))
        .group_by(PostRow.channel_id)
    )
    return Counter({row[0]: row[1] for row in await tx.execute(query)})


async def _last_posts(tx: Tx, listing_ids: Collection[int]) -> LastShown:
    newest = (
        select(func.max(PostRow.id))
        .join(VersionRow, VersionRow.id == PostRow.version_id)
        .where(VersionRow.listing_id.in_(listing_ids), PostRow.purpose == _DEAL)
        .where(_WAS_SHOWN_OR_WILL_BE)
        .group_by(PostRow.guild_id, VersionRow.listing_id)
    )
    query = (
        select(PostRow.guild_id, VersionRow.listing_id, PostRow.payload, PostRow.created_at)
        .join(VersionRow, VersionRow.id == PostRow.version_id)
        .where(PostRow.id.in_(newest))
    )
    found: LastShown = {}
    for guild_id, listing_id, deal, at in await tx.execute(query):
        if isinstance(deal, DealPost) and guild_id is not None:
            found[guild_id, listing_id] = Last(deal.tier, deal.price_usd_micros, at)
    return found


async def _last_lines(tx: Tx, listing_ids: Collection[int]) -> LastShown:
    """The same in digests; a line that waits counts while its version is the listing's state."""
    waits = DigestLineRow.post_id.is_(None)
    will_be = (ListingRow.version_id == DigestLineRow.version_id) & ListingRow.is_open
    query = (
        select(DigestLineRow.guild_id, VersionRow.listing_id, DigestLineRow.tier)
        .add_columns(DigestLineRow.price_usd_micros, DigestLineRow.created_at)
        .join(VersionRow, VersionRow.id == DigestLineRow.version_id)
        .join(ListingRow, ListingRow.id == VersionRow.listing_id)
        .outerjoin(PostRow, PostRow.id == DigestLineRow.post_id)
        .where(VersionRow.listing_id.in_(listing_ids), _WAS_SHOWN_OR_WILL_BE | (waits & will_be))
        .order_by(DigestLineRow.id)
    )
    rows = await tx.execute(query)
    return {(row[0], row[1]): Last(DealTier(row.tier), row.price_usd_micros, row.created_at) for row in rows}
