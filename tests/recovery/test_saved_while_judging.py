"""Settings saved while another process writes its verdicts down: a deal is posted by the old or the new."""

import asyncio
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from core.domain.deals import DealPolicy
from core.domain.guilds import ServerSettings
from db.posts import PostRow
from tests.databases import on_postgres
from tests.recovery.mortal import Fate, Mortal, Order
from tests.recovery.scenes import LOTS, judge_lots, lot
from tests.services.house import GUILD, House

pytestmark = pytest.mark.slow

OTHER = DealPolicy(fees_usd_micros=7)
A_MOMENT_S = 0.3
MOMENTS = {
    "the policies are read": "DISTINCT guild.policy_hash",
    "the verdicts are kept": "INSERT INTO verdict",
    "the servers are read": "guild_settings.body",
    "the posts are kept": "INSERT INTO post",
}


def to_other(settings: ServerSettings) -> ServerSettings:
    return msgspec.structs.replace(settings, policy=OTHER)


async def posted(house: House) -> list[Any]:
    return sorted(row.payload.mint for row in await house.rows(PostRow) if row.state != "withdrawn")


@on_postgres
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("is_killed", [True, False])
async def test_a_save_in_between_loses_nothing(
    house: House, one: Mortal, moment: str, is_killed: bool
) -> None:
    await house.join()
    await house.tell(*map(lot, LOTS))
    assert await one.play(Order("judge_lots", stops_at=MOMENTS[moment])) is Fate.STOPPED
    saving = asyncio.create_task(house.guilds.change(GUILD, to_other, by=1))
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.shield(saving), A_MOMENT_S)
    one.kill() if is_killed else one.go_on()
    assert await one.fate() is (Fate.KILLED if is_killed else Fate.LIVED)
    await saving
    house.pass_time(300)  # until what a dead process had taken is free
    await judge_lots(house, 0)
    assert await posted(house) == sorted(LOTS)
