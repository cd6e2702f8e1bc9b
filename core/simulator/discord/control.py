"""The control API: what the demo page and tests use to look around and to act for a person."""

import sys
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec
from aiohttp import web

from .errors import ApiError
from .guilds import Channel
from .interactions import Interaction
from .options import PersonError
from .permissions import Permission
from .population import ADA_ID, BOT_ID
from .rest.endpoint import read_body
from .stream import serve_stream
from .users import User
from .wire import Json, answer, decode
from .world import DiscordWorld

_SETTLE_S: Final = 15.0
_MESSAGES_MAX: Final = 200
_MENUS: Final = frozenset({"message_command", "user_command"})


def add_control_routes(app: web.Application, world: DiscordWorld) -> None:
    """Add `/sim/discord/...`."""
    control = Control(world)
    app.router.add_get("/sim/discord/state", _safely(control.state))
    app.router.add_get(r"/sim/discord/channels/{channel:\d+}/messages", _safely(control.messages))
    app.router.add_get("/sim/discord/stream", _safely(control.stream))
    app.router.add_get("/sim/discord/commands", _safely(control.commands))
    app.router.add_post("/sim/discord/interactions", _safely(control.act))
    app.router.add_get(r"/sim/discord/interactions/{id:\d+}", _safely(control.interaction))
    app.router.add_post("/sim/discord/messages", _safely(control.write))
    app.router.add_post("/sim/discord/private", _safely(control.open_private))
    app.router.add_get("/sim/discord/ledger", _safely(control.ledger))
    app.router.add_post("/sim/discord/gateway", _safely(control.gateway))


class Control:
    """The handlers. Bodies and answers are as the simulator's documentation lists them."""

    def __init__(self, world: DiscordWorld) -> None:
        self._world = world

    async def state(self, request: web.Request) -> web.StreamResponse:
        """Everything the page needs to draw its frame for a person; without one for Ada, the admin."""
        person = self._person({"person": ADA_ID} | dict(request.query))
        bot = self._world.users[BOT_ID]
        private = self._world.private.get(person.id)
        return answer(
            {
                "me": {
                    "id": str(person.id),
                    "name": person.display_name,
                    "avatar_color": person.avatar_color,
                },
                "people": [self._shown(user) for user in self._world.users.values() if not user.is_bot],
                "guilds": [self._guild(guild_id, person) for guild_id in self._world.guilds],
                "private": [self._private(private)] if private else [],
                "bot": {
                    "id": str(BOT_ID),
                    "name": bot.display_name,
                    "avatar_color": bot.avatar_color,
                    "online": self._world.sessions.is_online,
                },
            }
        )

    async def messages(self, request: web.Request) -> web.StreamResponse:
        """A channel as a person sees it, oldest first: the newest, or those right before a message's id."""
        person = self._person(request.query)
        limit = min(int(request.query.get("limit", "50")), _MESSAGES_MAX)
        before = int(request.query.get("before") or sys.maxsize)
        found = self._world.messages.all_in(int(request.match_info["channel"]))
        shown = [
            message.to_view()
            for message in found
            if message.id < before and self._world.sees(person.id, message)
        ]
        return answer({"messages": shown[-limit:] if limit > 0 else []})

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """A person's live view."""
        return await serve_stream(request, self._world, self._person(request.query).id)

    async def commands(self, request: web.Request) -> web.StreamResponse:
        """The commands a person finds in a guild, or in a private chat when no guild is named."""
        person = self._person(request.query)
        guild_id = int(request.query["guild"]) if request.query.get("guild") else None
        bits = 0
        if guild_id is not None:
            channels = self._world.guilds[guild_id].channels.values()
            bits = max((self._world.permissions(person.id, channel) for channel in channels), default=0)
        installs = self._world.installs(person.id, guild_id)
        return answer({"commands": self._world.commands.visible(guild_id, bits, installs)})

    async def act(self, request: web.Request) -> web.StreamResponse:
        """A person acts. Waits for the first answer; with `"settle": true` until no spinner is left."""
        body = decode(await request.read())
        interaction = await self._interaction(body)
        if body.get("settle") and interaction.is_loading:
            await self._world.people.settled(interaction, seconds=_SETTLE_S)
        return answer(interaction.to_outcome())

    async def interaction(self, request: web.Request) -> web.StreamResponse:
        """What became of an interaction; with `?settle=1` once no spinner is left."""
        interaction = self._world.interactions.get(int(request.match_info["id"]))
        if interaction is None:
            raise PersonError("there is no such interaction")
        if request.query.get("settle"):
            await self._world.people.settled(interaction, seconds=_SETTLE_S)
        return answer(interaction.to_outcome())

    async def write(self, request: web.Request) -> web.StreamResponse:
        """A person writes a message, with files when it comes as a form, in the parts that Discord names."""
        body, uploads = await read_body(request)
        mentions = tuple(int(mentioned) for mentioned in body.get("mentions") or [])
        person = self._person(body)
        message = self._world.people.write(
            person.id, int(body["channel"]), str(body["content"]), mentions, uploads
        )
        return answer({"message": message.to_view()})

    async def open_private(self, request: web.Request) -> web.StreamResponse:
        """A person begins to talk with the bot alone; nothing new when they do already."""
        person = self._person(decode(await request.read()))
        return answer(self._private(self._world.private_channel(person.id)))

    async def ledger(self, _: web.Request) -> web.StreamResponse:
        """What the bot asked of the API, and what people asked of the bot."""
        requests = [asked.to_json() for asked in self._world.ledger.requests()]
        interactions = [interaction.to_ledger() for interaction in self._world.interactions.all()]
        return answer({"requests": requests, "interactions": interactions})

    async def gateway(self, request: web.Request) -> web.StreamResponse:
        """Trouble at the gateway: `{"do": "reconnect" | "invalidate" | "invalidate_resumable" | "drop"}`.

        `{"do": "allow_starts", "count": 40}` sets how many more identifies there may be today.
        """
        body = decode(await request.read())
        if body["do"] == "allow_starts":
            self._world.identifies_left = int(body["count"])
            return answer({"done": True})
        sessions = self._world.sessions
        acts: dict[str, Callable[[], None]] = {
            "reconnect": sessions.ask_to_reconnect,
            "invalidate": lambda: sessions.invalidate(is_resumable=False),
            "invalidate_resumable": lambda: sessions.invalidate(is_resumable=True),
            "drop": sessions.drop,
        }
        acts[str(body["do"])]()
        return answer({"done": True})

    async def _interaction(self, body: Json) -> Interaction:
        people, person = self._world.people, self._person(body)
        kind = body["type"]
        if kind == "component":
            values = tuple(str(value) for value in body.get("values") or [])
            return await people.press(person.id, int(body["message"]), str(body["custom_id"]), values)
        if kind == "modal":
            return await people.submit_modal(person.id, str(body["custom_id"]), body.get("fields") or {})
        channel_id, name = int(body["channel"]), str(body.get("name") or body.get("command_id"))
        options = body.get("options") or {}
        if kind == "command":
            return await people.run_command(person.id, channel_id, name, options)
        if kind == "autocomplete":
            return await people.autocomplete(person.id, channel_id, name, options, str(body["focused"]))
        if kind in _MENUS:
            return await people.use_menu(person.id, channel_id, name, int(body["target"]))
        raise PersonError(f"nobody can do a {kind!r}")

    def _person(self, given: Any) -> User:
        person = self._world.users.get(int(given["person"]))
        if person is None or person.is_bot:
            raise PersonError("there is no such person")
        return person

    def _shown(self, user: User) -> Json:
        roles = [
            guild.roles[role_id].name
            for guild in self._world.guilds.values()
            if user.id in guild.members
            for role_id in guild.members[user.id].role_ids
        ]
        shown = {"id": str(user.id), "name": user.display_name, "avatar_color": user.avatar_color}
        return shown | {"role_names": roles}

    def _private(self, channel: Channel) -> Json:
        """A private channel, named after the only other one in it."""
        name = self._world.users[BOT_ID].display_name
        return {"id": str(channel.id), "name": name, "last_message_id": _text(channel.last_message_id)}

    def _guild(self, guild_id: int, person: User) -> Json:
        guild = self._world.guilds[guild_id]
        channels: list[Json] = []
        for channel in guild.channels.values():
            bits = self._world.permissions(person.id, channel)
            shown = {
                "id": str(channel.id),
                "name": channel.name,
                "type": channel.type,
                "topic": channel.topic,
                "last_message_id": _text(channel.last_message_id),
            }
            can_view, can_send = bits & Permission.VIEW_CHANNEL, bits & Permission.SEND_MESSAGES
            channels.append(shown | {"can_view": bool(can_view), "can_send": bool(can_send)})
        roles = [
            {"id": str(role.id), "name": role.name, "color": role.color} for role in guild.roles.values()
        ]
        return {"id": str(guild.id), "name": guild.name, "channels": channels, "roles": roles}


def _text(snowflake: int | None) -> str | None:
    return None if snowflake is None else str(snowflake)


def _safely(
    handle: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Turn what a caller got wrong into a 400 with one sentence."""

    async def safe(request: web.Request) -> web.StreamResponse:
        try:
            return await handle(request)
        except ApiError as error:
            return answer({"error": error.message, "discord": error.to_json()}, status=400)
        except PersonError as error:
            return answer({"error": str(error)}, status=400)
        except (KeyError, ValueError, TypeError, AttributeError, msgspec.DecodeError) as error:
            return answer({"error": f"cannot read the request: {error!r}"}, status=400)
        except TimeoutError:
            return answer({"error": "nothing happened in time"}, status=504)

    return safe
