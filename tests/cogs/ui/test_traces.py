"""The story of a listing as people read it: each price with its verdict, its posts and its end."""

from datetime import timedelta
from typing import Any

import discord
import msgspec
import pytest

from cogs.ui.traces import trace_embed
from core.domain.deals import DEFAULT_POLICY, Deal, DealPolicy, DealTier, Reason, Rejection, TierRule
from core.domain.listings import Mint, Reported
from core.domain.posts import PostState
from core.domain.quarantine import Asked, Doubt, Suspicion
from core.domain.traces import (
    Former,
    Held,
    ListingTrace,
    ShownAs,
    Told,
    Trace,
    Unposted,
    VersionTrace,
    Waiting,
)
from tests.cogs.deal_posts import DOLLAR, MINT, NOW
from tests.cogs.ui.looks import a_line, a_slab, a_version

GOLD = Deal(DealTier.GOLD, 5_000, 1)
POSTED = ShownAs(7, 5, 50, 9, PostState.SHOWN, NOW, NOW)


def embed_of(*listings: ListingTrace) -> discord.Embed:
    return trace_embed(Trace(Mint(MINT), a_slab(), DEFAULT_POLICY, listings), now=NOW)


def story(version: VersionTrace) -> list[str]:
    (told, _) = embed_of(a_line(version)).fields
    return str(told.value).split("\n")


def test_a_posted_deal_is_told_in_the_order_of_events() -> None:
    told = story(a_version(GOLD, posts=(POSTED,)))
    at = int((NOW - timedelta(seconds=10)).timestamp())
    assert told == [
        f"Seen <t:{at}:R>, told by Collector Crypt, 0.8 s after it was listed",
        "**GOLD**: 50 % under its value; 30 % under is asked for "
        "(decided 0.4 s after it was seen, what it is was told by Collector Crypt)",
        "Worth **$160.00** ($150.00 – $180.00), confidence 82 of 100",
        f"-# ALT: **$160.00** · confidence 82 · said <t:{int(NOW.timestamp())}:R>",
        "Posted in <#5> 11 s after it was listed: [post 7](https://discord.com/channels/50/5/9)",
    ]


WAITING = Waiting(NOW - timedelta(minutes=5), NOW, 3, None, "alt: POST /Cert: HTTP 503")


@pytest.mark.parametrize(
    ("because", "says"),
    [
        ("alt: POST /Cert: HTTP 503", "Waits after 3 tries: ALT does not answer"),
        ("not yet: alt: HTTP 429", "Waits after 3 tries: ALT asks us to wait"),
        ("rates: no rate for lamports", "no fresh rate of its currency is known"),
        ("ZeroDivisionError('secret')", "Waits after 3 tries: a fault of ours"),
        ("", "Waits for its turn, for 5 m"),
    ],
)
def test_who_it_waits_for_is_said_without_the_words_of_a_fault(because: str, says: str) -> None:
    told = story(a_version(waiting=msgspec.structs.replace(WAITING, because=because)))
    assert told[1] == "No verdict yet"
    assert says in told[2]
    assert "secret" not in told[2]


def test_what_was_given_up_waits_for_an_operator() -> None:
    told = story(a_version(waiting=msgspec.structs.replace(WAITING, parked_at=NOW, because="boom")))
    assert "**Given up**" in told[2]
    assert told[2].endswith("until an operator queues it again: a fault of ours")


@pytest.mark.parametrize(
    ("otherwise", "says"),
    [
        ({"ended_at": NOW}, "No verdict: it was over before its turn came"),
        ({"is_judged": True}, "Not judged by the settings of this server"),
        ({"first_seen_at": NOW - timedelta(hours=25)}, "away for a whole day"),
        ({}, "No verdict is known"),
    ],
)
def test_a_missing_verdict_has_its_reason(otherwise: dict[str, Any], says: str) -> None:
    assert says in story(a_version(**otherwise))[1]


@pytest.mark.parametrize(
    ("post", "says"),
    [
        (msgspec.structs.replace(POSTED, is_digest=True), "Stood in a digest in <#5> 11 s after it was"),
        (
            msgspec.structs.replace(POSTED, sent_at=None, state=PostState.WITHDRAWN),
            "posting there was paused or ended; `/setup` says why",
        ),
        (
            msgspec.structs.replace(POSTED, sent_at=None, state=PostState.PARKED, because="Forbidden"),
            "Could not be posted in <#5>: Forbidden",
        ),
        (msgspec.structs.replace(POSTED, sent_at=None, state=PostState.WANTED), "Is to be posted in <#5>"),
    ],
)
def test_what_became_of_a_post_is_told(post: ShownAs, says: str) -> None:
    assert says in story(a_version(GOLD, posts=(post,)))[-1]


THEN = DealPolicy(tiers=(TierRule(DealTier.GOLD, 4_000), TierRule(DealTier.HIGH, 2_500)))
HIGH = Deal(DealTier.HIGH, 3_400, 1)


@pytest.mark.parametrize(
    ("otherwise", "says"),
    [
        (
            {},
            "Posted as **GOLD** (as it was valued then: 50 % under) in <#5> 11 s after it was listed: [post",
        ),
        (
            {"policy": THEN},
            "Posted as **GOLD** (by the settings of then: 50 % under its value; 40 % under is asked for) "
            "in <#5>",
        ),
        (
            {"policy": THEN, "is_digest": True, "tier": DealTier.LOOK, "discount_bps": 3_400},
            "Stood in a digest as **LOOK** (by the settings of then: 34 % under its value; not sure enough "
            "for a call (confidence 60 is asked for)) in <#5>",
        ),
        ({"message_id": None, "policy": THEN}, "Is to be posted as **GOLD** (by the settings of then: 50 %"),
        (
            {"message_id": None, "state": PostState.PARKED, "because": "Forbidden"},
            "Could not be posted as **GOLD** (as it was valued then: 50 % under) in <#5>: Forbidden",
        ),
    ],
)
@pytest.mark.parametrize("today", [HIGH, Rejection(Reason.KEYWORD), None])
def test_a_post_that_shows_another_call_than_today_is_told_as_what_it_shows(
    otherwise: dict[str, Any], says: str, today: Deal | Rejection | None
) -> None:
    post = msgspec.structs.replace(POSTED, **{"tier": DealTier.GOLD, "discount_bps": 5_000} | otherwise)
    assert story(a_version(today, is_judged=True, posts=(post,)))[-1].startswith(says)


@pytest.mark.parametrize("policy", [THEN, None])
def test_a_post_that_shows_what_holds_today_needs_no_further_word(policy: DealPolicy | None) -> None:
    post = msgspec.structs.replace(POSTED, tier=GOLD.tier, discount_bps=GOLD.discount_bps, policy=policy)
    assert story(a_version(GOLD, posts=(post,)))[-1].startswith("Posted in <#5>")


def test_a_post_that_came_too_late_for_its_listing_was_over_before_anybody_saw_it() -> None:
    withdrawn = msgspec.structs.replace(POSTED, sent_at=None, state=PostState.WITHDRAWN)
    assert "over before anybody saw it" in story(a_version(GOLD, posts=(withdrawn,), ended_at=NOW))[-2]


def test_what_a_verdict_was_before_is_told_below_it() -> None:
    version = a_version(GOLD)
    assert version.judged is not None
    former = (Former(DealTier.INFO, None, 1_875, NOW), Former(None, Reason.NO_VALUE, None, NOW))
    judged = msgspec.structs.replace(version.judged, revised_at=NOW, before=former)
    at = int(NOW.timestamp())
    told = story(msgspec.structs.replace(version, judged=judged))
    assert f"valued anew <t:{at}:R>" in told[1]
    assert told[2:4] == [
        f"-# Before that: INFO, 18.75 % under, since <t:{at}:R>",
        f"-# Before that: No deal, since <t:{at}:R>",
    ]


def test_a_deal_that_waits_for_its_digest_says_when_that_is() -> None:
    at = int(NOW.timestamp())
    assert story(a_version(GOLD, digest_at=NOW))[-1] == f"Waits for the digest of <t:{at}:R>"


@pytest.mark.parametrize("because", Unposted)
def test_a_call_without_a_post_says_why_and_where_that_is_changed(because: Unposted) -> None:
    told = story(a_version(GOLD, unposted=because))[-1]
    assert told.startswith("Not posted")
    assert "`/se" in told or because is Unposted.TOO_LATE


def test_outside_of_a_server_it_is_said_whose_settings_judged() -> None:
    alone = Trace(Mint(MINT), a_slab(), DEFAULT_POLICY, (a_line(a_version(GOLD)),), is_servers=False)
    assert "default settings" in str(trace_embed(alone, now=NOW).footer.text)


def test_a_price_in_quarantine_is_told_with_what_it_was_held_against() -> None:
    suspicion = Suspicion(Doubt.MAGNITUDE, Asked(DOLLAR), 160 * DOLLAR, is_against_value=True)
    held = Held(suspicion, NOW, None, None)
    result = Rejection(Reason.QUARANTINED)
    assert "1/160 of its value cannot be meant" in story(a_version(result, held=held))[1]
    freed = msgspec.structs.replace(held, released_at=NOW, released_by="ada")
    assert story(a_version(GOLD, held=freed))[1].endswith("until ada vouched for it")


def test_listings_stand_below_each_other_and_the_open_one_first() -> None:
    sold = a_line(a_version(GOLD), is_open=False, closed_as=Reported.SOLD)
    text = (embed_of(a_line(a_version(GOLD)), sold).description or "").split("\n")
    assert text[0] == "**On sale** at Collector Crypt, by `seller`"
    assert text[1].startswith("Sold <t:")


def test_a_token_that_was_never_on_sale_says_so() -> None:
    assert embed_of().description == "I know the token, but never saw it on sale."


def test_a_long_story_is_cut_and_fits() -> None:
    told = tuple(Told("x" * 200, Reported.LISTED, NOW, NOW, "`@everyone`") for _ in range(40))
    posts = tuple(
        msgspec.structs.replace(POSTED, because="@everyone " * 100, sent_at=None) for _ in range(30)
    )
    versions = tuple(a_version(GOLD, n=n, posts=posts) for n in range(10))
    embed = embed_of(*(a_line(*versions, told=told) for _ in range(5)))
    assert len(embed) <= 6_000
    assert all(len(field.value or "") <= 1_024 for field in embed.fields)
    assert "@everyone" not in str(embed.to_dict())
