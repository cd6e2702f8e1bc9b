"""The way of a listing through the line, as our rows tell it: reports, prices, value, verdict, posts, end."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from core.domain.catalog import SlabFacts
from core.domain.deals import DealPolicy, DealTier, Reason
from core.domain.guilds import ServerSettings
from core.domain.listings import Mint, Reported, Venue
from core.domain.money import Amount
from core.domain.posts import PostState
from core.domain.quarantine import Suspicion
from core.domain.valuation import Valuation


class Told(msgspec.Struct, frozen=True):
    """One report: who said what of the listing, and what that changed (a Step)."""

    source: str
    said: Reported
    effective_at: datetime
    seen_at: datetime
    changed: str


class Former(msgspec.Struct, frozen=True):
    """What a verdict was from then on, until it was revised."""

    tier: DealTier | None
    reason: Reason | None
    discount_bps: int | None
    decided_at: datetime


class Judged(msgspec.Struct, frozen=True):
    """What the policy made of a version: a tier or a reason. `ours_ms` runs from sight to verdict."""

    tier: DealTier | None
    reason: Reason | None
    discount_bps: int | None
    verified_by: str
    decided_at: datetime
    ours_ms: int
    revised_at: datetime | None = None
    valuation: Valuation | None = None
    before: tuple[Former, ...] = ()
    """Newest first."""


class Waiting(msgspec.Struct, frozen=True):
    """A version that has no verdict yet, and why it has to wait; parked for an operator when `parked_at`."""

    since: datetime
    next_try_at: datetime
    attempts: int
    parked_at: datetime | None
    because: str


class Held(msgspec.Struct, frozen=True):
    """A price that could not be meant; `released_by` names who vouched for it, None while it is held."""

    suspicion: Suspicion
    held_at: datetime
    released_at: datetime | None
    released_by: str | None


class ShownAs(msgspec.Struct, frozen=True):
    """A post about a version in the server that asks. `sent_at` is Discord's time, None before it is sent.

    It shows the version as `tier` (None for what is no call). `policy` made it that, where that was
    another one than the server judges by now.
    """

    post_id: int
    channel_id: int
    guild_id: int | None
    message_id: int | None
    state: PostState
    wanted_at: datetime
    sent_at: datetime | None
    because: str = ""
    is_digest: bool = False
    tier: DealTier | None = None
    discount_bps: int | None = None
    policy: DealPolicy | None = None

    def agrees(self, judged: Judged | None) -> bool:
        """Whether it shows what the version is judged to be now."""
        if self.tier is None:
            return True
        return judged is not None and (self.tier, self.discount_bps) == (judged.tier, judged.discount_bps)


class Unposted(StrEnum):
    """Why the server that asks was shown nothing of a call, as far as its settings of now tell."""

    NO_CHANNEL = "no_channel"
    HIDDEN = "hidden"
    NO_TRACE_CHANNEL = "no_trace_channel"
    PAUSED = "paused"
    REPEATED = "repeated"
    TOO_LATE = "too_late"


class VersionTrace(msgspec.Struct, frozen=True):
    """One price of a listing, from when we saw it to its end.

    `is_judged` by any policy at all; `judged` by the one that is asked for. `digest_at` is when the digest is
    due in which the server that asks will see it, `unposted` why it is shown nothing of a call.
    """

    id: int
    n: int
    ask: Amount
    source: str
    listed_at: datetime | None
    first_seen_at: datetime
    last_seen_live_at: datetime
    ended_at: datetime | None
    is_baseline: bool
    is_judged: bool = False
    judged: Judged | None = None
    waiting: Waiting | None = None
    held: Held | None = None
    posts: tuple[ShownAs, ...] = ()
    digest_at: datetime | None = None
    unposted: Unposted | None = None


class ListingTrace(msgspec.Struct, frozen=True):
    """One seller's offer: its newest prices and reports first."""

    venue: Venue
    seller: str
    is_open: bool
    closed_as: Reported | None
    state_at: datetime
    versions: tuple[VersionTrace, ...]
    told: tuple[Told, ...]


class Trace(msgspec.Struct, frozen=True):
    """Everything of one token, judged by the policy of the server that asks; the newest listing first.

    `is_servers`: by a server's own settings, not by the default ones.
    """

    mint: Mint | None
    slab: SlabFacts | None
    policy: DealPolicy
    listings: tuple[ListingTrace, ...] = ()
    is_servers: bool = True


def with_silence(listing: ListingTrace, settings: ServerSettings, paused: Collection[int]) -> ListingTrace:
    """The listing with why each call of it has no post. `paused`: channels where posting rests."""
    versions = [
        msgspec.structs.replace(one, unposted=_unposted(one, listing.versions, settings, paused))
        for one in listing.versions
    ]
    return msgspec.structs.replace(listing, versions=tuple(versions))


def _unposted(
    version: VersionTrace,
    all_of_it: Sequence[VersionTrace],
    settings: ServerSettings,
    paused: Collection[int],
) -> Unposted | None:
    tier = None if version.judged is None else version.judged.tier
    if tier is None or version.is_baseline or version.posts or version.digest_at:
        return None
    if settings.channel_id is None:
        return Unposted.NO_CHANNEL
    if tier in settings.tiers_hidden:
        return Unposted.HIDDEN
    channel_id = settings.channel_of(tier)
    if channel_id is None:
        return Unposted.NO_TRACE_CHANNEL
    if channel_id in paused:
        return Unposted.PAUSED
    was_shown = any(_is_shown(one) for one in all_of_it if one.n < version.n)
    return Unposted.REPEATED if was_shown else Unposted.TOO_LATE


def _is_shown(version: VersionTrace) -> bool:
    is_posted = any(post.state is not PostState.WITHDRAWN for post in version.posts)
    return is_posted or version.digest_at is not None
