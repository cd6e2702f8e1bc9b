"""Gateway sessions: what each client was sent, so that it can come back and miss nothing."""

import asyncio
import math
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from .compression import Pack
from .limits import GATEWAY_QUEUE, SESSION_EVENTS_KEPT, SESSIONS_KEPT
from .wire import Json, encode

GUILDS: Final = 1 << 0
GUILD_MEMBERS: Final = 1 << 1
GUILD_PRESENCES: Final = 1 << 8
GUILD_MESSAGES: Final = 1 << 9
DIRECT_MESSAGES: Final = 1 << 12
MESSAGE_CONTENT: Final = 1 << 15
PRIVILEGED: Final = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT
KNOWN_INTENTS: Final = (1 << 17) - 1 | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25


class Connection:
    """One WebSocket: an ordered queue of frames, packed as one stream when the client asked for it."""

    def __init__(
        self, socket: web.WebSocketResponse, transport: asyncio.Transport, *, pack: Pack | None
    ) -> None:
        self._socket = socket
        self._transport = transport
        self._pack = pack
        self.is_closing = False  # by us: then the client's goodbye is only the answer to ours
        self._frames: asyncio.Queue[bytes | tuple[int, str]] = asyncio.Queue(GATEWAY_QUEUE)

    def send(self, frame: bytes) -> None:
        """Queue a frame. A client that reads too slowly loses its connection."""
        if self._frames.full():
            self.abort()
        else:
            self._frames.put_nowait(frame)

    def close(self, code: int, reason: str = "") -> None:
        """Queue a close frame behind what was sent before."""
        self.is_closing = True
        if not self._frames.full():
            self._frames.put_nowait((code, reason))

    def abort(self) -> None:
        """Cut the connection without a close frame."""
        self._transport.abort()

    async def pump(self) -> None:
        """Write queued frames until the connection is closed."""
        while True:
            frame = await self._frames.get()
            try:
                if isinstance(frame, tuple):
                    await self._socket.close(code=frame[0], message=frame[1].encode())
                    return
                await self._write(frame)
            except ConnectionError:
                return

    async def _write(self, frame: bytes) -> None:
        if self._pack is None:
            await self._socket.send_str(frame.decode())
        else:
            await self._socket.send_bytes(self._pack(frame))


@dataclass(slots=True, eq=False)
class Session:
    """A logged-in client. It outlives its connection until it is invalidated or pushed out by newer ones."""

    intents: int
    shard: tuple[int, int]
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    sequence: int = 0
    events: deque[tuple[int, bytes]] = field(default_factory=lambda: deque(maxlen=SESSION_EVENTS_KEPT))
    connection: Connection | None = None

    def dispatch(self, event: str, payload: Json, copies: int = 1) -> None:
        """Send an event, or keep it for the client's return. Further copies repeat the sequence number."""
        self.sequence += 1
        frame = encode({"op": 0, "s": self.sequence, "t": event, "d": payload})
        self.events.append((self.sequence, frame))
        for _ in range(copies):
            if self.connection is not None:
                self.connection.send(frame)

    def can_replay(self, after: int) -> bool:
        """Whether everything after this sequence number is still kept."""
        oldest = self.events[0][0] if self.events else self.sequence + 1
        return oldest - 1 <= after <= self.sequence

    def replay(self, after: int) -> None:
        """Send again what the client has not seen."""
        assert self.connection is not None
        for sequence, frame in self.events:
            if sequence > after:
                self.connection.send(frame)

    def is_for(self, guild_id: int | None) -> bool:
        """Whether this shard serves the guild; private events go to shard 0."""
        shard, shards = self.shard
        return shard == (0 if guild_id is None else (guild_id >> 22) % shards)


class Sessions:
    """Every session there is. Events go to all that asked for them.

    is_repeated says whether an event of this name is sent twice.
    """

    def __init__(self, on_presence: Callable[[bool], None]) -> None:
        self._sessions: dict[str, Session] = {}
        self._on_presence = on_presence
        self._identified_s: dict[int, float] = {}
        self.is_repeated: Callable[[str], bool] = lambda _: False
        self.starts = 0

    def may_start(self, bucket: int, gap_s: float) -> bool:
        """Whether this bucket of shards may identify again; if so that counts from now."""
        now_s = time.monotonic()
        if now_s - self._identified_s.get(bucket, -math.inf) < gap_s:
            return False
        self._identified_s[bucket] = now_s
        return True

    def add(self, session: Session) -> None:
        """Keep a new session; the oldest goes when there are too many."""
        self._sessions[session.id] = session
        self.starts += 1
        while len(self._sessions) > SESSIONS_KEPT:
            self.remove(next(iter(self._sessions.values())))

    def remove(self, session: Session) -> None:
        """Invalidate a session: it cannot be resumed."""
        self._sessions.pop(session.id, None)

    def get(self, session_id: str) -> Session | None:
        """The session, None when it is unknown or invalidated."""
        return self._sessions.get(session_id)

    def all(self) -> list[Session]:
        """Every session that could be resumed, connected or not."""
        return list(self._sessions.values())

    @property
    def is_online(self) -> bool:
        """Whether any client is connected and logged in."""
        return any(session.connection is not None for session in self._sessions.values())

    def attach(self, session: Session, connection: Connection) -> None:
        """The client is (back) on this connection; an older one of the same session is closed."""
        if session.connection is not None:
            session.connection.close(4000, "Session resumed elsewhere")
        was_online = self.is_online
        session.connection = connection
        if not was_online:
            self._on_presence(True)

    def detach(self, session: Session, connection: Connection) -> None:
        """The connection is gone; the session waits for the client to come back."""
        if session.connection is not connection:
            return
        session.connection = None
        if not self.is_online:
            self._on_presence(False)

    def dispatch(
        self,
        event: str,
        payload: Json,
        *,
        guild_id: int | None,
        intent: int = 0,
        without_content: Json | None = None,
    ) -> None:
        """Send an event to every session with the intent.

        without_content: what sessions lacking the MESSAGE_CONTENT intent get instead; None: the same.
        """
        copies = 2 if self._sessions and self.is_repeated(event) else 1
        for session in self._sessions.values():
            if (session.intents & intent) == intent and session.is_for(guild_id):
                is_stripped = without_content is not None and not session.intents & MESSAGE_CONTENT
                shown = without_content if is_stripped and without_content else payload
                session.dispatch(event, shown, copies)

    def drop(self) -> None:
        """Cut every connection, as a network failure would."""
        for session in self._sessions.values():
            if session.connection is not None:
                session.connection.abort()

    def ask_to_reconnect(self) -> None:
        """Send RECONNECT (op 7) to every client."""
        for session in self._sessions.values():
            if session.connection is not None:
                session.connection.send(encode({"op": 7, "d": None}))

    def invalidate(self, *, is_resumable: bool) -> None:
        """Send INVALID_SESSION (op 9) to every client."""
        for session in self.all():
            if session.connection is not None:
                session.connection.send(encode({"op": 9, "d": is_resumable}))
            if not is_resumable:
                self.remove(session)

    def close(self) -> None:
        """Say goodbye to every client."""
        for session in self._sessions.values():
            if session.connection is not None:
                session.connection.close(1001, "The look-alike stops")
