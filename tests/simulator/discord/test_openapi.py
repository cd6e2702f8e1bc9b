"""The look-alike's answers against Discord's own description of its API, where it lies at hand."""

import asyncio
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import discord
import pytest

from core.simulator.discord.ledger import Asked
from core.simulator.discord.population import ADA_ID, BOT_ID, DEALS_ID, GUILD_ID, TOM_ID, WES_ID
from core.simulator.discord.rest.endpoint import PREFIX
from core.simulator.discord.routes import endpoints
from core.simulator.discord.sessions import PRIVILEGED
from tests.simulator.discord.conftest import Bot, LookAlike, StartBot
from tests.simulator.discord.openapi import anonymous, description, request_faults, schema_faults

Check = Callable[[str, Any], None]


@pytest.fixture(scope="session")
def openapi(shared_folder: Path) -> dict[str, Any]:
    return description()


@pytest.fixture(scope="session")
def check(openapi: dict[str, Any]) -> Check:
    """Assert that a value fits a named schema."""

    def fits(name: str, value: Any) -> None:
        assert schema_faults(json.dumps({"$ref": f"#/components/schemas/{name}"}), value) == []

    return fits


async def test_every_route_of_the_look_alike_is_a_route_of_discord(openapi: dict[str, Any]) -> None:
    known = {
        (method.upper(), anonymous(path)) for path, methods in openapi["paths"].items() for method in methods
    }
    # Discord lists this message under a path of its own.
    known |= {(method, "/webhooks/{}/{}/messages/{}") for method in ("GET", "PATCH", "DELETE")}
    ours = {(endpoint.method, anonymous(endpoint.route)) for endpoint in endpoints()}
    assert ours - known == set()
    assert PREFIX == "/api/v10"


def asked(method: str, route: str, body: Any) -> Asked:
    return Asked(method, route, route, 200, datetime(2026, 1, 1, tzinfo=UTC), body)


def test_a_request_that_discord_would_refuse_is_noticed(openapi: dict[str, Any]) -> None:
    route = "/channels/{channel_id}/messages"
    long_title = {"embeds": [{"title": "x" * 257}]}
    (fault,) = request_faults(asked("POST", route, long_title))
    assert fault.startswith(f"POST {route}: ['embeds', 0, 'title']")
    (fault,) = request_faults(asked("PUT", "/applications/{id}/commands", [{"name": "n" * 33}]))
    assert "[0, 'name']" in fault
    callback = {"type": 4, "data": {"content": "x" * 4001}}
    assert request_faults(asked("POST", "/interactions/{id}/{token}/callback", callback))


def test_what_discord_takes_in_spite_of_its_description_is_no_fault(openapi: dict[str, Any]) -> None:
    reply = {
        "content": "x",
        "message_reference": {"message_id": 5, "channel_id": 6},
        "allowed_mentions": {"parse": [], "roles": [7]},
        "attachments": [{"id": 0, "filename": "a.png"}],
    }
    assert request_faults(asked("POST", "/channels/{id}/messages", reply)) == []
    assert request_faults(asked("POST", "/channels/{id}/messages", {"content": "x", "nonce": "n"})) == []


def test_what_discord_does_not_describe_is_not_checked(openapi: dict[str, Any]) -> None:
    assert request_faults(asked("POST", "/nowhere", {"anything": 1})) == []


def view() -> discord.ui.View:
    made = discord.ui.View(timeout=None)
    made.add_item(discord.ui.Button(label="Buy", custom_id="buy", emoji="\N{MONEY BAG}"))
    made.add_item(discord.ui.Button(label="ME", url="https://example.org/"))
    made.add_item(discord.ui.Select(custom_id="s", options=[discord.SelectOption(label="a")]))
    made.add_item(discord.ui.UserSelect(custom_id="u"))
    made.add_item(discord.ui.RoleSelect(custom_id="r"))
    made.add_item(discord.ui.ChannelSelect(custom_id="c"))
    return made


def embed() -> discord.Embed:
    made = discord.Embed(title="t", description="d", url="https://example.org/", color=5)
    made.add_field(name="n", value="v")
    made.set_author(name="a", icon_url="https://example.org/a.png")
    made.set_footer(text="f", icon_url="https://example.org/f.png")
    made.set_thumbnail(url="https://example.org/t.png")
    return made.set_image(url="attachment://i.png")


async def test_messages_fit(look_alike: LookAlike, bot: Bot, check: Check) -> None:
    files = [discord.File(io.BytesIO(b"1"), "i.png"), discord.File(io.BytesIO(b"2"), "other.txt")]
    sent = await bot.channel(DEALS_ID).send(
        f"<@{TOM_ID}>", embed=embed(), view=view(), files=files, nonce="n"
    )
    await sent.edit(content="edited", embed=embed(), attachments=[discord.File(io.BytesIO(b"3"), "i.png")])
    chosen = discord.ui.View(timeout=None).add_item(discord.ui.MentionableSelect(custom_id="m"))
    await sent.reply("an answer", view=chosen)
    await (await bot.fetch_user(WES_ID)).send("private")
    _, history = await look_alike.api("GET", f"/channels/{DEALS_ID}/messages")
    assert len(history) == 2
    for message in history:
        check("MessageResponse", message)
    private = look_alike.world.private_channel(WES_ID)
    _, (message,) = await look_alike.api("GET", f"/channels/{private.id}/messages")
    check("MessageResponse", message)
    check("PrivateChannelResponse", (await look_alike.api("GET", f"/channels/{private.id}"))[1])


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/users/@me", "UserPIIResponse"),
        (f"/users/{ADA_ID}", "UserResponse"),
        ("/applications/@me", "PrivateApplicationResponse"),
        ("/oauth2/applications/@me", "PrivateApplicationResponse"),
        (f"/guilds/{GUILD_ID}", "GuildWithCountsResponse"),
        (f"/guilds/{GUILD_ID}/channels", "GuildChannelResponse"),
        (f"/guilds/{GUILD_ID}/roles", "GuildRoleResponse"),
        (f"/guilds/{GUILD_ID}/members?limit=9", "GuildMemberResponse"),
        (f"/guilds/{GUILD_ID}/members/{TOM_ID}", "GuildMemberResponse"),
        ("/users/@me/guilds", "MyGuildResponse"),
        (f"/channels/{DEALS_ID}", "GuildChannelResponse"),
        ("/gateway", "GatewayResponse"),
        ("/gateway/bot", "GatewayBotResponse"),
        # A 50035 cannot be held against it: it calls the codes of single fields numbers, and they are texts.
        ("/channels/5", "ErrorResponse"),
    ],
)
async def test_things_that_are_read_fit(look_alike: LookAlike, check: Check, path: str, schema: str) -> None:
    look_alike.world.privileged_intents = PRIVILEGED
    _, body = await look_alike.api("GET", path)
    for value in body if isinstance(body, list) else [body]:
        check(schema, value)


async def test_registered_commands_fit(look_alike: LookAlike, check: Check) -> None:
    options = [
        {"type": 3, "name": "card", "description": "d", "autocomplete": True, "required": True},
        {"type": 4, "name": "count", "description": "d", "min_value": 1, "max_value": 9},
    ]
    commands = [
        {"name": "price", "description": "d", "options": options, "default_member_permissions": "32"},
        {"name": "Look up", "type": 3},
    ]
    for scope in (f"/applications/{BOT_ID}", f"/applications/{BOT_ID}/guilds/{GUILD_ID}"):
        _, made = await look_alike.api("PUT", f"{scope}/commands", json=commands)
        for command in made:
            check("ApplicationCommandResponse", command)


@pytest.fixture
async def answering_bot(start_bot: StartBot) -> Bot:
    bot = Bot()

    @bot.tree.command(description="d")
    async def slow(interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        await interaction.followup.send("done", view=view())
        await interaction.followup.send("more")

    @bot.event
    async def on_interaction(interaction: discord.Interaction) -> None:
        if interaction.type is discord.InteractionType.component:
            await interaction.response.send_modal(_form())
        elif interaction.type is discord.InteractionType.modal_submit:
            await interaction.response.send_message("thanks", ephemeral=True)

    return await start_bot(bot)


def _form() -> discord.ui.Modal:
    form = discord.ui.Modal(title="t", custom_id="form")
    form.add_item(discord.ui.TextInput(label="l", custom_id="text"))
    return form


async def test_answers_to_interactions_fit(look_alike: LookAlike, answering_bot: Bot, check: Check) -> None:
    people = look_alike.world.people
    slow = await people.run_command(TOM_ID, DEALS_ID, "slow")
    await look_alike.world.watchers.until(lambda: bool(slow.followups))
    assert slow.original is not None
    await people.press(TOM_ID, slow.original.id, "buy")
    thanked = await people.submit_modal(TOM_ID, "form", {"text": "x"})
    assert thanked.original is not None
    for message in (slow.original, *slow.followups, thanked.original):
        check("MessageResponse", message.payload)


async def test_the_callback_answer_fits(look_alike: LookAlike, answering_bot: Bot, check: Check) -> None:
    world = look_alike.world
    await answering_bot.close()
    acting = asyncio.create_task(world.people.run_command(TOM_ID, DEALS_ID, "slow"))
    await world.watchers.until(lambda: bool(world.interactions.all()))
    (interaction,) = world.interactions.all()
    path = f"/interactions/{interaction.id}/{interaction.token}/callback?with_response=true"
    _, made = await look_alike.api("POST", path, json={"type": 4, "data": {"content": "x"}})
    check("InteractionCallbackResponse", made)
    await acting


async def test_a_refused_rate_limit_fits(look_alike: LookAlike, check: Check) -> None:
    look_alike.faults.add("discord:GET /users/@me", "rate_limit", seconds=1.5)
    _, body = await look_alike.api("GET", "/users/@me")
    check("RatelimitedResponse", body)
