"""Every post becomes one message, whatever happens between us and Discord."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import discord
import msgspec
import pytest
from structlog.testing import capture_logs

from cogs.publisher import HISTORY_MESSAGES_MAX, Publisher
from cogs.ui.refusals import NO_HISTORY, TOO_MUCH_HISTORY, Failed, Parked, refused
from core.domain.fanout import NEWS_FOR
from core.domain.guilds import Guild, ServerSettings
from core.domain.listings import Reported
from core.domain.posts import Closing, DealPost, Post
from core.simulator.discord.permissions import Permission
from core.simulator.discord.population import (
    ADA_ID,
    DEAL_PINGS_ROLE_ID,
    DEALS_ID,
    GENERAL_ID,
    GUILD_ID,
    TOM_ID,
)
from core.simulator.faults import FaultKind
from tests.cogs.conftest import Stage, new_bot
from tests.cogs.deal_posts import GOOD_DEAL, a_deal, a_post

SEND = "discord:POST /channels/{channel_id}/messages"


@dataclass(frozen=True, slots=True)
class Desk:
    """The publisher at work, and what a test wants of it."""

    stage: Stage
    publisher: Publisher

    async def publish(self, *posts: Post) -> dict[int, tuple[object, ...]]:
        """Publish until nothing is due; what was told of each post."""
        self.stage.memory.posts.wanted.extend(posts)
        assert await self.publisher.publish_due() == len(posts)
        return self.stage.memory.posts.told

    def post(self, post_id: int = 1, **otherwise: Any) -> Post:
        return a_post(post_id, DEALS_ID, GUILD_ID, **otherwise)

    def pinging(self, **otherwise: Any) -> DealPost:
        """A deal that was seen just now, and pings a role."""
        told = {"ping_role_id": DEAL_PINGS_ROLE_ID, "observed_at": self.stage.clock.now(), **otherwise}
        return a_deal(**told)

    def tried(self, seconds_ago: float, **otherwise: Any) -> Post:
        """A post whose sending began so long ago, and of which nothing was told since."""
        first = self.stage.clock.now() - timedelta(seconds=seconds_ago)
        return self.post(attempts=1, maybe_sent=1, first_try_at=first, **otherwise)


@pytest.fixture
async def desk(stage: Stage) -> Desk:
    stage.memory.guilds.guilds[GUILD_ID] = Guild(GUILD_ID, "Traders", ServerSettings(channel_id=DEALS_ID))
    return Desk(stage, stage.publisher)


async def test_a_new_post_is_sent_and_told_with_discords_own_time(desk: Desk) -> None:
    told = await desk.publish(desk.post())
    (message,) = desk.stage.messages()
    assert told[1][:3] == ("shown", 1, message.id)
    assert abs(told[1][3] - message.created_at) < timedelta(milliseconds=2)  # type: ignore[operator]
    assert message.payload["content"] == ""
    assert message.payload["embeds"][0]["title"].startswith("[PSA 10]")


async def test_the_buttons_carry_the_id_of_the_post(desk: Desk) -> None:
    await desk.publish(desk.post(77))
    (row,) = desk.stage.messages()[0].payload["components"]
    assert [item.get("custom_id") for item in row["components"]][-2:] == ["v1:buy:77", "v1:copy:77"]


async def test_only_the_role_that_is_meant_is_pinged(desk: Desk) -> None:
    await desk.publish(desk.post(payload=desk.pinging(title="@everyone")))
    (message,) = desk.stage.messages()
    assert message.payload["content"] == f"<@&{DEAL_PINGS_ROLE_ID}>"
    assert message.pinged == (TOM_ID,)


@pytest.mark.parametrize(
    "otherwise", [{"was_open_before": True}, {"closing": Closing(Reported.SOLD, GOOD_DEAL.observed_at)}]
)
async def test_old_news_ping_nobody(desk: Desk, otherwise: dict[str, Any]) -> None:
    await desk.publish(desk.post(payload=desk.pinging(**otherwise)))
    (message,) = desk.stage.messages()
    assert (message.payload["content"], message.pinged) == ("", ())


@pytest.mark.parametrize(("later_s", "pinged"), [(-60, (TOM_ID,)), (1, ())])
async def test_what_was_seen_before_an_outage_pings_nobody_after_it(
    desk: Desk, later_s: float, pinged: tuple[int, ...]
) -> None:
    seen_at = desk.stage.clock.now() - NEWS_FOR - timedelta(seconds=later_s)
    await desk.publish(desk.post(payload=desk.pinging(observed_at=seen_at)))
    (message,) = desk.stage.messages()
    assert message.pinged == pinged


async def sent(desk: Desk, **otherwise: Any) -> Post:
    """A post that stands in the channel, as it is known afterwards."""
    told = await desk.publish(desk.post())
    (_, rev, message_id, sent_at) = told.pop(1)
    return desk.post(message_id=message_id, shown_rev=rev, sent_at=sent_at, **otherwise)


def sold(after_s: float, post: Post) -> DealPost:
    assert post.sent_at is not None
    return a_deal(closing=Closing(Reported.SOLD, post.sent_at + timedelta(seconds=after_s)))


async def test_a_changed_post_is_edited(desk: Desk) -> None:
    post = await sent(desk, wanted_rev=2)
    told = await desk.publish(msgspec.structs.replace(post, payload=sold(192, post)))
    (message,) = desk.stage.messages()
    assert told[1][:3] == ("shown", 2, message.id)
    assert message.payload["embeds"][0]["description"].startswith("**Sold 3 m 12 s after this post**")
    assert [item["disabled"] for item in message.payload["components"][0]["components"][-2:]] == [True, False]


async def test_a_message_that_a_person_deleted_needs_no_edit(desk: Desk) -> None:
    post = await sent(desk, wanted_rev=2)
    desk.stage.discord.messages.remove(desk.stage.messages()[0])
    told = await desk.publish(post)
    assert told[1][:3] == ("shown", 2, post.message_id)
    assert desk.stage.messages() == []


async def test_an_answer_that_got_lost_is_not_a_second_message(desk: Desk) -> None:
    desk.stage.simulator.faults.add(SEND, FaultKind.RESET_AFTER)
    told = await desk.publish(desk.post())
    assert told[1][0] == "failed"
    told = await desk.publish(desk.tried(2))
    (message,) = desk.stage.messages()
    assert told[1][:3] == ("shown", 1, message.id)


async def test_after_the_nonce_is_forgotten_the_message_is_looked_for(desk: Desk) -> None:
    desk.stage.simulator.faults.add(SEND, FaultKind.RESET_AFTER)
    await desk.publish(desk.post())
    desk.stage.clock.step(600)
    told = await desk.publish(desk.tried(600))
    (message,) = desk.stage.messages()
    assert told[1][:3] == ("shown", 1, message.id)


async def test_a_found_message_may_show_an_older_revision_so_an_edit_follows(desk: Desk) -> None:
    await desk.publish(desk.post())
    desk.stage.clock.step(600)
    told = await desk.publish(desk.tried(600, wanted_rev=3))
    assert told[1][:2] == ("shown", 2)
    assert len(desk.stage.messages()) == 1


async def test_a_message_that_was_never_sent_is_sent_late(desk: Desk) -> None:
    told = await desk.publish(desk.tried(600), desk.post(2))
    assert (told[1][0], told[2][0]) == ("shown", "shown")
    assert len(desk.stage.messages()) == 2


async def test_without_the_right_to_look_nothing_is_sent_a_second_time(desk: Desk) -> None:
    await desk.stage.deny(Permission.READ_MESSAGE_HISTORY)
    assert await desk.publish(desk.tried(600)) == {1: ("parked", NO_HISTORY)}
    assert desk.stage.messages() == []


async def test_a_first_try_needs_no_history(desk: Desk) -> None:
    await desk.stage.deny(Permission.READ_MESSAGE_HISTORY)
    assert (await desk.publish(desk.post()))[1][0] == "shown"


async def test_an_old_try_in_a_channel_that_is_gone_is_parked(desk: Desk) -> None:
    tried = {"attempts": 1, "maybe_sent": 1, "first_try_at": GOOD_DEAL.observed_at}
    post = msgspec.structs.replace(a_post(1, 999, GUILD_ID), **tried)
    assert await desk.publish(post) == {1: ("parked", "The channel for deals does not exist any more.")}


async def test_a_failing_discord_is_tried_again_later(desk: Desk) -> None:
    desk.stage.simulator.faults.add(SEND, FaultKind.STATUS, status=503)
    (told,) = (await desk.publish(desk.post())).values()
    assert told[0] == "failed"
    assert "503" in str(told[1])


async def test_a_long_rate_limit_is_not_slept_through(desk: Desk) -> None:
    desk.stage.simulator.faults.add(SEND, FaultKind.RATE_LIMIT, seconds=120)
    assert (await desk.publish(desk.post()))[1] == ("failed", "Discord asks to wait", 120)


async def test_one_post_that_cannot_be_rendered_holds_up_nobody(desk: Desk) -> None:
    broken = desk.post(1, payload=a_deal(evidence=None))
    told = await desk.publish(broken, desk.post(2), desk.post(3))
    assert told[1][0] == "parked"
    assert "Reference" in str(told[1][1])
    assert (told[2][0], told[3][0]) == ("shown", "shown")


async def test_a_service_that_fails_is_told_after_the_others_had_their_turn(desk: Desk) -> None:
    desk.stage.memory.posts.error = RuntimeError("the database is gone")
    desk.stage.memory.posts.wanted.extend([desk.post(1), a_post(2, GENERAL_ID, GUILD_ID)])
    with pytest.raises(RuntimeError, match="the database is gone"):
        await desk.publisher.publish_due()
    assert len(desk.stage.messages()) == len(desk.stage.messages(GENERAL_ID)) == 1


async def test_before_the_bot_is_ready_nothing_is_taken(stage: Stage) -> None:
    bot = new_bot(stage.memory, stage.clock)
    publisher = Publisher(bot, services=bot.services, clock=stage.clock, metrics=bot.metrics)
    stage.memory.posts.wanted.append(a_post(1, DEALS_ID, GUILD_ID))
    assert await publisher.publish_due() == 0
    assert len(stage.memory.posts.wanted) == 1
    await bot.close()


async def test_time_to_post_is_measured(desk: Desk) -> None:
    now = desk.stage.clock.now()
    deal = a_deal(listed_at=now - timedelta(seconds=6), observed_at=now - timedelta(seconds=1))
    await desk.publish(desk.post(payload=deal))
    exposed = desk.stage.bot.metrics.exposition().decode()
    assert "cartel_time_to_post_seconds_count 1.0" in exposed
    assert 'cartel_posts_total{outcome="shown"} 1.0' in exposed


async def test_a_channel_with_too_much_since_is_not_believed(desk: Desk) -> None:
    for n in range(HISTORY_MESSAGES_MAX):
        desk.stage.discord.people.write(ADA_ID, DEALS_ID, f"talk {n}")
    assert await desk.publish(desk.tried(60)) == {1: ("parked", TOO_MUCH_HISTORY)}


@dataclass(frozen=True, slots=True)
class Reply:
    """As much of an answer of Discord as an error of discord.py asks for."""

    status: int
    reason: str = "on purpose"


def a_refusal(status: int, code: int = 0) -> discord.HTTPException:
    return discord.HTTPException(Reply(status), {"code": code, "message": "no"})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "code", "becomes"),
    [
        (429, 30046, Failed("Discord limits edits of old messages", 3_600.0)),
        (429, 20028, Failed("Discord answered 429: no")),
        (500, 0, Failed("Discord answered 500: no")),
        (403, 0, Failed("Discord answered 403: no")),
        (403, 50001, Parked("I cannot see the channel for deals.", is_channel_closed=True)),
        (404, 10004, Parked("I am no longer a member of this server.", is_channel_closed=True)),
    ],
)
def test_each_refusal_has_its_meaning(status: int, code: int, becomes: object) -> None:
    assert refused(a_post(1, DEALS_ID, GUILD_ID), a_refusal(status, code)) == becomes


def test_a_message_that_discord_finds_invalid_is_our_bug() -> None:
    with capture_logs() as logs:
        outcome = refused(a_post(1, DEALS_ID, GUILD_ID), a_refusal(400, 50035))
    assert isinstance(outcome, Parked)
    assert not outcome.is_channel_closed
    assert [entry["event"] for entry in logs] == ["bug"]
