"""The scorecard over what really was posted, and over whatever could have been: nothing is left out."""

import random
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import update

from core.domain.deals import DEFAULT_POLICY, DealTier
from core.domain.guilds import DEFAULT_SETTINGS
from core.domain.outcomes import Called, Ending, JudgedBy, Judgement, Known, Outcome, OwnSale
from core.domain.scorecard import MISSES_MAX, Period, every_tier, score_of
from db import outcomes
from db.engine import Database
from db.outcomes import Case, OutcomeRow
from db.posts import PostRow
from db.showings import ShowingRow
from tests.databases import NOW
from tests.services.house import CHANNEL, GUILD, House
from tests.services.reports import by_alt, listed

pytestmark = pytest.mark.slow

DOLLAR = 1_000_000
DAY = timedelta(days=1)
CALLS, SEEDS = 15, 4
READER = 7


async def post_deals(house: House, count: int) -> None:
    """So many GOLD posts, each of a token of its own."""
    await house.join()
    for n in range(count):
        house.value(by_alt(), f"mint-{n}")
    await house.tell(*(listed(80, n, mint=f"mint-{n}") for n in range(count)))
    await house.appraisal.work_due()
    while await house.show_posts():
        pass


async def rewrite(db: Database, calls: list[tuple[DealTier, Called, Outcome]]) -> None:
    """The calls that were posted, in their order, become these."""
    async with db.write() as tx:
        for number, (tier, called, outcome) in enumerate(calls, 1):
            change = update(OutcomeRow).where(OutcomeRow.id == number)
            await tx.execute(change.values(tier=tier.value, shown_at=called.shown_at))
            await outcomes.keep(tx, {Case(number, 1, 1, called): outcome})


def any_call(random_: random.Random) -> tuple[DealTier, Called, Outcome]:
    called = Called(NOW - DAY * random_.randrange(100), 80 * DOLLAR, 160 * DOLLAR, 8_500, 0)
    sale = None
    if random_.random() < 0.5:
        sale = OwnSale(called.shown_at + timedelta(seconds=random_.randrange(10_000)))
    judgement = None
    if random_.random() < 0.7:
        by = random_.choice(list(JudgedBy))
        judgement = Judgement(random_.random() < 0.5, by, 90 * DOLLAR, random_.randrange(-50, 50) * DOLLAR)
    ending = None if sale is None else random_.choice([Ending.SOLD, Ending.REPRICED])
    outcome = Outcome(Known(ending, sale=sale), (None, None, None), 0, judgement, None)
    return random_.choice(list(DealTier)), called, outcome


async def test_every_call_is_counted_once_in_its_tier_whatever_became_of_it(house: House) -> None:
    await post_deals(house, CALLS)
    for seed in range(SEEDS):
        calls = [any_call(random.Random(f"{seed} {n}")) for n in range(CALLS)]
        await rewrite(house.db, calls)
        for period in Period:
            card = await house.scorecard.score(GUILD, period, by=seed)
            since = card.since
            within = [call for call in calls if since is None or call[1].shown_at >= since]
            expected = [
                score_of(tier, [(called, outcome) for of, called, outcome in within if of is tier])
                for tier in DealTier
            ]
            assert card.tiers == every_tier(expected)
            assert card.posted == len(within)
            assert [score.judged + score.open for score in card.tiers] == [
                score.posted for score in card.tiers
            ]


async def test_a_server_sees_its_own_calls_and_a_direct_message_all_of_them(house: House) -> None:
    await post_deals(house, 2)
    await house.join(51, channel_id=5_100)
    house.value(by_alt(), "mint-9")
    await house.tell(listed(80, 9, mint="mint-9"))
    await house.appraisal.work_due()
    while await house.show_posts():
        pass
    asked = (GUILD, 51, None, 999)
    assert [(await house.scorecard.score(guild_id, by=READER)).posted for guild_id in asked] == [3, 1, 3, 3]


async def test_the_worst_misses_come_with_the_message_that_was_wrong(house: House) -> None:
    await post_deals(house, MISSES_MAX + 1)
    calls = [
        (
            DealTier.GOLD,
            Called(NOW, 80 * DOLLAR, 160 * DOLLAR, 8_500, 0),
            Outcome(Known(), (None, None, None), 0, Judgement(False, JudgedBy.SALE, 60 * DOLLAR, -n), None),
        )
        for n in range(MISSES_MAX + 1)
    ]
    await rewrite(house.db, calls)
    card = await house.scorecard.score(GUILD, by=READER)
    assert [miss.profit_usd_micros for miss in card.worst] == [-n for n in range(MISSES_MAX, 0, -1)]
    messages = {row.message_id for row in await house.rows(PostRow)}
    for miss in card.worst:
        assert miss.message is not None
        assert miss.message.guild_id == GUILD
        assert miss.message.message_id in messages
    everywhere = await house.scorecard.score(None, by=READER)
    assert [miss.message for miss in everywhere.worst] == [None] * MISSES_MAX


async def test_one_wrong_call_by_two_policies_is_two_calls_and_one_of_the_worst(house: House) -> None:
    other = msgspec.structs.replace(DEFAULT_POLICY, confidence_min=61)
    await house.join(51, channel_id=5_100, policy=other)
    await post_deals(house, 1)
    miss = Outcome(Known(), (None, None, None), 0, Judgement(False, JudgedBy.SALE, 60, -5), None)
    called = Called(NOW, 80 * DOLLAR, 160 * DOLLAR, 8_500, 0)
    await rewrite(house.db, [(DealTier.GOLD, called, miss)] * 2)
    card = await house.scorecard.score(None, by=READER)
    assert (card.posted, len(card.worst)) == (2, 1)


async def test_a_scorecard_without_a_post_still_has_every_tier(house: House) -> None:
    card = await house.scorecard.score(GUILD, by=READER)
    assert [score.tier for score in card.tiers] == list(DealTier)
    assert (card.posted, card.tiers[0].rate_bps) == (0, None)


async def test_a_deal_that_stands_in_a_digest_counts_as_posted(house: House) -> None:
    await house.join()
    one_an_hour = msgspec.structs.replace(DEFAULT_SETTINGS, channel_id=CHANNEL, posts_per_hour=1)
    await house.guilds.change(GUILD, lambda _: one_an_hour, by=1)
    for n in range(2):
        house.value(by_alt(100), f"mint-{n}")
    await house.tell(*(listed(82, n, mint=f"mint-{n}") for n in range(2)))
    await house.appraisal.work_due()
    assert await house.show_posts() == []
    house.pass_time(3_700)
    await house.digests.make_due()
    await house.show_posts()
    await house.outcomes.follow_up()
    rows = await house.rows(OutcomeRow)
    assert [(row.tier, row.price_usd_micros, row.value_usd_micros) for row in rows] == [
        ("info", 82 * DOLLAR, 100 * DOLLAR)
    ] * 2
    assert (await house.scorecard.score(GUILD, by=READER)).posted == 2
    assert len({row.post_id for row in await house.rows(ShowingRow)}) == 1
