"""Digests under pressure: made twice at once, too late, and at random; a deal is shown in one place."""

import asyncio
from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from core.domain.deals import DEFAULT_POLICY
from core.domain.guilds import QuietHours, ServerSettings
from core.domain.listings import Reported
from core.domain.posts import DigestPost
from core.services.digests import DigestService
from db import digests
from db.digests import DigestLineRow, Waiting
from db.posts import PostRow
from tests.databases import NOW
from tests.services.house import CHANNEL, GUILD, House
from tests.services.reports import by_alt, ended, listed, usd

pytestmark = pytest.mark.slow

MINUTE = timedelta(minutes=1)
ENDINGS = [Reported.SOLD, Reported.DELISTED, Reported.GONE]


async def choose(house: House, guild_id: int = GUILD, **chosen: Any) -> None:
    await house.guilds.joined(guild_id, "Guild")
    settings = ServerSettings(DEFAULT_POLICY, CHANNEL + guild_id, **chosen)
    await house.guilds.change(guild_id, lambda _: settings, by=1)


async def judge(house: House, mint: str, price: float, second: float = 0) -> None:
    house.value(by_alt(160), mint)
    await house.tell(listed(price, second, mint=mint))
    await house.appraisal.work_due()


async def shown(house: House) -> list[DigestPost]:
    return [row.payload for row in await house.rows(PostRow) if isinstance(row.payload, DigestPost)]


async def test_two_processes_make_each_digest_once(house: House) -> None:
    for guild_id in range(1, 6):
        await choose(house, guild_id, posts_per_hour=1)
    await judge(house, "a", 130)
    house.pass_time(3_600)
    other = DigestService(house.db, house.clock, house.bus)
    made = await asyncio.gather(house.digests.make_due(), other.make_due())
    assert (sum(made), len(await shown(house))) == (5, 5)
    assert len(await house.rows(DigestLineRow)) == 5


async def test_a_line_that_comes_too_late_for_its_digest_is_in_one_of_its_own(house: House) -> None:
    await choose(house, posts_per_hour=1)
    await judge(house, "a", 130)
    await judge(house, "b", 131)
    first, second = await house.rows(DigestLineRow)
    async with house.db.write() as tx:
        await digests.drop_waiting(tx, second.version_id)
    house.pass_time(3_600)
    assert await house.digests.make_due() == 1
    late = Waiting(GUILD, second.version_id, second.verdict_id, "info", usd(131).value, first.due_at)
    async with house.db.write() as tx:
        await digests.wait(tx, [late], house.clock.now())
    assert await house.digests.make_due() == 1
    assert [[line.price for line in one.lines] for one in await shown(house)] == [[usd(130)], [usd(131)]]


async def test_a_line_that_comes_while_its_digest_is_made_is_not_lost(house: House) -> None:
    await choose(house, posts_per_hour=1)
    await judge(house, "a", 130)
    [line] = await house.rows(DigestLineRow)
    house.pass_time(3_600)
    late = Waiting(GUILD, line.version_id, line.verdict_id, "info", usd(130).value, line.due_at - MINUTE)
    async with house.db.write() as tx:
        looked_at = await digests.due(tx, [GUILD], house.clock.now())
        await digests.wait(tx, [late], house.clock.now())
        await digests.forget(tx, [one.id for one in looked_at])
    assert [row.due_at for row in await house.rows(DigestLineRow)] == [late.due_at]


async def test_what_was_asked_for_while_the_clock_was_ahead_is_in_nobodys_way(house: House) -> None:
    house.pass_time(30 * 86_400)
    await choose(house, posts_per_hour=4)
    for mint in "abcd":
        await judge(house, mint, 136)
    await house.show_posts()
    after = House(house.db, alt=house.alt, vault=house.vault)
    assert await after.digests.make_due() == 1
    await judge(after, "e", 131)
    assert [post.purpose for post in await after.rows(PostRow)] == ["deal"] * 3 + ["digest", "deal"]
    await judge(after, "a", 128.5, second=60)
    assert len(await after.rows(PostRow)) == 6


async def test_a_digest_waits_for_its_hour(house: House) -> None:
    await choose(house, posts_per_hour=1)
    await judge(house, "a", 130)
    [line] = await house.rows(DigestLineRow)
    house.pass_time((line.due_at - house.clock.now()).total_seconds() - 1)
    assert await house.digests.make_due() == 0
    house.pass_time(1)
    assert await house.digests.make_due() == 1


@pytest.mark.slow
async def test_a_deal_is_shown_by_itself_or_in_a_digest_but_never_in_both(house: House) -> None:
    random = Random(3)
    await choose(house, 1, posts_per_hour=6)
    await choose(house, 2, quiet=QuietHours(0, 12 * 60 + 40), posts_per_hour=4)
    for n in range(25):
        house.pass_time(random.choice([30, 120, 300]))
        second = (house.clock.now() - NOW).total_seconds()
        mint = f"m{random.randrange(8)}"
        if random.random() < 0.25:
            await house.tell(ended(random.choice(ENDINGS), second, mint=mint))
        else:
            await judge(house, mint, random.choice([80, 100, 115, 120, 130, 133, 135]), second)
        if n % 5 == 0:
            await house.digests.make_due()
            await house.show_posts()
    posts = [row for row in await house.rows(PostRow) if row.purpose == "deal" and row.state != "withdrawn"]
    lines = await house.rows(DigestLineRow)
    places = Counter((row.guild_id, row.version_id) for row in [*posts, *lines])
    assert len(places) > 8
    assert set(places.values()) == {1}
