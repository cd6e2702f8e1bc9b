"""Fan-out: which servers get a post of a deal, and where."""

import secrets
from collections.abc import Sequence
from datetime import datetime

import msgspec

from core.domain.deals import RANK, DealTier, earns
from core.domain.guilds import Guild
from core.domain.posts import DealPost, Destination, Rank
from db import guilds, posts
from db.engine import Tx
from db.listings import Version

NOT_POSTED = frozenset({DealTier.SUSPICIOUS})
_RANKS = {DealTier.GOLD: Rank.GOLD, DealTier.HIGH: Rank.HIGH, DealTier.INFO: Rank.INFO}


class Call(msgspec.Struct, frozen=True):
    """A verdict that earned a tier, and what a post of it would show."""

    verdict_id: int
    policy_hash: str
    version: Version
    deal: DealPost


async def want_posts(tx: Tx, calls: Sequence[Call], now: datetime) -> None:
    """Ask for the posts of these calls in every server that judges by their policies."""
    for call in calls:
        for guild in await guilds.posting_to(tx, call.policy_hash):
            await _want(tx, guild, call, now)


async def _want(tx: Tx, guild: Guild, call: Call, now: datetime) -> None:
    version, deal = call.version, call.deal
    if guild.deals_channel_id is None or version.is_baseline or deal.tier in NOT_POSTED:
        return
    last = await posts.last_of_listing(tx, version.listing_id, guild.id)
    if isinstance(last, DealPost) and not is_worth_repeating(last, deal, guild.settings.repeat_fall_bps):
        return
    wish = posts.Wish(
        key=f"deal:{guild.id}:{version.id}",
        destination=Destination(guild.deals_channel_id, guild.id),
        payload=deal,
        nonce=secrets.token_hex(12),
        rank=_RANKS.get(deal.tier, Rank.LOOK),
        version_id=version.id,
        verdict_id=call.verdict_id,
    )
    await posts.want(tx, wish, now)


def is_worth_repeating(last: DealPost, deal: DealPost, fall_bps: int) -> bool:
    """A listing is posted again only when its tier rises or its price falls noticeably."""
    if RANK[deal.tier] > RANK[last.tier]:
        return True
    return earns(deal.price_usd_micros, last.price_usd_micros, fall_bps)
