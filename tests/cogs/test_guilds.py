"""/setup: a channel is chosen by those who may, where the bot may post."""

import pytest

from core.domain.guilds import Guild, ServerSettings
from core.simulator.discord.messages import Message
from core.simulator.discord.permissions import Permission
from core.simulator.discord.population import (
    ADA_ID,
    DEALS_ID,
    GENERAL_ID,
    GUILD_ID,
    TOM_ID,
)
from tests.cogs.conftest import Stage

CHANNEL = "v1:setup:channel"


async def run_setup(stage: Stage, person: int = ADA_ID, **options: str) -> Message:
    interaction = await stage.discord.people.run_command(person, GENERAL_ID, "setup", options)
    (answer,) = await stage.answers(interaction)
    return answer


def text_of(message: Message) -> str:
    embeds = message.payload["embeds"]
    return str(message.payload["content"] or embeds[0]["description"])


async def test_a_channel_given_is_chosen_at_once(stage: Stage) -> None:
    answer = await run_setup(stage, channel=str(DEALS_ID))
    assert answer.ephemeral_to == ADA_ID
    assert text_of(answer).startswith(f"Deals go to <#{DEALS_ID}> from now on.")
    assert stage.memory.guilds.choices == [(GUILD_ID, DEALS_ID, ADA_ID)]


async def test_without_a_channel_the_present_choice_is_shown_above_a_select(stage: Stage) -> None:
    stage.memory.guilds.guilds[GUILD_ID] = Guild(GUILD_ID, "Traders", ServerSettings(channel_id=GENERAL_ID))
    answer = await run_setup(stage)
    assert f"Deals go to <#{GENERAL_ID}>." in text_of(answer)
    ((select,),) = [row["components"] for row in answer.payload["components"]]
    assert select["custom_id"] == CHANNEL


async def test_choosing_in_the_select_chooses_the_channel(stage: Stage) -> None:
    menu = await run_setup(stage)
    interaction = await stage.discord.people.press(ADA_ID, menu.id, CHANNEL, (str(DEALS_ID),))
    (answer,) = await stage.answers(interaction)
    assert text_of(answer).startswith(f"Deals go to <#{DEALS_ID}> from now on.")
    assert stage.memory.guilds.choices == [(GUILD_ID, DEALS_ID, ADA_ID)]


async def test_who_may_no_longer_manage_the_server_is_refused_at_the_select(stage: Stage) -> None:
    menu = await run_setup(stage)
    stage.discord.guilds[GUILD_ID].owner_id = TOM_ID
    stage.discord.guilds[GUILD_ID].members[ADA_ID].role_ids.clear()
    interaction = await stage.discord.people.press(ADA_ID, menu.id, CHANNEL, (str(DEALS_ID),))
    (answer,) = await stage.answers(interaction)
    assert text_of(answer) == "Only people who may manage this server can set me up."
    assert stage.memory.guilds.choices == []


@pytest.mark.parametrize(
    ("denied", "named"),
    [
        (Permission.SEND_MESSAGES, "Send Messages"),
        (Permission.EMBED_LINKS, "Embed Links"),
        (Permission.VIEW_CHANNEL, "View Channel"),
    ],
)
async def test_a_channel_where_the_bot_may_not_post_is_refused(
    stage: Stage, denied: Permission, named: str
) -> None:
    await stage.deny(denied)
    answer = await run_setup(stage, channel=str(DEALS_ID))
    assert f"I cannot post in <#{DEALS_ID}>. I miss: " in text_of(answer)
    assert named in text_of(answer)
    assert stage.memory.guilds.choices == []


async def test_a_channel_without_history_is_taken_with_a_warning(stage: Stage) -> None:
    await stage.deny(Permission.READ_MESSAGE_HISTORY)
    answer = await run_setup(stage, channel=str(DEALS_ID))
    assert "I miss Read Message History there" in text_of(answer)
    assert stage.memory.guilds.choices == [(GUILD_ID, DEALS_ID, ADA_ID)]
