"""Fan-out: one verdict, many servers; each is shown what its settings say, in few statements."""

from collections import Counter
from itertools import pairwise
from statistics import mean
from typing import Any

import msgspec
import pytest
from sqlalchemy import event

from core.domain.deals import DEFAULT_POLICY, DealTier, policy_hash
from core.domain.digests import LINES_MAX
from core.domain.guilds import Guild, QuietHours, ServerSettings
from core.domain.listings import Reported
from core.domain.notices import TracePost
from core.domain.posts import DigestPost, PostState, Rank
from core.domain.quarantine import Asked, Doubt, Suspicion
from core.services.fanout import Call, Trace, in_turn, want_posts, want_traces
from db.digests import DigestLineRow
from db.posts import PostRow
from tests.cogs.deal_posts import GOOD_DEAL, a_deal
from tests.services.house import CHANNEL, GUILD, House, Stored
from tests.services.reports import by_alt, ended, listed, sold, usd

pytestmark = pytest.mark.slow

TRACE, ROLE = 6_000, 70
DIGEST = policy_hash(DEFAULT_POLICY)
NIGHT = QuietHours(0, 24 * 60 - 1)


async def choose(house: House, guild_id: int = GUILD, **chosen: Any) -> None:
    """A server with these settings, and a channel."""
    await house.join(guild_id, channel_id=CHANNEL + guild_id)
    settings = ServerSettings(DEFAULT_POLICY, CHANNEL + guild_id, **chosen)
    await house.guilds.change(guild_id, lambda _: settings, by=1)


async def judge(house: House, *prices: float, second: float = 0) -> None:
    """That many listings worth 160, at these prices."""
    for n, price in enumerate(prices):
        house.value(by_alt(160), f"m{second}-{n}")
        await house.tell(listed(price, second, mint=f"m{second}-{n}"))
    await house.appraisal.work_due()


async def posts(house: House) -> list[Stored]:
    return await house.rows(PostRow)


async def shown(house: House) -> Counter[str]:
    return Counter(row.payload.tier.value for row in await posts(house) if row.purpose == "deal")


async def make_digest(house: House) -> DigestPost:
    """An hour later, the only digest."""
    house.pass_time(3_600)
    assert await house.digests.make_due() == 1
    [row] = [row for row in await posts(house) if row.purpose == "digest"]
    assert isinstance(row.payload, DigestPost)
    return row.payload


async def test_each_server_pings_its_own_role_for_the_best_tiers_alone(house: House) -> None:
    await choose(house, 1, ping_roles={DealTier.GOLD: ROLE})
    await choose(house, 2)
    await judge(house, 80, 130)
    pinged = {(row.guild_id, row.payload.tier): row.payload.ping_role_id for row in await posts(house)}
    gold, info = DealTier.GOLD, DealTier.INFO
    assert pinged == {(1, gold): ROLE, (1, info): None, (2, gold): None, (2, info): None}


async def test_what_is_too_good_to_be_true_goes_to_the_trace_channel_of_those_who_have_one(
    house: House,
) -> None:
    await choose(house, 1, trace_channel_id=TRACE)
    await choose(house, 2)
    await judge(house, 20)
    [row] = await posts(house)
    assert (row.guild_id, row.channel_id, row.rank) == (1, TRACE, Rank.LOOK)


async def test_an_hour_with_too_much_becomes_one_digest_and_gold_goes_on(house: House) -> None:
    await choose(house, posts_per_hour=8)
    await judge(house, *[80] * 3)
    await judge(house, *[120] * 5, second=1)
    await judge(house, *[130] * 4, second=2)
    assert await shown(house) == {"gold": 3, "high": 4}
    await judge(house, 80, second=10)
    assert (await shown(house))["gold"] == 4
    digest = await make_digest(house)
    assert [line.tier.value for line in digest.lines] == ["high"] + ["info"] * 4
    assert digest.more == 0
    lines = await house.rows(DigestLineRow)
    assert {row.post_id for row in lines} == {9}
    assert await house.digests.make_due() == 0


async def test_a_night_becomes_one_digest_of_the_best(house: House) -> None:
    await choose(house, quiet=NIGHT)
    await judge(house, 80, 120, *[130 + n / 10 for n in range(LINES_MAX + 3)])
    assert await shown(house) == {"gold": 1, "high": 1}
    house.pass_time(86_400)
    assert await house.digests.make_due() == 1
    [row] = [row for row in await posts(house) if row.purpose == "digest"]
    assert (len(row.payload.lines), row.payload.more) == (LINES_MAX, 3)
    assert row.payload.lines[0].price == usd(130)
    assert len(await house.rows(DigestLineRow)) == LINES_MAX


async def test_a_deal_that_ended_before_its_digest_is_in_none(house: House) -> None:
    await choose(house, posts_per_hour=1)
    await judge(house, 130, 131)
    await house.tell(sold(130, 5, mint="m0-0"))
    assert [line.price for line in (await make_digest(house)).lines] == [usd(131)]
    assert len(await house.rows(DigestLineRow)) == 1


async def test_a_digest_of_deals_that_all_ended_is_no_message(house: House) -> None:
    await choose(house, posts_per_hour=1)
    await judge(house, 130)
    await house.tell(sold(130, 5, mint="m0-0"))
    house.pass_time(3_600)
    assert await house.digests.make_due() == 0
    assert await posts(house) == await house.rows(DigestLineRow) == []


async def test_a_line_is_struck_through_when_its_deal_ends_and_left_out_before_anybody_saw_it(
    house: House,
) -> None:
    await choose(house, posts_per_hour=1)
    await judge(house, 130, 131, 132)
    await make_digest(house)
    await house.tell(ended(Reported.DELISTED, 3_700, mint="m0-0"))
    [row] = await posts(house)
    assert [line.price for line in row.payload.lines] == [usd(131), usd(132)]
    await house.show_posts()
    await house.tell(sold(131, 3_800, mint="m0-1"))
    [row] = await posts(house)
    assert [line.closing is None for line in row.payload.lines] == [False, True]
    assert (row.state, row.wanted_rev, row.rank) == (PostState.WANTED, 3, Rank.CLOSING)
    assert sorted(line.version_id for line in await house.rows(DigestLineRow)) == [2, 3]


async def test_an_unseen_digest_whose_last_deal_ends_is_withdrawn(house: House) -> None:
    await choose(house, posts_per_hour=1)
    await judge(house, 130)
    await make_digest(house)
    await house.tell(sold(130, 3_700, mint="m0-0"))
    [row] = await posts(house)
    assert (row.state, await house.show_posts()) == (PostState.WITHDRAWN, [])


async def test_a_deal_in_a_digest_counts_as_shown(house: House) -> None:
    await choose(house, posts_per_hour=1)
    await judge(house, 130)
    await make_digest(house)
    await house.tell(ended(Reported.DELISTED, 3_650, mint="m0-0"))
    await house.tell(listed(130, 3_700, mint="m0-0"))
    await house.appraisal.work_due()
    assert len(await house.rows(DigestLineRow)) == 1


async def test_a_deal_that_rises_while_it_waits_is_posted_by_itself_and_in_no_digest(house: House) -> None:
    await choose(house, posts_per_hour=1)
    await judge(house, 130)
    version = await house.version(1)
    risen = Call(1, DIGEST, version, a_deal(tier=DealTier.GOLD, was_revised=True), is_revision=True)
    async with house.db.write() as tx:
        await want_posts(tx, [risen], house.clock.now())
        await want_posts(tx, [risen], house.clock.now())
    [row] = await posts(house)
    assert (row.payload.tier, row.payload.was_revised, row.payload.ping_role_id) == ("gold", True, None)
    assert await house.rows(DigestLineRow) == []


async def test_a_digest_goes_where_its_tier_goes_by_then(house: House) -> None:
    await choose(house, posts_per_hour=1)
    await judge(house, 130, 131)
    await house.guilds.change(GUILD, lambda now: msgspec.structs.replace(now, channel_id=99), by=1)
    await make_digest(house)
    [row] = await posts(house)
    assert row.channel_id == 99


@pytest.mark.parametrize("left", [True, False])
async def test_a_server_that_is_gone_or_paused_gets_no_digest(house: House, left: bool) -> None:
    await choose(house, posts_per_hour=1)
    await judge(house, 130)
    await (house.guilds.left(GUILD) if left else house.guilds.pause(GUILD, "I may not post there."))
    house.pass_time(3_600)
    assert await house.digests.make_due() == 0
    assert await house.rows(DigestLineRow) == []


async def test_a_listing_that_fell_is_posted_again_after_the_cool_down(house: House) -> None:
    await house.join()
    await house.post_a_deal()
    await house.tell(listed(70, 60))
    await house.appraisal.work_due()
    assert len(await posts(house)) == 1
    house.pass_time(3_600)
    await house.tell(listed(66, 3_600))
    await house.appraisal.work_due()
    assert len(await posts(house)) == 2


def test_servers_take_turns() -> None:
    """With 200 servers nobody is the last twice running, and everybody stands in the middle on average."""
    servers = [Guild(n, "Guild") for n in range(200)]
    places: dict[int, list[int]] = {guild.id: [] for guild in servers}
    for number in range(1, 401):
        for place, guild in enumerate(in_turn(servers, number)):
            places[guild.id].append(place)
    for of_one in places.values():
        assert 90 <= mean(of_one) <= 110
        assert 1 <= of_one.count(0) <= 3
        assert (199, 199) not in pairwise(of_one)


async def test_the_servers_of_one_tier_are_posted_to_in_turn(house: House) -> None:
    for guild_id in range(1, 8):
        await choose(house, guild_id)
    await judge(house, 80, 81)
    order = [row.guild_id for row in await posts(house)]
    assert sorted(order[:7]) == sorted(order[7:]) == list(range(1, 8))
    assert order[:7] != order[7:]


A_TRACE = TracePost(
    title=GOOD_DEAL.title,
    grader=GOOD_DEAL.grader,
    grade=GOOD_DEAL.grade,
    certificate="1",
    mint="m",
    venue=GOOD_DEAL.venue,
    price=usd(1),
    suspicion=Suspicion(Doubt.MAGNITUDE, Asked(usd(1).value), usd(160).value, is_against_value=True),
)


async def test_a_price_in_quarantine_is_told_in_trace_channels_once_and_never_floods_them(
    house: House,
) -> None:
    await choose(house, 1, trace_channel_id=TRACE, posts_per_hour=3)
    await choose(house, 2)
    await judge(house, *[150] * 5)
    traces = [Trace(await house.version(n), A_TRACE) for n in range(1, 6)]
    async with house.db.write() as tx:
        await want_traces(tx, traces[:2], house.clock.now())
        await want_traces(tx, traces[:2], house.clock.now())
        await want_traces(tx, traces[2:], house.clock.now())
    assert [(row.channel_id, row.purpose) for row in await posts(house)] == [(TRACE, "trace")] * 3


@pytest.mark.parametrize("servers", [1, 40])
async def test_a_deal_for_many_servers_takes_as_many_statements_as_for_one(
    house: House, servers: int
) -> None:
    for guild_id in range(1, servers + 1):
        await choose(house, guild_id)
    await judge(house, 150)
    version, statements = await house.version(1), []
    listener = ("before_cursor_execute", lambda *args: statements.append(args[2]))
    async with house.db.write() as tx:
        event.listen(tx.sync_connection, *listener)
        await want_posts(tx, [Call(1, DIGEST, version, GOOD_DEAL)], house.clock.now())
        event.remove(tx.sync_connection, *listener)
    assert len(await posts(house)) == servers
    assert len(statements) == 7
