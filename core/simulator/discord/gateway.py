"""The gateway: one WebSocket from HELLO to its close code."""

import asyncio
from collections import deque
from typing import Any, Final

from aiohttp import web

from ..faults import GATEWAY, FaultKind, Faults
from .compression import packing
from .frames import Closed, Identify, RequestMembers, Resume, parsed, read
from .guilds import Guild
from .limits import GATEWAY_COMMANDS_PER_MINUTE
from .permissions import Permission, channel_permissions
from .population import BOT_ID
from .sessions import (
    GUILD_MEMBERS,
    GUILD_PRESENCES,
    GUILDS,
    KNOWN_INTENTS,
    PRIVILEGED,
    Connection,
    Session,
)
from .wire import Json, encode, iso
from .world import DiscordWorld

HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, MEMBERS = 1, 2, 3, 4, 6, 8
_GRACE: Final = 1.5  # a client that is silent for this many heartbeats has gone
_MEMBERS_MAX: Final = 1000
_GOODBYE_S: Final = 5.0


def add_gateway(app: web.Application, world: DiscordWorld, faults: Faults) -> None:
    """Add the WebSocket route, and what `drop_gateway`, `lost_ack` and `duplicate` faults do to it."""

    async def handle(request: web.Request) -> web.StreamResponse:
        async def effect() -> web.StreamResponse:
            return await _serve(request, world, faults)

        return await faults.guard(GATEWAY, request, effect)

    app.router.add_get("/gateway", handle)
    faults.on_drop_gateway(world.sessions.drop)
    world.sessions.is_repeated = lambda event: faults.strike(f"{GATEWAY}:{event}", FaultKind.DUPLICATE)


async def _serve(request: web.Request, world: DiscordWorld, faults: Faults) -> web.StreamResponse:
    socket = web.WebSocketResponse(max_msg_size=1 << 16, compress=False)
    await socket.prepare(request)
    transport = request.transport
    assert transport is not None
    connection = Connection(socket, transport, pack=packing(request.query.get("compress")))
    pump = asyncio.create_task(connection.pump(), name="look-alike gateway pump")
    conversation = Conversation(world, connection, faults)
    try:
        if request.query.get("v", "10") != "10":
            raise Closed(4012, "Invalid API version")
        await conversation.run(socket)
    except Closed as closed:
        connection.close(closed.code, closed.reason)
        await asyncio.wait([pump], timeout=_GOODBYE_S)
    finally:
        conversation.end(socket.close_code)
        pump.cancel()
        await asyncio.wait([pump])
    return socket


class Conversation:
    """What is said on one connection."""

    def __init__(self, world: DiscordWorld, connection: Connection, faults: Faults) -> None:
        self._world = world
        self._faults = faults
        self._connection = connection
        self._session: Session | None = None
        self._sent_at: deque[float] = deque(maxlen=GATEWAY_COMMANDS_PER_MINUTE)

    async def run(self, socket: web.WebSocketResponse) -> None:
        """Say hello and answer until the client leaves. Raises Closed."""
        self._send(10, {"heartbeat_interval": round(self._world.heartbeat_s * 1000), "_trace": []})
        patience_s = self._world.heartbeat_s * _GRACE
        try:
            async with asyncio.timeout(patience_s) as silence:
                async for frame in socket:
                    operation, payload = parsed(frame.data)
                    if operation == HEARTBEAT:
                        silence.reschedule(asyncio.get_running_loop().time() + patience_s)
                    self._take(operation, payload)
        except TimeoutError:
            if self._session is not None:
                self._world.sessions.remove(self._session)
            raise Closed(4009, "Session timed out") from None

    def end(self, close_code: int | None) -> None:
        """The connection is gone. A client that said goodbye by itself will not come back for its session."""
        session = self._session
        if session is None:
            return
        self._world.sessions.detach(session, self._connection)
        is_goodbye = close_code in (1000, 1001) and not self._connection.is_closing
        if is_goodbye and session.connection is None:
            self._world.sessions.remove(session)

    def _take(self, operation: int, payload: Any) -> None:
        self._count()
        if operation == HEARTBEAT:
            if not self._faults.strike(GATEWAY, FaultKind.LOST_ACK):
                self._send(11, None)
        elif operation == IDENTIFY:
            self._identify(payload)
        elif operation == RESUME:
            self._resume(payload)
        elif self._session is None:
            raise Closed(4003, "Not authenticated")
        elif operation == MEMBERS:
            self._send_members(self._session, read(payload, RequestMembers))
        elif operation not in (PRESENCE, VOICE):
            raise Closed(4001, "Unknown opcode")

    def _count(self) -> None:
        now = asyncio.get_running_loop().time()
        if len(self._sent_at) == GATEWAY_COMMANDS_PER_MINUTE and now - self._sent_at[0] < 60:
            raise Closed(4008, "Rate limited")
        self._sent_at.append(now)

    def _identify(self, payload: object) -> None:
        world = self._world
        if self._session is not None:
            raise Closed(4005, "Already authenticated")
        said = read(payload, Identify)
        self._check_token(said.token)
        intents = said.intents
        if intents is None or intents & ~KNOWN_INTENTS:
            raise Closed(4013, "Invalid intent(s)")
        if intents & PRIVILEGED & ~world.privileged_intents:
            raise Closed(4014, "Disallowed intent(s)")
        shard = said.shard or (0, 1)
        if not 0 <= shard[0] < shard[1]:
            raise Closed(4010, "Invalid shard")
        may_start = world.sessions.may_start(shard[0] % world.max_concurrency, world.identify_gap_s)
        if world.identifies_left <= 0 or not may_start:
            self._send(9, False)
            return
        world.identifies_left -= 1
        self._session = session = Session(intents, shard)
        world.sessions.add(session)
        world.sessions.attach(session, self._connection)
        mine = [guild for guild in world.guilds.values() if world.is_bot_in(guild.id)]
        guilds = [guild for guild in mine if session.is_for(guild.id)]
        session.dispatch(
            "READY", _ready(world, session, guilds) | ({"shard": list(shard)} if said.shard else {})
        )
        for guild in guilds:
            if intents & GUILDS and guild.id not in world.unavailable:
                session.dispatch("GUILD_CREATE", guild_create(guild, intents))

    def _resume(self, payload: object) -> None:
        world = self._world
        if self._session is not None:
            raise Closed(4005, "Already authenticated")
        said = read(payload, Resume)
        self._check_token(said.token)
        session = world.sessions.get(said.session_id)
        after = said.seq or 0
        if session is not None and after > session.sequence:
            world.sessions.remove(session)
            raise Closed(4007, "Invalid seq")
        if session is None or not session.can_replay(after):
            self._send(9, False)
            return
        self._session = session
        world.sessions.attach(session, self._connection)
        session.replay(after)
        session.dispatch("RESUMED", {"_trace": []})

    def _check_token(self, token: str) -> None:
        if token.removeprefix("Bot ") != self._world.bot_token:
            raise Closed(4004, "Authentication failed")

    def _send_members(self, session: Session, asked: RequestMembers) -> None:
        guild = next(
            (found for found in self._world.guilds.values() if str(found.id) == str(asked.guild_id)), None
        )
        if guild is None or not self._world.is_bot_in(guild.id):
            return
        listed = asked.user_ids if isinstance(asked.user_ids, list) else [asked.user_ids]
        wanted = {str(user_id) for user_id in listed if user_id is not None}
        is_all = asked.query == "" and bool(session.intents & GUILD_MEMBERS)
        found = [
            member.to_json()
            for member in guild.members.values()
            if is_all
            or str(member.user.id) in wanted
            or (asked.query and member.user.name.startswith(asked.query))
        ]
        chunk: Json = {
            "guild_id": str(guild.id),
            "members": found[: asked.limit or _MEMBERS_MAX],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": sorted(wanted - {str(user_id) for user_id in guild.members}),
        }
        session.dispatch("GUILD_MEMBERS_CHUNK", chunk | ({"nonce": asked.nonce} if asked.nonce else {}))

    def _send(self, operation: int, payload: object) -> None:
        self._connection.send(encode({"op": operation, "d": payload, "s": None, "t": None}))


def _ready(world: DiscordWorld, session: Session, guilds: list[Guild]) -> Json:
    return {
        "v": 10,
        "user": world.users[BOT_ID].to_own_json(),
        "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
        "session_id": session.id,
        "session_type": "normal",
        "resume_gateway_url": world.gateway_url,
        "application": {"id": str(BOT_ID), "flags": 0},
        "private_channels": [],
        "user_settings": {},
        "relationships": [],
        "presences": [],
        "_trace": [],
    }


def guild_create(guild: Guild, intents: int) -> Json:
    """A guild with everything in it. Without the presence intent Discord names no member but the bot."""
    me = guild.members[BOT_ID]
    members = guild.members.values() if intents & GUILD_PRESENCES else [me]
    channels = guild.channels.values()
    visible = [c for c in channels if channel_permissions(guild, c, me) & Permission.VIEW_CHANNEL]
    return guild.to_json() | {
        "joined_at": iso(me.joined_at),
        "large": False,
        "unavailable": False,
        "member_count": len(guild.members),
        "members": [member.to_json() for member in members],
        "channels": [channel.to_json() for channel in visible],
        "threads": [],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }
