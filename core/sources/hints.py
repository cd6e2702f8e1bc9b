"""The chain's own log, live: that something happened at a marketplace, about a second after it did.

`logsSubscribe` of any Solana node, JSON-RPC over WebSocket, documented at
https://solana.com/docs/rpc/websocket/logssubscribe. A subscription names one account: here Collector
Crypt's marketplace program. A key, where the node wants one, is in the address, so that is never shown.

Quirks: failed transactions are told too (`err`); the lines are whatever the program prints, may be cut off
in the middle, or be null; a token is believed only where a line calls it `mint`, and mostly none does. Some
nodes close a connection on which nothing was said for ten minutes, so it is pinged.
"""

import asyncio
import re
from collections.abc import Callable
from random import Random

import aiohttp
import msgspec
import structlog

from core.clock import Clock
from core.domain.hints import MARKETPLACE_PROGRAM, Hint
from core.domain.listings import Mint, SourceName
from core.domain.slabs import plain
from core.errors import SourceChanged, SourceError, SourceRefused, SourceUnavailable
from core.sources.http import Fetched, decode
from core.sources.http.budget import Sleep
from core.sources.http.transport import USER_AGENT

NAME = SourceName.SOLANA
CONNECT_S_MAX = 10.0
HEARTBEAT_S = 20.0
MESSAGE_BYTES_MAX = 256 * 2**10
BACKOFF_S = 0.5
BACKOFF_S_MAX = 60.0
STEADY_S = 60.0
"""A connection that held so long was a good one, even if nothing happened on it."""

_DOUBLINGS_MAX = 7
_LINES_MAX = 200
_MINT = re.compile(r"^Program log: .{0,200}?\bmint\b\W{1,4}([1-9A-HJ-NP-Za-km-z]{32,44})\b", re.IGNORECASE)
_NO_ERROR = msgspec.Raw(b"null")
_TEXTS = (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY)

log = structlog.get_logger(__name__)


class _Call(msgspec.Struct):
    params: tuple[dict[str, tuple[str]], dict[str, str]]
    jsonrpc: str = "2.0"
    id: int = 1
    method: str = "logsSubscribe"


class _Value(msgspec.Struct):
    signature: str
    err: msgspec.Raw = _NO_ERROR
    logs: list[str] | None = None


class _Result(msgspec.Struct):
    value: _Value


class _Params(msgspec.Struct):
    result: _Result


class _Error(msgspec.Struct):
    """Its text is the node's and may echo the key: the code says enough."""

    code: int | None = None


class _Message(msgspec.Struct):
    """The answer to the subscription, or a notification."""

    id: int | None = None
    result: int | None = None
    error: _Error | None = None
    method: str | None = None
    params: _Params | None = None


class SolanaLogs:
    """Listens for as long as it is let; a connection that ends is made again after a random wait."""

    name = NAME

    def __init__(
        self,
        clock: Clock,
        *,
        url: str,
        random: Random,
        sleep: Sleep = asyncio.sleep,
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        self._clock = clock
        self._url = url
        self._random = random
        self._sleep = sleep
        self._heartbeat_s = heartbeat_s
        self._failures = 0
        self._is_heard = True
        self._is_puzzled = False

    async def listen(self, tell: Callable[[Hint], None]) -> None:
        """Tell every hint, until cancelled; `tell` returns at once. One line in the log down, one up."""
        async with aiohttp.ClientSession(headers={"User-Agent": USER_AGENT}) as session:
            while True:
                began = self._clock.monotonic()
                try:
                    await self._follow(session, tell)
                    reason = "the connection was closed"
                except SourceError as error:
                    reason = error.reason
                except (aiohttp.ClientError, TimeoutError, OSError) as error:
                    reason = type(error).__name__  # its text may hold the address, and so the key
                if self._clock.monotonic() - began >= STEADY_S:
                    self._failures = min(self._failures, 1)
                await self._wait(reason)

    async def _follow(self, session: aiohttp.ClientSession, tell: Callable[[Hint], None]) -> None:
        """What one connection tells, until it is closed."""
        async with asyncio.timeout(CONNECT_S_MAX):
            socket = await session.ws_connect(
                self._url, heartbeat=self._heartbeat_s, max_msg_size=MESSAGE_BYTES_MAX
            )
        async with socket:
            async with asyncio.timeout(CONNECT_S_MAX):
                await self._subscribe(socket)
            async for message in socket:
                if message.type in _TEXTS:
                    hint = self._understood(self._fetched(message.data))
                    if hint is not None:
                        tell(hint)

    async def _subscribe(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Raises SourceError when the node does not want to tell."""
        call = _Call(({"mentions": (MARKETPLACE_PROGRAM,)}, {"commitment": "confirmed"}))
        await socket.send_str(msgspec.json.encode(call).decode())
        message = await socket.receive()
        if message.type not in _TEXTS:
            raise SourceUnavailable(NAME, "the connection was closed")
        answer = decode(self._fetched(message.data), _Message)
        if answer.result is None:
            said = f"RPC error {answer.error.code}" if answer.error else "no subscription"
            raise SourceRefused(NAME, f"tells no logs: {said}")

    def _understood(self, fetched: Fetched) -> Hint | None:
        """What a notification tells; one in an unknown form is passed over, and complained of once."""
        try:
            hint = parse_hint(fetched)
        except SourceChanged as error:
            if not self._is_puzzled:
                log.warning("the chain's log was not understood", source=NAME, path=error.path)
            self._is_puzzled = True
            return None
        if not self._is_heard:
            log.info("the chain's log is heard again", source=NAME)
        self._is_heard = True
        return hint

    def _fetched(self, data: str | bytes) -> Fetched:
        return Fetched(NAME, data.encode() if isinstance(data, str) else data, self._clock.now())

    async def _wait(self, reason: str) -> None:
        if self._is_heard:
            log.warning("the chain's log is not heard", source=NAME, reason=reason)
        self._is_heard = False
        backoff_s = min(BACKOFF_S * 2 ** min(self._failures, _DOUBLINGS_MAX), BACKOFF_S_MAX)
        self._failures += 1
        await self._sleep(self._random.uniform(0, backoff_s))


def parse_hint(fetched: Fetched) -> Hint | None:
    """None for what is no notification, and for a transaction that failed."""
    message = decode(fetched, _Message)
    value = message.params.result.value if message.params is not None else None
    if value is None or bytes(value.err) != bytes(_NO_ERROR):
        return None
    matches = (_MINT.search(line) for line in (value.logs or [])[:_LINES_MAX])
    mint = next((Mint(match[1]) for match in matches if match), None)
    return Hint(plain(value.signature, 120), fetched.at, mint)
