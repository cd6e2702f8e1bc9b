"""kill -9 while the market is read for the first time after an outage: three a server are shown, no ping."""

from collections import Counter
from itertools import count

import msgspec
import pytest

from core.domain.deals import DealTier
from core.domain.guilds import ServerSettings
from core.services.arrivals import SHOWN_MAX
from db.arrivals import ArrivalRow
from db.posts import PostRow
from tests.recovery.mortal import Fate, Mortal, Order, take_over
from tests.recovery.scenes import ARRIVES_S, arrive
from tests.services.house import House

pytestmark = pytest.mark.slow

SERVERS = (1, 2, 3)
RESTART_S = 30


def pinging(settings: ServerSettings) -> ServerSettings:
    return msgspec.structs.replace(settings, ping_roles={DealTier.GOLD: 7, DealTier.HIGH: 7})


async def test_whenever_it_is_killed_the_arrival_is_one_and_quiet(house: House, one: Mortal) -> None:
    for guild_id in SERVERS:
        await house.join(guild_id, channel_id=5_000 + guild_id)
        await house.guilds.change(guild_id, pinging, by=1)
    for n in count():
        at_s = n * ARRIVES_S
        fate = await one.play(Order("arrive", n, at_s, dies_before=n + 1))
        house.pass_time(RESTART_S)
        await take_over(house)
        await arrive(house, n)
        rows = [row for row in await house.rows(PostRow) if row.payload.mint.startswith(f"{n}-")]
        assert Counter(row.guild_id for row in rows) == dict.fromkeys(SERVERS, SHOWN_MAX)
        assert {row.payload.mint for row in rows} == {f"{n}-{best}" for best in range(SHOWN_MAX)}
        assert all(row.payload.was_open_before and row.payload.ping_role_id is None for row in rows)
        assert len(await house.rows(ArrivalRow)) == n + 1
        house.pass_time(at_s + ARRIVES_S - house.clock.monotonic())
        if fate is Fate.LIVED:
            break
    assert n > 8
