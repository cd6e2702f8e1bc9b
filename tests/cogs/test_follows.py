"""/follow, from an admin's command to the message in the channel, over a real database."""

import discord
import pytest
from discord import app_commands

from core.services.askers import ASKS_MAX, WITHIN_S
from core.simulator.discord.messages import Message
from core.simulator.discord.permissions import Permission
from core.simulator.discord.population import ADA_ID, GENERAL_ID, GUILD_ID, TOM_ID
from db.engine import Database
from db.posts import PostRow
from tests.cogs.conftest import Stage
from tests.cogs.guild_stage import Admin
from tests.cogs.memory import Memory, StepClock
from tests.cogs.wallet_house import at_this_moment, house_behind, now_listed
from tests.databases import on_sqlite
from tests.services.house import House
from tests.services.reports import sold

pytestmark = [on_sqlite, pytest.mark.slow]
WHALE = "7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU"
OTHER = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"
TOKEN = "So11111111111111111111111111111111111111112"


@pytest.fixture
def house(memory: Memory, db: Database, clock: StepClock) -> House:
    return house_behind(memory, db, clock)


@pytest.fixture
def ada(house: House, stage: Stage) -> Admin:
    return Admin(stage)


async def follow(ada: Admin, wallet: str = WHALE, **label: str) -> str:
    await ada.type("follow add", wallet=wallet, channel=str(GENERAL_ID), **label)
    return ada.read()


async def posted(stage: Stage) -> list[Message]:
    await stage.publisher.publish_due()
    return stage.messages(GENERAL_ID)


def embed_of(message: Message) -> dict[str, object]:
    (embed,) = message.payload["embeds"]
    return dict(embed)


async def test_a_wallet_is_followed_from_the_command_to_the_message_and_to_its_end(
    ada: Admin, house: House, stage: Stage
) -> None:
    said = await follow(ada, label="whale 1")
    assert ada.shown.ephemeral_to == ADA_ID
    assert f"**whale 1** `7xKX…gAsU` is followed in <#{GENERAL_ID}>" in said

    await house.tell(now_listed(house, 80, mint=TOKEN, seller=WHALE))
    (message,) = await posted(stage)
    embed = embed_of(message)
    assert str(embed["title"]).startswith("[PSA 10] ")
    assert str(embed["description"]).startswith("**whale 1** `7xKX…gAsU` **lists** it for **$80.00**.")
    assert str(embed["url"]).startswith(f"https://collectorcrypt.com/assets/solana/{TOKEN}#post-")
    assert (message.payload["content"], message.payload["mentions"]) == ("", [])
    assert not any(str(person) in str(message.payload) for person in (TOM_ID, ADA_ID))

    choices = (await stage.discord.people.autocomplete(
        ADA_ID, GENERAL_ID, "follow remove", {"wallet": "whale"}, "wallet"
    ))  # fmt: skip
    await stage.discord.watchers.until(lambda: choices.choices is not None)
    assert [(c["name"], c["value"]) for c in choices.choices or []] == [("whale 1 · 7xKX…gAsU", WHALE)]

    await ada.type("follow remove", wallet=WHALE)
    assert "is followed no longer" in ada.read()
    await house.tell(at_this_moment(house, sold(80, mint=TOKEN, seller=WHALE)))
    assert await posted(stage) == [message]
    await ada.type("follow list")
    assert "None yet" in ada.read()


@pytest.mark.parametrize(
    "label", ["tom", "TOM", "tom's wallet", "the wallet of Wes", f"<@{TOM_ID}>", "@tom", str(TOM_ID)]
)
async def test_an_address_never_stands_beside_a_members_name(ada: Admin, house: House, label: str) -> None:
    said = await follow(ada, label=label)
    assert "I cannot use that label" in said
    assert await house.follows.all(GUILD_ID) == ()


async def test_it_is_offered_to_those_who_may_manage_the_server(ada: Admin) -> None:
    follow_group = ada.stage.bot.tree.get_command("follow")
    assert isinstance(follow_group, app_commands.Group)
    assert follow_group.guild_only
    assert follow_group.default_permissions == discord.Permissions(manage_guild=True)


async def test_what_is_no_address_is_refused_in_a_sentence(ada: Admin) -> None:
    assert "That is no wallet address." in await follow(ada, wallet="tom.sol")


async def test_a_channel_where_the_bot_may_not_post_is_refused(
    ada: Admin, house: House, stage: Stage
) -> None:
    await stage.deny(Permission.EMBED_LINKS, GENERAL_ID)
    assert "I miss: Embed Links." in await follow(ada)
    assert await house.follows.all(GUILD_ID) == ()


async def test_a_channel_that_is_closed_later_rests_and_the_list_says_so(
    ada: Admin, house: House, stage: Stage
) -> None:
    await follow(ada, OTHER)
    await follow(ada)
    await stage.deny(Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES, GENERAL_ID)
    await house.tell(now_listed(house, mint=TOKEN, seller=WHALE), now_listed(house, mint="b", seller=OTHER))
    assert await posted(stage) == []
    [paused, _] = [known.paused_because for known in await house.follows.all(GUILD_ID)]
    assert "I cannot see the channel" in str(paused)
    told = [row for row in await house.rows(PostRow) if row.purpose == "notice"]
    assert len(told) == 1


async def test_the_list_names_what_is_followed_by_its_whole_address(ada: Admin) -> None:
    await follow(ada, label="whale 1")
    await follow(ada, OTHER)
    await ada.type("follow list")
    said = ada.read()
    assert "This server follows 2 wallets" in said
    assert f"**whale 1** `{WHALE}` in <#{GENERAL_ID}>" in said
    assert f"`{OTHER}` in <#{GENERAL_ID}>" in said


async def test_a_server_names_only_so_many_wallets_a_minute(ada: Admin, stage: Stage) -> None:
    for n in range(ASKS_MAX):
        assert "is followed in" in await follow(ada, label=f"whale {n}")
    assert await follow(ada) == "Here 10 wallets were named within a minute. Try again in 60 s."
    stage.clock.step(WITHIN_S)
    assert "is followed in" in await follow(ada)
