"""What happened, as stored facts; and the live bus that only wakes readers after a commit."""

import asyncio
from enum import StrEnum

import msgspec

from core.domain.deals import DealTier, Reason
from core.domain.listings import Reported
from core.domain.money import Amount


class ListingOpened(msgspec.Struct, frozen=True, tag="listing.opened"):
    """A token went on sale, or to another price within its stay (`is_repriced`)."""

    version_id: int
    mint: str
    ask: Amount
    is_repriced: bool
    is_baseline: bool


class ListingClosed(msgspec.Struct, frozen=True, tag="listing.closed"):
    """A listing is no longer on sale."""

    listing_id: int
    mint: str
    how: Reported


class DealFound(msgspec.Struct, frozen=True, tag="deal.found"):
    """A version earned a tier under a policy."""

    verdict_id: int
    version_id: int
    mint: str
    tier: DealTier
    discount_bps: int


class ListingRejected(msgspec.Struct, frozen=True, tag="listing.rejected"):
    """A version earned nothing under a policy, and why."""

    verdict_id: int
    version_id: int
    mint: str
    reason: Reason


class VerdictRevised(msgspec.Struct, frozen=True, tag="verdict.revised"):
    """A version was valued anew, and earns another tier under a policy; None for none."""

    verdict_id: int
    version_id: int
    mint: str
    tier: DealTier | None
    discount_bps: int | None


class PostShown(msgspec.Struct, frozen=True, tag="post.shown"):
    """Discord has a post."""

    post_id: int
    message_id: int
    is_new: bool


Event = ListingOpened | ListingClosed | DealFound | ListingRejected | VerdictRevised | PostShown


class Topic(StrEnum):
    """What a reader can wait for."""

    WORK = "work"
    POSTS = "posts"
    EVENTS = "events"
    HINTS = "hints"
    LISTINGS = "listings"
    RECHECKS = "rechecks"


class Bus:
    """Wakes whoever waits for a topic. Carries nothing: the truth is in the database."""

    def __init__(self) -> None:
        self._waiting: dict[Topic, set[asyncio.Event]] = {topic: set() for topic in Topic}

    def wake(self, *topics: Topic) -> None:
        """Call after the commit, never inside the transaction."""
        for topic in topics:
            for waiter in self._waiting[topic]:
                waiter.set()

    def waiter(self, topic: Topic) -> asyncio.Event:
        """An event that is set at every wake until `forget` is called with it."""
        waiter = asyncio.Event()
        self._waiting[topic].add(waiter)
        return waiter

    def forget(self, topic: Topic, waiter: asyncio.Event) -> None:
        self._waiting[topic].discard(waiter)
