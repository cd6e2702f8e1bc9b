"""A channel that turns the bot away: paused, told once where somebody reads it, and nobody else waits."""

from datetime import timedelta

import pytest

from cogs.publisher import Publisher
from core.domain.digests import digest
from core.domain.guilds import Guild, ServerSettings
from core.domain.notices import NoticePost, TracePost
from core.domain.posts import Destination, Payload
from core.domain.quarantine import Asked, Doubt, Suspicion
from core.simulator.discord.permissions import Permission
from core.simulator.discord.population import ADA_ID, DEALS_ID, GENERAL_ID, GUILD_ID, TRACE_ID
from core.simulator.faults import FaultKind
from tests.cogs.conftest import Stage
from tests.cogs.deal_posts import GOOD_DEAL, a_post

pytestmark = pytest.mark.slow

SEND = "discord:POST /channels/{channel_id}/messages"
NOTICE = NoticePost("I cannot post", "Grant it.")
TRACE = TracePost(
    title=GOOD_DEAL.title,
    grader=GOOD_DEAL.grader,
    grade=GOOD_DEAL.grade,
    certificate=GOOD_DEAL.certificate,
    mint=GOOD_DEAL.mint,
    venue=GOOD_DEAL.venue,
    price=GOOD_DEAL.price,
    suspicion=Suspicion(Doubt.OTHER_CURRENCY, Asked(80, 11_000), 12_000, is_against_value=True),
)


@pytest.fixture
async def publisher(stage: Stage) -> Publisher:
    settings = ServerSettings(channel_id=DEALS_ID, trace_channel_id=TRACE_ID)
    stage.memory.guilds.guilds[GUILD_ID] = Guild(GUILD_ID, "Traders", settings)
    return stage.publisher


async def refuse(stage: Stage, publisher: Publisher, permission: Permission) -> None:
    await stage.deny(permission)
    stage.simulator.faults.add(SEND, FaultKind.STATUS, status=403, code=50013)
    stage.memory.posts.wanted.append(a_post(1, DEALS_ID, GUILD_ID))
    await publisher.publish_due()


async def test_the_trace_channel_is_told_what_is_missing(stage: Stage, publisher: Publisher) -> None:
    await refuse(stage, publisher, Permission.EMBED_LINKS)
    because = "I may not post in the channel for deals. I miss: Embed Links."
    assert stage.memory.posts.closed == [(GUILD_ID, DEALS_ID, because, Destination(TRACE_ID, GUILD_ID))]


async def test_a_server_without_another_channel_is_told_through_its_owner(
    stage: Stage, publisher: Publisher
) -> None:
    stage.memory.guilds.guilds[GUILD_ID] = Guild(GUILD_ID, "Traders", ServerSettings(channel_id=DEALS_ID))
    await refuse(stage, publisher, Permission.SEND_MESSAGES)
    [(_, _, _, tell)] = stage.memory.posts.closed
    assert tell == Destination(stage.discord.private_channel(ADA_ID).id)


async def test_nobody_is_told_when_the_owner_cannot_be_reached(stage: Stage, publisher: Publisher) -> None:
    stage.memory.guilds.guilds[GUILD_ID] = Guild(GUILD_ID, "Traders", ServerSettings(channel_id=DEALS_ID))
    stage.simulator.faults.add("discord:POST /users/@me/channels", FaultKind.STATUS, status=403, code=50007)
    await refuse(stage, publisher, Permission.SEND_MESSAGES)
    assert [told[-1] for told in stage.memory.posts.closed] == [None]


async def test_a_notice_that_is_refused_pauses_nothing(stage: Stage, publisher: Publisher) -> None:
    await stage.deny(Permission.SEND_MESSAGES, GENERAL_ID)
    stage.memory.posts.wanted.append(a_post(1, GENERAL_ID, GUILD_ID, payload=NOTICE))
    await publisher.publish_due()
    assert (stage.memory.posts.told[1][0], stage.memory.posts.closed) == ("parked", [])


async def test_a_person_who_takes_no_messages_is_left_alone(stage: Stage, publisher: Publisher) -> None:
    private = stage.discord.private_channel(ADA_ID).id
    stage.simulator.faults.add(SEND, FaultKind.STATUS, status=403, code=50007)
    stage.memory.posts.wanted.append(a_post(1, private, GUILD_ID, payload=NOTICE))
    await publisher.publish_due()
    assert stage.memory.posts.told[1] == ("parked", "This person takes no messages from me.")


async def test_an_edit_that_is_refused_does_not_pause_the_channel(stage: Stage, publisher: Publisher) -> None:
    edit = "discord:PATCH /channels/{channel_id}/messages/{message_id}"
    stage.simulator.faults.add(edit, FaultKind.STATUS, status=403, code=50013)
    stage.memory.posts.wanted.append(a_post(1, DEALS_ID, GUILD_ID, message_id=7, shown_rev=1, wanted_rev=2))
    await publisher.publish_due()
    assert (stage.memory.posts.told[1][0], stage.memory.posts.closed) == ("parked", [])


@pytest.mark.parametrize("payload", [NOTICE, TRACE, digest({1: GOOD_DEAL}, GOOD_DEAL.observed_at)])
async def test_a_message_without_buttons_is_found_again_after_a_crash(
    stage: Stage, publisher: Publisher, payload: Payload
) -> None:
    first = stage.clock.now()
    stage.simulator.faults.add(SEND, FaultKind.RESET_AFTER)
    stage.memory.posts.wanted.append(a_post(1, DEALS_ID, GUILD_ID, payload=payload))
    await publisher.publish_due()
    assert stage.memory.posts.told[1][0] == "failed"
    stage.clock.step(timedelta(minutes=10).total_seconds())
    tried = {"attempts": 1, "maybe_sent": 1, "first_try_at": first}
    stage.memory.posts.wanted.append(a_post(1, DEALS_ID, GUILD_ID, payload=payload, **tried))
    await publisher.publish_due()
    [message] = stage.messages()
    assert stage.memory.posts.told[1][:3] == ("shown", 1, message.id)
