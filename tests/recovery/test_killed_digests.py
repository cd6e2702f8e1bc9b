"""kill -9 while digests are made, and two processes that make the same ones: every line is in one, once."""

import asyncio
from collections import Counter
from contextlib import suppress
from functools import partial
from itertools import count

import pytest

from core.domain.deals import DEFAULT_POLICY
from core.domain.guilds import ServerSettings
from core.domain.posts import DigestPost
from core.services.digests import SERVERS_MAX
from db.digests import DigestLineRow
from db.posts import PostRow
from tests.recovery.mortal import Fate, Mortal, Order
from tests.services.house import House
from tests.services.reports import by_alt, listed

pytestmark = pytest.mark.slow

HOUR_S = 3_600
SERVERS = range(1, SERVERS_MAX + 4)
LINES = 3
A_MOMENT_S = 0.3
"""So long the second process has to run into what the first one holds."""


@pytest.fixture
async def crowd(house: House) -> House:
    """More servers than one transaction serves; none has room for a post that is no GOLD."""
    for guild_id in SERVERS:
        await house.guilds.joined(guild_id, "Guild")
        await house.guilds.change(guild_id, partial(choose, guild_id), by=1)
    return house


def choose(guild_id: int, _: ServerSettings) -> ServerSettings:
    return ServerSettings(DEFAULT_POLICY, 5_000 + guild_id, posts_per_hour=1)


async def fill(house: House, n: int) -> Order:
    """The n-th hour's lines wait in every server, and their time has come."""
    for line in range(LINES):
        mint = f"{n}-{line}"
        house.value(by_alt(160), mint)
        await house.tell(listed(130, n * HOUR_S + line, mint=mint))
    await house.appraisal.work_due()
    assert await waiting(house) == len(SERVERS) * LINES
    house.pass_time(HOUR_S)
    return Order("make_digests", n, at_s=(n + 1) * HOUR_S)


async def waiting(house: House) -> int:
    return sum(row.post_id is None for row in await house.rows(DigestLineRow))


async def check(house: House, hours: int) -> None:
    """Of all hours so far each line is shown once, and one digest in each server shows it."""
    places: Counter[tuple[int, int]] = Counter()
    digests = [row for row in await house.rows(PostRow) if isinstance(row.payload, DigestPost)]
    for row in digests:
        places.update((row.guild_id, line.version_id) for line in row.payload.lines)
    assert await waiting(house) == 0
    assert places == {(server, n): 1 for server in SERVERS for n in range(1, hours * LINES + 1)}
    assert len(digests) == hours * len(SERVERS)
    assert {row.state for row in digests} == {"wanted"}


async def test_whenever_it_is_killed_the_next_one_makes_what_is_left(crowd: House, one: Mortal) -> None:
    for n in count():
        order = await fill(crowd, n)
        fate = await one.play(Order("make_digests", n, order.at_s, dies_before=n + 1))
        await crowd.digests.make_due()
        await check(crowd, n + 1)
        if fate is Fate.LIVED:
            break
    assert n == 2  # there was a commit for each of two transactions


@pytest.mark.parametrize("is_killed", [True, False])
async def test_one_waits_for_the_other_that_is_in_the_middle_of_it(
    crowd: House, one: Mortal, two: Mortal, is_killed: bool
) -> None:
    for n in range(2):
        order = await fill(crowd, n)
        assert await one.play(Order("make_digests", n, order.at_s, stops_before=n + 1)) is Fate.STOPPED
        await two.begin(order)
        other = asyncio.create_task(two.fate())
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(other), A_MOMENT_S)
        one.kill() if is_killed else one.go_on()
        assert await one.fate() is (Fate.KILLED if is_killed else Fate.LIVED)
        assert await other is Fate.LIVED
        await check(crowd, n + 1)


async def test_two_at_the_same_time(crowd: House, one: Mortal, two: Mortal) -> None:
    for n in range(4):
        order = await fill(crowd, n)
        assert set(await asyncio.gather(one.play(order), two.play(order))) == {Fate.LIVED}
        await check(crowd, n + 1)


@pytest.mark.parametrize("first", ["make_digests", "take_off"])
async def test_a_deal_that_ends_while_its_digest_is_made_is_not_in_it(
    crowd: House, one: Mortal, two: Mortal, first: str
) -> None:
    second = {"make_digests": "take_off", "take_off": "make_digests"}[first]
    order = await fill(crowd, 0)
    assert await one.play(Order(first, at_s=order.at_s, stops_before=1)) is Fate.STOPPED
    await two.begin(Order(second, at_s=order.at_s))
    other = asyncio.create_task(two.fate())
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.shield(other), A_MOMENT_S)
    one.go_on()
    assert {await one.fate(), await other} == {Fate.LIVED}
    await crowd.digests.make_due()
    shown = [row.payload for row in await crowd.rows(PostRow) if isinstance(row.payload, DigestPost)]
    assert [{line.mint for line in digest.lines} for digest in shown] == [{"0-1", "0-2"}] * len(SERVERS)
    assert len(await crowd.rows(DigestLineRow)) == len(SERVERS) * (LINES - 1)
