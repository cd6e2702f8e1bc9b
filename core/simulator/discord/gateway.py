"""The gateway: one WebSocket from HELLO to its close code."""

import asyncio
import zlib
from collections import deque
from typing import Any, Final

import msgspec
from aiohttp import web

from ..faults import GATEWAY, FaultKind, Faults
from .compression import packing
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
from .wire import Json, decode, encode, iso
from .world import DiscordWorld

HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, MEMBERS = 1, 2, 3, 4, 6, 8
_GRACE: Final = 1.5  # a client that is silent for this many heartbeats has gone
_MEMBERS_MAX: Final = 1000
_GOODBYE_S: Final = 5.0


class Closed(Exception):  # noqa: N818  # the end of a connection, not always an error
    """The look-alike ends the connection with this close code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


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
                    operation, payload = _parsed(frame.data)
                    if operation == HEARTBEAT:
                        silence.reschedule(asyncio.get_running_loop().time() + patience_s)
                    self._take(operation, payload)
        except TimeoutError:
            if self._session is not None:
                self._world.sessions.remove(self._session)
            raise Closed(4009, "Session timed out") from None

    def end(self, close_code: int | None) -> None:
        """The connection is gone. A client that said goodbye properly will not come back for its session."""
        session = self._session
        if session is None:
            return
        self._world.sessions.detach(session, self._connection)
        if close_code in (1000, 1001) and session.connection is None:
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
            self._send_members(self._session, payload)
        elif operation not in (PRESENCE, VOICE):
            raise Closed(4001, "Unknown opcode")

    def _count(self) -> None:
        now = asyncio.get_running_loop().time()
        if len(self._sent_at) == GATEWAY_COMMANDS_PER_MINUTE and now - self._sent_at[0] < 60:
            raise Closed(4008, "Rate limited")
        self._sent_at.append(now)

    def _identify(self, payload: Json) -> None:
        world = self._world
        if self._session is not None:
            raise Closed(4005, "Already authenticated")
        self._check_token(payload)
        intents = payload.get("intents")
        if not isinstance(intents, int) or intents & ~KNOWN_INTENTS:
            raise Closed(4013, "Invalid intent(s)")
        if intents & PRIVILEGED & ~world.privileged_intents:
            raise Closed(4014, "Disallowed intent(s)")
        shard = payload.get("shard") or [0, 1]
        if not 0 <= shard[0] < shard[1]:
            raise Closed(4010, "Invalid shard")
        may_start = world.sessions.may_start(shard[0] % world.max_concurrency, world.identify_gap_s)
        if world.identifies_left <= 0 or not may_start:
            self._send(9, False)
            return
        world.identifies_left -= 1
        self._session = session = Session(intents, (shard[0], shard[1]))
        world.sessions.add(session)
        world.sessions.attach(session, self._connection)
        mine = [guild for guild in world.guilds.values() if world.is_bot_in(guild.id)]
        guilds = [guild for guild in mine if session.is_for(guild.id)]
        session.dispatch("READY", _ready(world, session, guilds) | _echo(payload))
        for guild in guilds:
            if intents & GUILDS:
                session.dispatch("GUILD_CREATE", guild_create(guild, intents))

    def _resume(self, payload: Json) -> None:
        world = self._world
        if self._session is not None:
            raise Closed(4005, "Already authenticated")
        self._check_token(payload)
        session = world.sessions.get(str(payload.get("session_id")))
        after = payload.get("seq") or 0
        if session is not None and after > session.sequence:
            raise Closed(4007, "Invalid seq")
        if session is None or not session.can_replay(after):
            self._send(9, False)
            return
        self._session = session
        world.sessions.attach(session, self._connection)
        session.replay(after)
        session.dispatch("RESUMED", {"_trace": []})

    def _check_token(self, payload: object) -> None:
        if not isinstance(payload, dict):
            raise Closed(4002, "Decode error")
        if str(payload.get("token")).removeprefix("Bot ") != self._world.bot_token:
            raise Closed(4004, "Authentication failed")

    def _send_members(self, session: Session, payload: Json) -> None:
        guild = self._world.guilds.get(int(payload["guild_id"]))
        if guild is None:
            return
        wanted = {str(user_id) for user_id in _listed(payload.get("user_ids"))}
        is_all = payload.get("query") == "" and bool(session.intents & GUILD_MEMBERS)
        query = payload.get("query") or None
        found = [
            member.to_json()
            for member in guild.members.values()
            if is_all or str(member.user.id) in wanted or (query and member.user.name.startswith(query))
        ]
        chunk: Json = {
            "guild_id": str(guild.id),
            "members": found[:_MEMBERS_MAX],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": sorted(wanted - {str(user_id) for user_id in guild.members}),
        }
        session.dispatch("GUILD_MEMBERS_CHUNK", chunk | _nonce(payload))

    def _send(self, operation: int, payload: object) -> None:
        self._connection.send(encode({"op": operation, "d": payload, "s": None, "t": None}))


def _parsed(raw: str | bytes) -> tuple[int, Any]:
    try:
        # hikari sends plain JSON in binary frames.
        text = zlib.decompress(raw) if isinstance(raw, bytes) and not raw.startswith(b"{") else raw
        frame = decode(text)
        return int(frame["op"]), frame.get("d")
    except (msgspec.DecodeError, zlib.error, KeyError, TypeError, ValueError):
        raise Closed(4002, "Decode error") from None


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


def _echo(payload: Json) -> Json:
    return {"shard": payload["shard"]} if payload.get("shard") else {}


def _nonce(payload: Json) -> Json:
    return {"nonce": payload["nonce"]} if payload.get("nonce") else {}


def _listed(value: object) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


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
