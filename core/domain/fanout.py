"""Where a deal goes in one server: into a channel, into its next digest, or nowhere."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from core.domain.deals import PINGS, RANK, DealTier, earns
from core.domain.digests import hour_ends_at, quiet_until
from core.domain.guilds import ServerSettings
from core.domain.posts import DealPost, Rank

SHARES_BPS: dict[DealTier, int] = {
    DealTier.HIGH: 10_000,
    DealTier.INFO: 7_500,
    DealTier.LOOK: 5_000,
    DealTier.UNDETERMINED: 5_000,
    DealTier.SUSPICIOUS: 10_000,
}
"""How much of an hour's posts may be used up when one of this tier is still posted by itself.

So LOOK yields first, then INFO, then HIGH. GOLD is not here: nothing holds it back.
"""
FULL_BPS = 10_000
NEWS_FOR = timedelta(minutes=15)
"""A deal first seen longer ago is posted without a ping: whoever was away that long found the market old."""
AT_ONCE = frozenset({DealTier.GOLD, DealTier.HIGH})
"""What quiet hours do not hold back."""
RANKS = {
    DealTier.GOLD: Rank.GOLD,
    DealTier.HIGH: Rank.HIGH,
    DealTier.INFO: Rank.INFO,
    DealTier.LOOK: Rank.LOOK,
    DealTier.UNDETERMINED: Rank.LOOK,
    DealTier.SUSPICIOUS: Rank.LOOK,
}


class Silence(StrEnum):
    """Why a server hears nothing of a deal."""

    NO_CHANNEL = "no_channel"
    REPEATED = "repeated"


class Last(msgspec.Struct, frozen=True):
    """What a server was last shown, or is about to be shown, of a listing."""

    tier: DealTier
    price_usd_micros: int
    at: datetime


class Send(msgspec.Struct, frozen=True):
    """A post of its own; `role_id` is pinged."""

    channel_id: int
    rank: Rank
    role_id: int | None = None


class IntoDigest(msgspec.Struct, frozen=True):
    """A line of the channel's digest, which is made at that time."""

    channel_id: int
    until: datetime


class Nothing(msgspec.Struct, frozen=True):
    """No post."""

    because: Silence


Place = Send | IntoDigest | Nothing


def place(
    deal: DealPost,
    settings: ServerSettings,
    last: Last | None,
    shown_in_hour: Mapping[int, int],
    now: datetime,
) -> Place:
    """Where the deal goes. `shown_in_hour` counts the deals of the last hour, by channel."""
    channel_id = settings.channel_of(deal.tier)
    if channel_id is None:
        return Nothing(Silence.NO_CHANNEL)
    if last is not None and not is_worth_repeating(last, deal, settings, now):
        return Nothing(Silence.REPEATED)
    quiet_ends_at = quiet_until(settings.quiet, now)
    is_held = quiet_ends_at is not None and deal.tier not in AT_ONCE
    if is_held or not _has_room(deal.tier, settings, shown_in_hour.get(channel_id, 0)):
        return IntoDigest(channel_id, quiet_ends_at or hour_ends_at(channel_id, now))
    return Send(channel_id, RANKS[deal.tier], _role(deal, settings, is_quiet=quiet_ends_at is not None))


def is_worth_repeating(last: Last, deal: DealPost | Last, settings: ServerSettings, now: datetime) -> bool:
    """A listing is posted again when its tier rises, or when it fell noticeably after a while.

    What is far ahead of now was shown while the clock was wrong, and is no hindrance.
    """
    if RANK[deal.tier] > RANK[last.tier]:
        return True
    is_cool = abs(now - last.at) >= timedelta(minutes=settings.repeat_after_minutes)
    return is_cool and earns(deal.price_usd_micros, last.price_usd_micros, settings.repeat_fall_bps)


def is_news(deal: DealPost, now: datetime) -> bool:
    """Whether somebody may be pinged for a deal that is shown only now."""
    return now - deal.observed_at <= NEWS_FOR


def posts_max(tier: DealTier, posts_per_hour: int) -> int | None:
    """How many deals a channel has in an hour when one of the tier still gets a post; None for any number.

    One post of each hour is kept for the digest.
    """
    if tier not in SHARES_BPS:
        return None
    return -(-(posts_per_hour - 1) * SHARES_BPS[tier] // FULL_BPS)


def _has_room(tier: DealTier, settings: ServerSettings, shown: int) -> bool:
    most = posts_max(tier, settings.posts_per_hour)
    return most is None or shown < most


def _role(deal: DealPost, settings: ServerSettings, *, is_quiet: bool) -> int | None:
    """Who is pinged. At night only for GOLD; never for what is no news."""
    if deal.tier not in PINGS or deal.was_open_before or deal.was_revised:
        return None
    if is_quiet and deal.tier is not DealTier.GOLD:
        return None
    return settings.ping_roles.get(deal.tier)
