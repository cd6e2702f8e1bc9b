"""What happens to a server whose channel is closed: its posts, its pause, and how it goes on."""

import msgspec
import pytest

from core.domain.deals import DealTier
from core.domain.guilds import ServerSettings
from core.domain.notices import NoticePost
from core.domain.posts import Destination, PostState
from db.pauses import PauseRow
from db.posts import PostRow
from tests.services.house import CHANNEL, GUILD, House, Stored
from tests.services.reports import by_alt, listed

pytestmark = pytest.mark.slow

TELL = Destination(77, GUILD)
WHY = "I may not post there."


async def close(house: House, channel_id: int = CHANNEL, tell: Destination | None = TELL) -> None:
    await house.posts.channel_closed(GUILD, channel_id, WHY, tell=tell)


async def judge(house: House, mint: str, price: float = 80) -> None:
    house.value(by_alt(160), mint)
    await house.tell(listed(price, 0, mint=mint))
    await house.appraisal.work_due()


async def posts(house: House, purpose: str) -> list[Stored]:
    return [row for row in await house.rows(PostRow) if row.purpose == purpose]


async def test_a_closed_channel_pauses_its_server_and_is_told_once(house: House) -> None:
    await house.join()
    await judge(house, "a")
    for _ in range(3):
        await close(house)
    guild = await house.guilds.get(GUILD)
    assert guild is not None
    assert guild.paused_because == WHY
    [notice] = await posts(house, "notice")
    assert isinstance(notice.payload, NoticePost)
    assert (notice.channel_id, WHY in notice.payload.text) == (77, True)
    [deal] = await posts(house, "deal")
    assert deal.state == PostState.WITHDRAWN


async def test_nothing_is_wanted_there_until_the_settings_are_saved_again(house: House) -> None:
    await house.join()
    await close(house)
    await judge(house, "a")
    assert await posts(house, "deal") == []
    await house.guilds.choose_channel(GUILD, CHANNEL, by=1)
    await judge(house, "b")
    assert [row.payload.mint for row in await posts(house, "deal")] == ["b"]
    await close(house)
    assert len(await posts(house, "notice")) == 2


async def test_the_channel_of_one_tier_pauses_that_tier_alone(house: House) -> None:
    await house.join()
    tiers = ServerSettings(channel_id=CHANNEL, tier_channels={DealTier.INFO: 6_000}, trace_channel_id=7_000)
    await house.guilds.change(GUILD, lambda _: tiers, by=1)
    await close(house, 6_000)
    await close(house, 7_000)
    await judge(house, "info", 130)
    await judge(house, "odd", 20)
    await judge(house, "gold", 80)
    assert [row.payload.tier for row in await posts(house, "deal")] == ["gold"]
    guild = await house.guilds.get(GUILD)
    assert guild is not None
    assert guild.paused_because is None


async def test_a_channel_that_is_no_longer_chosen_is_nobodys_affair(house: House) -> None:
    await house.join()
    await close(house, 999)
    assert await house.rows(PauseRow) == await house.rows(PostRow) == []


async def test_nobody_to_tell_is_no_reason_not_to_pause(house: House) -> None:
    await house.join()
    await close(house, tell=None)
    assert await house.rows(PostRow) == []
    assert len(await house.rows(PauseRow)) == 1


async def test_an_operator_sees_who_is_paused(house: House) -> None:
    await house.join()
    assert (await house.operations.parked()).paused.count == 0
    await close(house)
    assert msgspec.structs.astuple((await house.operations.parked()).paused) == (1, (f"Guild: {WHY}",))
    await house.guilds.left(GUILD)
    assert (await house.operations.parked()).paused.count == 0
