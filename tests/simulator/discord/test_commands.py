"""Slash commands, autocomplete and context menus, from registering them to the answer."""

import asyncio

import discord
import pytest
from discord import app_commands

from core.simulator.discord.interactions import State
from core.simulator.discord.options import PersonError
from core.simulator.discord.population import ADA_ID, DEALS_ID, GUILD_ID, TOM_ID, TRADER_ROLE_ID, WES_ID
from tests.simulator.discord.conftest import Bot, LookAlike, StartBot


def bot_with_commands() -> Bot:
    bot = Bot()
    deals = app_commands.Group(name="deals", description="Deals")

    @deals.command(description="The newest deals")
    @app_commands.choices(tier=[app_commands.Choice(name="Gold", value="gold")])
    async def latest(
        interaction: discord.Interaction,
        *,
        count: app_commands.Range[int, 1, 10],
        tier: app_commands.Choice[str] | None = None,
        who: discord.Member | None = None,
        role: discord.Role | None = None,
        where: discord.TextChannel | None = None,
        loud: bool = False,
    ) -> None:
        told = (count, tier and tier.value, who and who.name, role and role.name, where and where.name, loud)
        await interaction.response.send_message(str(told))

    @bot.tree.command(description="What is it worth")
    async def price(interaction: discord.Interaction, card: str) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.followup.send(f"{card}: $5")
        await interaction.followup.send("and more", ephemeral=True)

    @price.autocomplete("card")
    async def cards(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{typed.title()} {n}", value=f"{typed}{n}") for n in (1, 2)]

    @bot.tree.command(description="Never answers")
    async def sleepy(interaction: discord.Interaction) -> None:
        return

    @bot.tree.command(description="Admins only")
    @app_commands.default_permissions(manage_guild=True)
    async def setup(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("ok", ephemeral=True)

    @bot.tree.context_menu(name="Look up")
    async def look_up(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"looked at {message.content}", ephemeral=True)

    @bot.tree.context_menu(name="Holdings")
    async def holdings(interaction: discord.Interaction, user: discord.User) -> None:
        await interaction.response.send_message(f"holdings of {user.name}")

    bot.tree.add_command(deals)
    return bot


@pytest.fixture
async def commander(start_bot: StartBot) -> Bot:
    return await start_bot(bot_with_commands())


async def test_synced_commands_come_back_with_ids(commander: Bot) -> None:
    fetched = await commander.tree.fetch_commands()
    assert {command.name for command in fetched} == {
        "deals", "price", "sleepy", "setup", "Look up", "Holdings"
    }  # fmt: skip
    assert all(command.application_id == commander.application_id for command in fetched)


async def test_an_unchanged_command_keeps_its_id_when_synced_again(commander: Bot) -> None:
    first = {command.name: command.id for command in await commander.tree.fetch_commands()}
    again = {command.name: command.id for command in await commander.tree.sync()}
    assert first == again


async def test_guild_commands_are_kept_apart(look_alike: LookAlike, commander: Bot) -> None:
    guild = discord.Object(GUILD_ID)
    commander.tree.copy_global_to(guild=guild)
    synced = await commander.tree.sync(guild=guild)
    assert {command.guild_id for command in synced} == {GUILD_ID}
    assert len(look_alike.world.commands.of(None)) == len(look_alike.world.commands.of(GUILD_ID)) == 6


async def test_every_kind_of_option_arrives(look_alike: LookAlike, commander: Bot) -> None:
    options = {
        "count": "3",
        "tier": "Gold",
        "who": WES_ID,
        "role": TRADER_ROLE_ID,
        "where": DEALS_ID,
        "loud": True,
    }
    outcome = await look_alike.world.people.run_command(TOM_ID, DEALS_ID, "deals latest", options)
    assert outcome.original is not None
    told = outcome.original.payload["content"]
    assert told == str((3, "gold", "wes", "Trader", "deals", True))
    assert outcome.original.payload["interaction_metadata"]["user"]["username"] == "tom"


async def test_a_deferred_command_fills_its_loading_message_then_follows_up(
    look_alike: LookAlike, commander: Bot
) -> None:
    people = look_alike.world.people
    outcome = await people.run_command(TOM_ID, DEALS_ID, "price", {"card": "mew"})
    assert outcome.state in (State.DEFERRED, State.ANSWERED)
    await people.settled(outcome)
    await look_alike.world.watchers.until(lambda: outcome.followups or None)
    assert outcome.original is not None
    assert outcome.original.payload["content"] == "mew: $5"
    assert not outcome.original.payload["flags"] & 128
    assert [message.payload["content"] for message in outcome.followups] == ["and more"]
    assert not look_alike.world.sees(ADA_ID, outcome.original)
    assert [message async for message in commander.channel(DEALS_ID).history()] == []


async def test_autocomplete_proposes_choices(look_alike: LookAlike, commander: Bot) -> None:
    outcome = await look_alike.world.people.autocomplete(TOM_ID, DEALS_ID, "price", {"card": "me"}, "card")
    assert outcome.state is State.CHOICES
    assert outcome.choices == [{"name": "Me 1", "value": "me1"}, {"name": "Me 2", "value": "me2"}]


async def test_context_menus_reach_their_target(look_alike: LookAlike, commander: Bot) -> None:
    people = look_alike.world.people
    written = people.write(TOM_ID, DEALS_ID, "is this good?", mentions=(commander.application_id or 0,))
    looked = await people.use_menu(TOM_ID, DEALS_ID, "Look up", written.id)
    held = await people.use_menu(TOM_ID, DEALS_ID, "Holdings", WES_ID)
    assert looked.original is not None
    assert held.original is not None
    assert "is this good?" in looked.original.payload["content"]
    assert held.original.payload["content"] == "holdings of wes"


async def test_a_command_that_is_not_answered_fails_and_cannot_be_answered_later(
    look_alike: LookAlike, commander: Bot
) -> None:
    look_alike.world.first_answer_s = 0.05
    outcome = await look_alike.world.people.run_command(TOM_ID, DEALS_ID, "sleepy")
    assert outcome.state is State.FAILED
    path = f"/interactions/{outcome.id}/{outcome.token}/callback"
    status, body = await look_alike.api("POST", path, json={"type": 4, "data": {"content": "late"}})
    assert (status, body["code"]) == (404, 10062)


async def test_a_second_first_answer_is_40060(look_alike: LookAlike, commander: Bot) -> None:
    outcome = await look_alike.world.people.run_command(ADA_ID, DEALS_ID, "setup")
    path = f"/interactions/{outcome.id}/{outcome.token}/callback"
    status, body = await look_alike.api("POST", path, json={"type": 4, "data": {"content": "again"}})
    assert (status, body["code"]) == (400, 40060)


async def test_the_clock_decides_about_three_seconds(look_alike: LookAlike, commander: Bot) -> None:
    world = look_alike.world
    acting = asyncio.create_task(world.people.run_command(TOM_ID, DEALS_ID, "sleepy"))
    await world.watchers.until(lambda: bool(world.interactions.all()))
    (interaction,) = world.interactions.all()
    look_alike.clock.step(4)
    path = f"/interactions/{interaction.id}/{interaction.token}/callback"
    status, body = await look_alike.api("POST", path, json={"type": 5})
    assert (status, body["code"]) == (404, 10062)
    acting.cancel()
    await asyncio.gather(acting, return_exceptions=True)


async def test_a_token_ends_after_fifteen_minutes(look_alike: LookAlike, commander: Bot) -> None:
    outcome = await look_alike.world.people.run_command(ADA_ID, DEALS_ID, "setup")
    look_alike.clock.step(15 * 60 + 1)
    path = f"/webhooks/{commander.application_id}/{outcome.token}"
    status, body = await look_alike.api("POST", path, json={"content": "late"})
    assert (status, body["code"]) == (401, 50027)


async def test_only_those_who_may_see_a_command(look_alike: LookAlike, commander: Bot) -> None:
    with pytest.raises(PersonError):
        await look_alike.world.people.run_command(TOM_ID, DEALS_ID, "setup")
    outcome = await look_alike.world.people.run_command(ADA_ID, DEALS_ID, "setup")
    assert outcome.state is State.ANSWERED


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"count": 11},
        {"count": 0},
        {"count": "many"},
        {"count": 1, "tier": "Tin"},
        {"count": 1, "nonsense": 1},
    ],
)
async def test_what_a_client_would_not_send_is_not_sent(
    look_alike: LookAlike, commander: Bot, options: dict[str, object]
) -> None:
    with pytest.raises(PersonError):
        await look_alike.world.people.run_command(TOM_ID, DEALS_ID, "deals latest", options)
    assert look_alike.world.interactions.all() == []


async def test_a_command_works_in_a_private_chat(look_alike: LookAlike, commander: Bot) -> None:
    channel = look_alike.world.private_channel(TOM_ID)
    outcome = await look_alike.world.people.use_menu(TOM_ID, channel.id, "Holdings", TOM_ID)
    assert outcome.original is not None
    assert outcome.original.payload["content"] == "holdings of tom"
