"""What servers chose steers what they are shown, from a listing through its verdict to the post."""

from typing import Any

import msgspec
import pytest

from core.domain.catalog import Grader
from core.domain.deals import DEFAULT_POLICY, DealTier, Reason, TierRule
from core.domain.guilds import QuietHours, ServerSettings
from core.domain.money import USD_MICROS
from db.deals import VerdictRow
from db.digests import DigestLineRow
from db.posts import PostRow
from tests.services.house import CHANNEL, House
from tests.services.reports import SELLER, by_alt, listed

pytestmark = pytest.mark.slow

GOLD, HIGH, INFO, LOOK, SUSPICIOUS = (
    DealTier.GOLD,
    DealTier.HIGH,
    DealTier.INFO,
    DealTier.LOOK,
    DealTier.SUSPICIOUS,
)
ELSEWHERE, ROLE, OTHER_ROLE = 9_000, 70, 71
ALL_DAY = QuietHours(0, 24 * 60 - 1)
Chosen = dict[str, Any]


def tiers(gold: int, high: int, info: int, *least_usd: int | None) -> tuple[TierRule, ...]:
    least = [None if usd is None else usd * USD_MICROS for usd in (*least_usd, None, None, None)]
    return TierRule(GOLD, gold, least[0]), TierRule(HIGH, high, least[1]), TierRule(INFO, info, least[2])


SHOWN: list[tuple[Chosen, Chosen, tuple[DealTier, int, int | None]]] = [
    ({}, {}, (GOLD, CHANNEL, None)),
    ({}, {"ping_roles": {GOLD: ROLE, HIGH: OTHER_ROLE}}, (GOLD, CHANNEL, ROLE)),
    ({}, {"tier_channels": {GOLD: ELSEWHERE}}, (GOLD, ELSEWHERE, None)),
    ({"keywords_blocked": ("anniv",)}, {"tier_channels": {GOLD: ELSEWHERE}}, (GOLD, ELSEWHERE, None)),
    ({}, {"quiet": ALL_DAY, "ping_roles": {GOLD: ROLE}}, (GOLD, CHANNEL, ROLE)),
    ({"tiers": tiers(6_000, 5_000, 1_500)}, {"ping_roles": {HIGH: ROLE}}, (HIGH, CHANNEL, ROLE)),
    ({"tiers": tiers(7_000, 6_000, 5_000)}, {"tier_channels": {INFO: ELSEWHERE}}, (INFO, ELSEWHERE, None)),
    ({"confidence_min": 81}, {"tiers_hidden": (GOLD, HIGH, INFO)}, (LOOK, CHANNEL, None)),
    ({"tiers": tiers(3_000, 2_000, 1_500, 56)}, {}, (GOLD, CHANNEL, None)),
    ({"tiers": tiers(3_000, 2_000, 1_500, 56), "fees_usd_micros": 1}, {}, (HIGH, CHANNEL, None)),
    ({"tiers": tiers(3_000, 2_000, 1_500, 80), "payout_bps": 10_000}, {}, (GOLD, CHANNEL, None)),
    ({"tiers": tiers(3_000, 2_000, 1_500, 80), "payout_bps": 9_999}, {}, (HIGH, CHANNEL, None)),
    (
        {"price_min_usd_micros": 80 * USD_MICROS, "price_max_usd_micros": 80 * USD_MICROS + 1},
        {},
        (GOLD, CHANNEL, None),
    ),
    (
        {"tiers": tiers(4_999, 2_000, 1_500), "suspicious_bps": 5_000},
        {"trace_channel_id": ELSEWHERE, "ping_roles": {GOLD: ROLE}},
        (SUSPICIOUS, ELSEWHERE, None),
    ),
]
"""Where a listing at half its value of 160 goes, by the server's choices: its tier, channel and role."""

LEFT_OUT: list[tuple[Chosen, Reason]] = [
    ({"graders": (Grader.CGC,)}, Reason.GRADER),
    ({"categories": ("Pokemon",)}, Reason.CATEGORY),
    ({"keywords_blocked": ("ANNIVERSARY set",)}, Reason.KEYWORD),
    ({"keywords_blocked": ("anniv*",)}, Reason.KEYWORD),
    ({"sellers_blocked": (SELLER,)}, Reason.SELLER),
    ({"price_min_usd_micros": 80 * USD_MICROS + 1}, Reason.PRICE_WINDOW),
    ({"price_max_usd_micros": 80 * USD_MICROS - 1}, Reason.PRICE_WINDOW),
    ({"tiers": tiers(3_000, 2_000, 1_500, 57, 57, 57)}, Reason.PROFIT),
    ({"tiers": tiers(8_000, 7_000, 5_001)}, Reason.TOO_DEAR),
]

UNHEARD: list[tuple[Chosen, Chosen]] = [
    ({}, {"tiers_hidden": (GOLD,)}),
    ({}, {"channel_id": None, "tier_channels": {GOLD: ELSEWHERE}}),
    ({"suspicious_bps": 5_000, "tiers": tiers(4_999, 2_000, 1_500)}, {}),
    ({"tiers": tiers(7_000, 6_000, 5_000)}, {"quiet": ALL_DAY}),
    ({"tiers": tiers(7_000, 6_000, 5_000)}, {"posts_per_hour": 1}),
]
"""Choices by which the same listing is no post; the last two have it in a digest."""


async def choose(house: House, guild_id: int, judged_by: Chosen, chosen: Chosen) -> None:
    await house.guilds.joined(guild_id, "Guild")
    policy = msgspec.structs.replace(DEFAULT_POLICY, **judged_by)
    settings = msgspec.structs.replace(ServerSettings(policy, CHANNEL), **chosen)
    await house.guilds.change(guild_id, lambda _: settings, by=1)


async def judge(house: House) -> None:
    house.value(by_alt(160))
    await house.tell(listed(80))
    await house.appraisal.work_due()


async def test_each_server_sees_a_listing_as_it_chose(house: House) -> None:
    for guild_id, (judged_by, chosen, _) in enumerate(SHOWN, start=1):
        await choose(house, guild_id, judged_by, {"channel_id": CHANNEL} | chosen)
    await judge(house)
    seen = {
        row.guild_id: (row.payload.tier, row.channel_id, row.payload.ping_role_id)
        for row in await house.rows(PostRow)
    }
    assert seen == {guild_id: expected for guild_id, (*_, expected) in enumerate(SHOWN, start=1)}


async def test_net_profit_is_shown_after_the_servers_own_payout_and_fees(house: House) -> None:
    for guild_id, payout_bps, fees in ((1, 8_500, 0), (2, 9_000, 2_500_000), (3, 10_000, 100_000_000)):
        await choose(house, guild_id, {"payout_bps": payout_bps, "fees_usd_micros": fees}, {})
    await judge(house)
    told = {row.guild_id: row.payload.net_profit_usd_micros for row in await house.rows(PostRow)}
    assert told == {1: 56_000_000, 2: 61_500_000, 3: -20_000_000}


async def test_what_a_server_leaves_out_is_kept_with_its_reason_and_is_no_post(house: House) -> None:
    for guild_id, (judged_by, _) in enumerate(LEFT_OUT, start=1):
        await choose(house, guild_id, judged_by, {})
    await choose(house, 99, {}, {"tiers_hidden": (GOLD,)})  # somebody for whom it is valued
    await judge(house)
    assert await house.rows(PostRow) == []
    kept = sorted(row.reason for row in await house.rows(VerdictRow) if row.reason)
    assert kept == sorted(reason.value for _, reason in LEFT_OUT)


async def test_what_is_hidden_or_held_back_is_no_post(house: House) -> None:
    for guild_id, (judged_by, chosen) in enumerate(UNHEARD, start=1):
        await choose(house, guild_id, judged_by, chosen)
    await judge(house)
    assert await house.rows(PostRow) == []
    assert sorted(row.guild_id for row in await house.rows(DigestLineRow)) == [4, 5]
