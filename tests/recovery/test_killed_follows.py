"""kill -9 while followed wallets are asked about, and two processes that tell the same: one post an event."""

import asyncio
from collections import Counter
from contextlib import suppress
from itertools import count

import pytest

from core.services.follows import LOOK_EVERY
from core.services.happenings import SHOWN_PER_HOUR
from db.happenings import HourRow
from tests.recovery.mortal import Fate, Mortal, Order
from tests.recovery.scenes import DEEDS_S, MANY, deeds, look_at_wallets
from tests.services.house import House
from tests.services.wallets import follow, posts

pytestmark = pytest.mark.slow

LOOK_S = LOOK_EVERY.total_seconds() + 1
TOLD_S = 240
A_MOMENT_S = 0.3


@pytest.fixture
async def following(house: House) -> House:
    await house.join()
    await follow(house)
    return house


async def told_once(house: House, turns: int) -> None:
    wanted = Counter((report.key.mint, report.said.value) for turn in range(turns) for report in deeds(turn))
    assert Counter((post.mint, post.kind.value) for post in await posts(house)) == wanted


def later(house: House, n: int) -> Order:
    """The n-th turn is over."""
    at_s = n * DEEDS_S + TOLD_S
    house.pass_time(at_s - (n - 1) * DEEDS_S - TOLD_S - LOOK_S if n else at_s)
    return Order("look_at_wallets", n, at_s=at_s)


async def test_whenever_it_is_killed_every_event_is_told_once(following: House, one: Mortal) -> None:
    for n in count():
        order = later(following, n)
        fate = await one.play(Order(order.scene, n, order.at_s, dies_before=n + 1))
        following.pass_time(LOOK_S)
        await look_at_wallets(following, n)
        await told_once(following, n + 1)
        if fate is Fate.LIVED:
            break
    assert n > 3


@pytest.mark.parametrize("is_killed", [True, False])
async def test_the_line_and_the_look_of_two_processes_tell_it_once(
    following: House, one: Mortal, two: Mortal, is_killed: bool
) -> None:
    for n in range(5):
        look = later(following, n)
        assert await one.play(Order(look.scene, n, look.at_s, stops_before=n + 1)) is Fate.STOPPED
        await two.begin(Order("hear_of_wallets", n, at_s=look.at_s))
        other = asyncio.create_task(two.fate())
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(other), A_MOMENT_S)
        one.kill() if is_killed else one.go_on()
        assert [await one.fate(), await other] == [Fate.KILLED if is_killed else Fate.LIVED, Fate.LIVED]
        following.pass_time(LOOK_S)
        await told_once(following, n + 1)


async def test_two_looks_at_the_same_time_tell_it_once(following: House, one: Mortal, two: Mortal) -> None:
    for n in range(4):
        look = later(following, n)
        assert set(await asyncio.gather(one.play(look), two.play(look))) == {Fate.LIVED}
        following.pass_time(LOOK_S)
        await told_once(following, n + 1)


async def test_two_processes_share_the_hour_of_a_channel(following: House, one: Mortal, two: Mortal) -> None:
    orders = [Order("hear_of_many", n, at_s=60) for n in range(2)]
    assert set(await asyncio.gather(one.play(orders[0]), two.play(orders[1]))) == {Fate.LIVED}
    [hour] = await following.rows(HourRow)
    assert (hour.shown, hour.more) == (SHOWN_PER_HOUR, 2 * MANY - SHOWN_PER_HOUR)
    assert len(await posts(following)) == SHOWN_PER_HOUR
