"""Where a deal goes in one server: each rule as a table, boundaries included."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from core.domain.deals import DealTier
from core.domain.fanout import IntoDigest, Last, Nothing, Place, Send, Silence, is_news, place, posts_max
from core.domain.guilds import QuietHours, ServerSettings
from core.domain.posts import Rank
from tests.cogs.deal_posts import DOLLAR, a_deal

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
DEALS, TRACE, LOOKS, ROLE = 11, 22, 33, 44
GOLD, HIGH, INFO, LOOK = DealTier.GOLD, DealTier.HIGH, DealTier.INFO, DealTier.LOOK
DOUBTFUL, SUSPICIOUS = DealTier.UNDETERMINED, DealTier.SUSPICIOUS
SETTINGS = ServerSettings(
    channel_id=DEALS, trace_channel_id=TRACE, ping_roles=dict.fromkeys(DealTier, ROLE), posts_per_hour=20
)
NIGHT = QuietHours(12 * 60, 7 * 60)
HOUR_ENDS_AT = NOW.replace(hour=13, minute=0)
NIGHT_ENDS_AT = NOW.replace(day=2, hour=7, minute=0)


def placed(
    tier: DealTier,
    *,
    shown: int = 0,
    last: Last | None = None,
    price: float = 80,
    deal: dict[str, Any] | None = None,
    **chosen: Any,
) -> Place:
    what = a_deal(tier=tier, price_usd_micros=round(price * DOLLAR), **(deal or {}))
    settings = msgspec.structs.replace(SETTINGS, **chosen)
    return place(what, settings, last, {settings.channel_of(tier) or 0: shown}, NOW)


@pytest.mark.parametrize(
    ("tier", "where"),
    [
        (GOLD, Send(DEALS, Rank.GOLD, ROLE)),
        (HIGH, Send(DEALS, Rank.HIGH, ROLE)),
        (INFO, Send(DEALS, Rank.INFO)),
        (LOOK, Send(DEALS, Rank.LOOK)),
        (DOUBTFUL, Send(DEALS, Rank.LOOK)),
        (SUSPICIOUS, Send(TRACE, Rank.LOOK)),
    ],
)
def test_only_the_two_best_tiers_ping_and_the_too_good_goes_to_the_trace_channel(
    tier: DealTier, where: Send
) -> None:
    assert placed(tier) == where


def test_a_tier_may_have_a_channel_of_its_own_or_none() -> None:
    assert placed(LOOK, tier_channels={LOOK: LOOKS}) == Send(LOOKS, Rank.LOOK)
    assert placed(INFO, tier_channels={LOOK: LOOKS}) == Send(DEALS, Rank.INFO)
    assert placed(SUSPICIOUS, trace_channel_id=None) == Nothing(Silence.NO_CHANNEL)
    assert placed(GOLD, channel_id=None) == Nothing(Silence.NO_CHANNEL)


@pytest.mark.parametrize("old_news", ["was_open_before", "was_revised"])
def test_what_is_no_news_pings_nobody(old_news: str) -> None:
    assert placed(GOLD, deal={old_news: True}) == Send(DEALS, Rank.GOLD)


@pytest.mark.parametrize(("seen_ago_s", "is_it"), [(-60, True), (0, True), (900, True), (901, False)])
def test_a_deal_is_news_for_a_quarter_of_an_hour_after_it_was_seen(seen_ago_s: float, is_it: bool) -> None:
    seen = a_deal()
    assert is_news(seen, seen.observed_at + timedelta(seconds=seen_ago_s)) is is_it


@pytest.mark.parametrize(
    ("tier", "in_an_hour"),
    [(GOLD, None), (HIGH, 19), (INFO, 15), (LOOK, 10), (DOUBTFUL, 10), (SUSPICIOUS, 19)],
)
def test_look_yields_first_then_info_then_high_and_gold_never(tier: DealTier, in_an_hour: int | None) -> None:
    assert posts_max(tier, 20) == in_an_hour
    if in_an_hour is None:
        assert placed(tier, shown=1_000) == Send(DEALS, Rank.GOLD, ROLE)
        return
    assert isinstance(placed(tier, shown=in_an_hour - 1), Send)
    channel = TRACE if tier is SUSPICIOUS else DEALS
    assert placed(tier, shown=in_an_hour) == IntoDigest(channel, HOUR_ENDS_AT)


@pytest.mark.parametrize("posts_per_hour", range(1, 61))
def test_an_hour_never_has_more_than_its_posts_with_the_digest_among_them(posts_per_hour: int) -> None:
    shares = [posts_max(tier, posts_per_hour) for tier in (LOOK, INFO, HIGH)]
    most = [share for share in shares if share is not None]
    assert most == sorted(most)
    assert most[-1] + 1 == posts_per_hour


def test_one_post_an_hour_is_one_digest_an_hour_and_gold() -> None:
    assert isinstance(placed(HIGH, posts_per_hour=1), IntoDigest)
    assert isinstance(placed(GOLD, posts_per_hour=1), Send)


@pytest.mark.parametrize(
    ("tier", "where"),
    [
        (GOLD, Send(DEALS, Rank.GOLD, ROLE)),
        (HIGH, Send(DEALS, Rank.HIGH)),
        (INFO, IntoDigest(DEALS, NIGHT_ENDS_AT)),
        (LOOK, IntoDigest(DEALS, NIGHT_ENDS_AT)),
        (DOUBTFUL, IntoDigest(DEALS, NIGHT_ENDS_AT)),
        (SUSPICIOUS, IntoDigest(TRACE, NIGHT_ENDS_AT)),
    ],
)
def test_at_night_gold_comes_with_its_ping_high_without_and_the_rest_in_the_morning(
    tier: DealTier, where: Place
) -> None:
    assert placed(tier, quiet=NIGHT) == where


def test_what_has_no_room_at_night_waits_for_the_morning_too() -> None:
    assert placed(HIGH, quiet=NIGHT, shown=19) == IntoDigest(DEALS, NIGHT_ENDS_AT)


def before(tier: DealTier = GOLD, *, minutes: float = 60, price: float = 80) -> Last:
    return Last(tier, round(price * DOLLAR), NOW - timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("last", "tier", "price", "is_shown"),
    [
        (before(), GOLD, 80, False),
        (before(), GOLD, 76, True),
        (before(), GOLD, 76.01, False),
        (before(minutes=59), GOLD, 40, False),
        (before(), LOOK, 76, True),
        (before(LOOK, minutes=0), INFO, 80, True),
        (before(DOUBTFUL, minutes=0), LOOK, 90, True),
        (before(DOUBTFUL), SUSPICIOUS, 80, False),
        (before(GOLD), HIGH, 80, False),
    ],
)
def test_a_listing_is_shown_again_when_its_tier_rose_or_it_fell_by_five_per_cent_after_an_hour(
    last: Last, tier: DealTier, price: float, is_shown: bool
) -> None:
    where = placed(tier, price=price, last=last)
    assert isinstance(where, Send) if is_shown else where == Nothing(Silence.REPEATED)


def test_a_server_chooses_when_a_listing_is_shown_again() -> None:
    chosen: dict[str, Any] = {"repeat_fall_bps": 1_000, "repeat_after_minutes": 5}
    assert isinstance(placed(GOLD, price=72, last=before(minutes=5), **chosen), Send)
    assert isinstance(placed(GOLD, price=76, last=before(minutes=5), **chosen), Nothing)
