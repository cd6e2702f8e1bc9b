"""Digests that nobody saw follow the settings, whole or made anew; and what a withdrawn one never showed."""

from typing import Any

import pytest

from core.domain.deals import DealTier
from core.domain.digests import LINES_MAX
from core.domain.guilds import ServerSettings
from core.domain.posts import Destination, DigestPost
from db import fanout
from db.digests import DigestLineRow
from db.posts import PostRow
from tests.services.house import CHANNEL, GUILD, House, Stored
from tests.services.reports import by_alt, listed, sold

pytestmark = pytest.mark.slow

OLD, NEW, OTHER = CHANNEL, 6_000, 6_001
HIGH_PRICE, INFO_PRICE = 120, 130
HIGH, INFO = DealTier.HIGH, DealTier.INFO
HOUR_S = 3_600


async def choose(house: House, channel_id: int | None = NEW, **changes: Any) -> None:
    settings = ServerSettings(channel_id=channel_id, posts_per_hour=1, **changes)
    await house.guilds.change(GUILD, lambda _: settings, by=1)


async def judge(house: House, mint: str, price: float, second: float = 0) -> None:
    house.value(by_alt(160), mint)
    await house.tell(listed(price, second, mint=mint))
    await house.appraisal.work_due()


@pytest.fixture
async def server(house: House) -> House:
    """A server with a digest of a HIGH and an INFO, which nobody saw yet."""
    await house.join()
    await choose(house, OLD)
    await judge(house, "high", HIGH_PRICE)
    await judge(house, "info", INFO_PRICE)
    house.pass_time(HOUR_S)
    assert await house.digests.make_due() == 1
    return house


async def digests(house: House) -> list[Stored]:
    return [row for row in await house.rows(PostRow) if isinstance(row.payload, DigestPost)]


async def shown(house: House) -> dict[int, list[DealTier]]:
    """What stands in each channel after everything that is due was made and shown."""
    await house.digests.make_due()
    while await house.show_posts():
        pass
    found = [row for row in await digests(house) if row.message_id is not None]
    return {row.channel_id: [line.tier for line in row.payload.lines] for row in found}


async def lines_waiting(house: House) -> int:
    return sum(row.post_id is None for row in await house.rows(DigestLineRow))


async def test_a_digest_whose_lines_stay_together_moves_as_it_is(server: House) -> None:
    [before] = await digests(server)
    await choose(server, NEW)
    [moved] = await digests(server)
    assert (moved.channel_id, moved.payload, moved.id) == (NEW, before.payload, before.id)
    assert await shown(server) == {NEW: [HIGH, INFO]}


async def test_a_digest_that_moves_still_says_how_many_were_worse(house: House) -> None:
    await house.join()
    await choose(house, OLD)
    for n in range(LINES_MAX + 3):
        await judge(house, f"m{n}", INFO_PRICE)
    house.pass_time(HOUR_S)
    await house.digests.make_due()
    await choose(house, NEW)
    assert [row.payload.more for row in await digests(house)] == [3]


async def test_a_digest_whose_lines_part_is_made_anew_for_each_channel(server: House) -> None:
    await choose(server, NEW, tier_channels={INFO: OTHER})
    assert await lines_waiting(server) == 2
    assert await shown(server) == {NEW: [HIGH], OTHER: [INFO]}
    assert await lines_waiting(server) == 0


async def test_a_line_that_goes_nowhere_any_more_is_left_out(server: House) -> None:
    await choose(server, OLD, tiers_hidden=(INFO,))
    assert await shown(server) == {OLD: [HIGH]}
    assert len(await server.rows(DigestLineRow)) == 1


async def test_lines_that_come_back_to_their_channel_are_shown_there_once(server: House) -> None:
    for _ in range(3):
        await choose(server, NEW, tier_channels={INFO: OTHER})
        await choose(server, OLD)
        await server.digests.make_due()
    assert await shown(server) == {OLD: [HIGH, INFO]}
    assert len({row.post_id for row in await server.rows(DigestLineRow)}) == 1


async def test_a_deal_that_ends_while_its_line_waits_again_is_not_shown(server: House) -> None:
    await choose(server, NEW, tier_channels={INFO: OTHER})
    await server.tell(sold(HIGH_PRICE, HOUR_S, mint="high"))
    assert await shown(server) == {OTHER: [INFO]}


async def test_lines_that_wait_for_their_hour_end_in_the_channel_of_then(house: House) -> None:
    await house.join()
    await choose(house, OLD)
    await judge(house, "info", INFO_PRICE)
    await choose(house, NEW)
    house.pass_time(HOUR_S)
    assert await shown(house) == {NEW: [INFO]}


async def test_a_digest_that_may_have_been_sent_stays(server: House) -> None:
    [tried] = await server.posts.claim()
    await choose(server, NEW, tier_channels={INFO: OTHER})
    await server.posts.failed(tried.id, "no answer")
    server.pass_time(10)
    assert await shown(server) == {OLD: [HIGH, INFO]}


async def test_a_digest_that_was_refused_after_the_settings_were_saved_is_made_anew(server: House) -> None:
    [tried] = await server.posts.claim()
    await choose(server, NEW, tier_channels={INFO: OTHER})
    await server.posts.park(tried.id, "The channel does not exist.", is_certainly_unsent=True)
    assert await shown(server) == {NEW: [HIGH], OTHER: [INFO]}


async def repeated(house: House) -> list[int]:
    """How many posts and lines there are, after both deals became cheaper than is worth telling twice."""
    house.pass_time(2 * HOUR_S)
    second = 3 * HOUR_S
    await judge(house, "high", HIGH_PRICE * 0.99, second)
    await judge(house, "info", INFO_PRICE * 0.99, second)
    return [len(await digests(house)), await lines_waiting(house)]


async def test_lines_of_a_digest_that_was_shown_are_not_told_again(server: House) -> None:
    await shown(server)
    assert await repeated(server) == [1, 0]


async def test_lines_of_a_digest_that_a_closed_channel_withdrew_were_not_shown(server: House) -> None:
    await server.posts.channel_closed(GUILD, OLD, "It is gone.", tell=Destination(9, None))
    [withdrawn] = await digests(server)
    assert withdrawn.state == "withdrawn"
    await choose(server, NEW)
    assert await repeated(server) == [1, 2]


async def test_lines_of_a_digest_that_went_nowhere_were_not_shown(server: House) -> None:
    await choose(server, None)
    assert [row.state for row in await digests(server)] == ["withdrawn"]
    await choose(server, NEW)
    assert await repeated(server) == [1, 2]


async def test_a_digest_that_was_given_up_counts_when_it_may_have_been_sent(server: House) -> None:
    [tried] = await server.posts.claim()
    await server.posts.park(tried.id, "Too much was written since.")
    async with server.db.read() as tx:
        assert set(await fanout.last_shown(tx, {1, 2})) == {(GUILD, 1), (GUILD, 2)}


async def test_a_digest_that_was_given_up_unseen_does_not_count(server: House) -> None:
    [tried] = await server.posts.claim()
    await server.posts.park(tried.id, "I may not post there.", is_certainly_unsent=True)
    async with server.db.read() as tx:
        assert await fanout.last_shown(tx, {1, 2}) == {}
