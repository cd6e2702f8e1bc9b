"""What a try leaves behind: a refusal is certain, a lost answer is not; repeats by discord.py count too."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from cogs.publisher import HISTORY_MESSAGES_MAX, LOOK_BACK
from cogs.ui.refusals import TOO_MUCH_HISTORY
from cogs.ui.sending import Try
from core.domain.guilds import Guild, ServerSettings
from core.simulator.discord.permissions import Permission
from core.simulator.discord.population import ADA_ID, DEALS_ID, GUILD_ID
from core.simulator.discord.ratelimits import RateLimits
from core.simulator.faults import FaultKind
from tests.cogs.conftest import PATIENCE_S, Stage
from tests.cogs.deal_posts import a_deal, a_post

SEND = "discord:POST /channels/{channel_id}/messages"
Faults = tuple[tuple[FaultKind, dict[str, Any]], ...]


@pytest.fixture
def shop(stage: Stage) -> Stage:
    stage.memory.guilds.guilds[GUILD_ID] = Guild(GUILD_ID, "Traders", ServerSettings(channel_id=DEALS_ID))
    return stage


async def publish(stage: Stage, **otherwise: Any) -> tuple[object, bool]:
    """What became of a post, and whether it certainly was not sent."""
    stage.memory.posts.wanted.append(a_post(1, DEALS_ID, GUILD_ID, **otherwise))
    assert await stage.publisher.publish_due() == 1
    return stage.memory.posts.told[1][0], stage.memory.posts.unsent.get(1, False)


async def test_a_refusal_is_certain(shop: Stage) -> None:
    refusals: Faults = (
        (FaultKind.RATE_LIMIT, {"seconds": 120}),
        (FaultKind.STATUS, {"status": 403}),
        (FaultKind.STATUS, {"status": 400}),
        (FaultKind.STATUS, {"status": 404}),
    )
    for kind, how in refusals:
        shop.simulator.faults.add(SEND, kind, **how)
        told, is_certain = await publish(shop)
        assert (told != "shown", is_certain) == (True, True), (kind, how)
    assert shop.messages() == []


async def test_a_lost_answer_and_a_failing_discord_are_not(shop: Stage) -> None:
    losses: Faults = (
        (FaultKind.RESET_AFTER, {}),
        (FaultKind.RESET_BEFORE, {}),
        (FaultKind.STATUS, {"status": 503}),
    )
    for kind, how in losses:
        shop.simulator.faults.add(SEND, kind, **how)
        assert await publish(shop) == ("failed", False), (kind, how)


async def test_a_refusal_after_a_repeat_of_what_may_have_worked_is_not(shop: Stage) -> None:
    shop.simulator.faults.add(SEND, FaultKind.STATUS, status=502)
    shop.simulator.faults.add(SEND, FaultKind.STATUS, status=403)
    assert await publish(shop) == ("failed", False)


async def test_a_post_that_was_never_sent_because_of_us_is_certain(shop: Stage) -> None:
    assert await publish(shop, payload=a_deal(evidence=None)) == ("parked", True)


async def test_a_forbidden_channel_leaves_no_doubt(shop: Stage) -> None:
    await shop.deny(Permission.SEND_MESSAGES)
    assert await publish(shop) == ("parked", True)


async def test_without_the_right_to_look_a_post_that_was_refused_before_is_sent(shop: Stage) -> None:
    await shop.deny(Permission.READ_MESSAGE_HISTORY)
    assert await publish(shop, attempts=3) == ("shown", False)
    assert len(shop.messages()) == 1


async def test_a_look_that_cannot_be_believed_adds_no_doubt_of_its_own(shop: Stage) -> None:
    await shop.deny(Permission.READ_MESSAGE_HISTORY)
    long_ago = shop.clock.now() - timedelta(seconds=600)
    doubted = {"attempts": 1, "maybe_sent": 1, "first_try_at": long_ago}
    assert await publish(shop, **doubted) == ("parked", True)


async def test_a_message_is_found_although_our_clock_was_minutes_ahead_of_discords(shop: Stage) -> None:
    shop.simulator.faults.add(SEND, FaultKind.RESET_AFTER)
    await publish(shop)
    sent_at = shop.messages()[0].created_at
    shop.clock.step(900)
    ahead = sent_at + LOOK_BACK - timedelta(seconds=1)
    doubted = {"attempts": 1, "maybe_sent": 1, "first_try_at": ahead}
    assert (await publish(shop, **doubted))[0] == "shown"
    assert len(shop.messages()) == 1


async def test_a_look_is_bounded(shop: Stage) -> None:
    for n in range(HISTORY_MESSAGES_MAX):
        shop.discord.people.write(ADA_ID, DEALS_ID, f"talk {n}")
    shop.clock.step(300)
    doubted = {"attempts": 1, "maybe_sent": 1, "first_try_at": shop.clock.now()}
    shop.clock.step(60)
    assert (await publish(shop, **doubted))[0] == "parked"
    assert shop.memory.posts.told[1][1] == TOO_MUCH_HISTORY


def test_what_was_never_asked_changed_nothing() -> None:
    assert Try().is_certainly_vain


async def test_a_global_limit_whose_waiter_is_cut_off_does_not_last_for_ever(shop: Stage) -> None:
    before, shop.discord.rates = shop.discord.rates, RateLimits(shop.clock.now, 0)
    shop.memory.posts.wanted.append(a_post(1, DEALS_ID, GUILD_ID))
    publishing = asyncio.create_task(shop.publisher.publish_due())
    while shop.bot.http._global_over.is_set():  # noqa: ASYNC110  # discord.py tells nobody
        await asyncio.sleep(0.01)
    publishing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await publishing
    shop.discord.rates = before
    async with asyncio.timeout(PATIENCE_S):
        assert await publish(shop) == ("shown", False)
