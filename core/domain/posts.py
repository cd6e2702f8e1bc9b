"""Posts as desired state: small versioned values that the publisher renders."""

from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

import msgspec

from core.domain.catalog import Grade, Grader
from core.domain.deals import DealTier
from core.domain.follows import FollowMorePost, FollowPost
from core.domain.listings import Reported, Venue
from core.domain.money import Amount
from core.domain.notices import NoticePost, TracePost
from core.domain.operations import SourceHealth
from core.domain.revaluations import RevaluationPost
from core.domain.valuation import Evidence

TRIED_FOR = timedelta(hours=24)
"""So long a try after the other may fail of what passes by itself, before a post is given up."""
TRIES_MIN = 20
"""And so often: a day in which nobody tried, because everything was down, is no day of trying."""


class Rank(IntEnum):
    """Lower goes first; edits of old messages come last."""

    GOLD = 0
    HIGH = 10
    INFO = 20
    LOOK = 30
    OPEN_BEFORE = 32
    DIGEST = 35
    CHART = 38
    CLOSING = 40


class PostState(StrEnum):
    """Where a post stands."""

    WANTED = "wanted"
    SHOWN = "shown"
    PARKED = "parked"
    """Given up until an operator says otherwise."""
    WITHDRAWN = "withdrawn"
    """Over before anybody saw it."""


class Destination(msgspec.Struct, frozen=True):
    """A channel of a server (or of a direct message, without one)."""

    channel_id: int
    guild_id: int | None = None


class Closing(msgspec.Struct, frozen=True):
    """How the listing of a post ended."""

    how: Reported
    at: datetime
    paid: Amount | None = None
    new_ask: Amount | None = None
    """Set when the listing was not closed but repriced."""


class DealPost(msgspec.Struct, frozen=True, tag="deal", tag_field="post"):
    """Everything a deal message shows, as it was when it was decided. Version 1."""

    tier: DealTier
    title: str
    grader: Grader
    grade: Grade
    certificate: str
    mint: str
    venue: Venue
    seller: str
    price: Amount
    price_usd_micros: int
    value_usd_micros: int
    low_usd_micros: int
    high_usd_micros: int
    confidence: int
    discount_bps: int
    net_profit_usd_micros: int
    evidence: tuple[Evidence, ...]
    observed_at: datetime
    listed_at: datetime | None = None
    insured_usd_micros: int | None = None
    image_url: str = ""
    alt_asset_id: str = ""
    missing: tuple[str, ...] = ()
    ping_role_id: int | None = None
    was_open_before: bool = False
    was_revised: bool = False
    """The listing is not new: it was valued anew."""
    closing: Closing | None = None
    silent: tuple[str, ...] = ()
    """Sources that should have had a say in the value and gave no answer."""
    category: str = ""


class DigestLine(msgspec.Struct, frozen=True):
    """As much of a deal as a digest shows."""

    version_id: int
    tier: DealTier
    title: str
    grader: Grader
    grade: Grade
    certificate: str
    mint: str
    venue: Venue
    price: Amount
    price_usd_micros: int
    value_usd_micros: int
    discount_bps: int
    net_profit_usd_micros: int
    closing: Closing | None = None


class DigestPost(msgspec.Struct, frozen=True, tag="digest", tag_field="post"):
    """Deals found since then, best first; `more` were worse than those shown. Version 1."""

    lines: tuple[DigestLine, ...]
    more: int
    since: datetime


Payload = DealPost | DigestPost | NoticePost | TracePost | FollowPost | FollowMorePost | RevaluationPost
"""Everything that can be a message."""


def said_of(payload: Payload, version_id: int) -> DealPost | DigestLine | None:
    """What a message about a version says of it; None when that is no deal."""
    if isinstance(payload, DigestPost):
        return next((line for line in payload.lines if line.version_id == version_id), None)
    return payload if isinstance(payload, DealPost) else None


def purpose_of(payload: Payload) -> str:
    """The kind of a payload in one word."""
    return str(payload.__struct_config__.tag)


class Post(msgspec.Struct, frozen=True):
    """One post as the publisher sees it. `sent_at` is Discord's own time of the message.

    `maybe_sent` counts the tries that may have made the message, this one included: all that began,
    without those that Discord refused. `first_try_at` is when the first of them began. `tried_since` is
    when the first try began of what is wanted now, whatever became of it.
    """

    id: int
    destination: Destination
    payload: Payload
    nonce: str
    message_id: int | None
    sent_at: datetime | None
    wanted_rev: int
    shown_rev: int
    first_try_at: datetime | None
    attempts: int
    maybe_sent: int = 0
    tried_since: datetime | None = None


def tried_in_vain_for(post: Post, now: datetime) -> timedelta | None:
    """For how long a post was tried that is to be given up; None when it is to be tried again."""
    if post.tried_since is None or post.attempts < TRIES_MIN:
        return None
    tried_for = now - post.tried_since
    return tried_for if tried_for >= TRIED_FOR else None


class Resting(msgspec.Struct, frozen=True):
    """Channels whose turn it is not: for anything, or for edits."""

    channels: frozenset[int] = frozenset()
    edits: frozenset[int] = frozenset()


class DealView(msgspec.Struct, frozen=True):
    """A deal for lists and the API: one listing version that earned a tier under a policy."""

    id: int
    deal: DealPost
    decided_at: datetime
    is_open: bool
    version_id: int = 0


class DealPage(msgspec.Struct, frozen=True):
    """Newest first; `next_before` is the cursor of the following page.

    `has_newer` when it is not the first page; `is_cut` when a narrow search did not look at all of them.
    `waits_for` are the sources that give no answer, while new listings wait for one; `since` is None
    for one that has only just begun to fail.
    """

    items: tuple[DealView, ...]
    next_before: int | None = None
    waits_for: tuple[SourceHealth, ...] = ()
    has_newer: bool = False
    is_cut: bool = False


class BuyState(StrEnum):
    """What a fresh look at the listing found."""

    LIVE = "live"
    REPRICED = "repriced"
    RESOLD = "resold"
    """On sale, but by another seller."""
    MOVED = "moved"
    """On sale by the same seller, but at another marketplace."""
    GONE = "gone"


class BuyCheck(msgspec.Struct, frozen=True):
    """The answer to a press on Buy. `checked_at` is the vendor's own age of the answer.

    `venue` is where the order lives now; None for where the post said.
    """

    deal: DealPost
    state: BuyState
    ask: Amount | None
    ask_usd_micros: int | None
    checked_at: datetime
    venue: Venue | None = None
