"""The door of the API: how many connections stand open, and how long each may keep us waiting.

aiohttp bounds neither, so a thousand sockets that say nothing would use up the files of the process.
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from operator import itemgetter

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler

from core.web.access import client_key, is_in, read_address
from core.web.answers import refusal
from core.web.context import Network

HEADERS_MAX = 64
UNREAD_BODY_S_MAX = 2.0
"""After an answer, what is left of the request's body is read that long, lest the answer be lost."""
CLOSING_TURNS_MAX = 100
_log = logging.getLogger("core.web.connections")
# Strangers speak nonsense to open ports: answered with 400, not worth a traceback.
_log.addFilter(lambda record: not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError)))


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorLimits:
    """`silent_s_max` runs from connecting, or from an answer, to the end of the next request's head;
    `accept_again_s` is the pause when the system gives no more sockets."""

    connections_max: int = 512
    connections_per_client_max: int = 64
    handshake_s_max: float = 10.0
    silent_s_max: float = 30.0
    accept_again_s: float = 1.0


class Connection(web.RequestHandler):
    """One accepted socket: we wait for its client, never long, or answer a request of it."""

    def __init__(self, door: "Door", accepted: socket.socket, client: str | None) -> None:
        super().__init__(
            door.server,
            loop=asyncio.get_running_loop(),
            logger=_log,
            access_log=None,  # type: ignore[arg-type]  # as AppRunner hands it on
            lingering_time=UNREAD_BODY_S_MAX,
            auto_decompress=False,  # what no route reads needs no unpacking
            max_headers=HEADERS_MAX,
        )
        self.client = client
        self.has_begun = False
        self.silent_since_s: float | None = self._loop.time()
        self._door = door
        self._accepted = accepted
        self._way: asyncio.Transport | None = None
        self._cutting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        assert isinstance(transport, asyncio.Transport)
        self.has_begun = True
        self._way = transport
        self._wait()

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(exc)
        self._stop_waiting()
        self._way = None
        self._door.left(self)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Within it the client waits for us, not we for the client."""
        self._stop_waiting()
        try:
            yield
        finally:
            self._wait()

    def cut(self) -> None:
        """End it now, whatever is still to be read or written."""
        self._stop_waiting()
        if self._way is not None:
            self._way.abort()
        with suppress(OSError):  # not begun, or closed before, when asyncio's TLS would wait for the peer
            self._accepted.shutdown(socket.SHUT_RDWR)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What is no request, or failed outside the application."""
        super().handle_error(request, status, exc, message)  # logs; raises when an answer has begun
        response = refusal(HTTPStatus(status), "This request cannot be read." if status < 500 else "")
        response.force_close()
        return response

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """An HTTPException that comes as far as here is aiohttp's own, of a header it does not know."""
        if isinstance(resp, web.HTTPException) and resp.status >= HTTPStatus.BAD_REQUEST:
            resp = refusal(HTTPStatus(resp.status), "")
        return await super().finish_response(request, resp, start_time)

    def _wait(self) -> None:
        if self._way is not None:
            self.silent_since_s = self._loop.time()
            self._cutting = self._loop.call_later(self._door.limits.silent_s_max, self.cut)

    def _stop_waiting(self) -> None:
        self.silent_since_s = None
        if self._cutting is not None:
            self._cutting.cancel()
            self._cutting = None


@web.middleware
async def attend(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Outermost: while the request is answered its connection is not held to be silent."""
    connection = request.protocol
    assert isinstance(connection, Connection)
    with connection.answering():
        return await handler(request)


class Door:
    """Lets sockets in. When it is full, whoever has kept us waiting longest makes room for the next."""

    def __init__(
        self, server: web.Server, *, tls: ssl.SSLContext | None, proxy: Network | None, limits: DoorLimits
    ) -> None:
        self.server = server
        self.limits = limits
        self._tls = tls
        self._proxy = proxy
        self._open: dict[Connection, asyncio.Task[None]] = {}

    async def let_in(self, listener: socket.socket) -> None:
        """Accept until cancelled."""
        loop = asyncio.get_running_loop()
        is_open = True
        while True:
            try:
                accepted, address = await loop.sock_accept(listener)
            except ConnectionAbortedError:  # the client has gone already
                continue
            except OSError as error:  # no more files
                if is_open:
                    _log.warning("no connection can be accepted for now: %s", error)
                is_open = False
                await asyncio.sleep(self.limits.accept_again_s)
                continue
            is_open = True
            self._admit(accepted, address[0])
            await asyncio.sleep(0)  # accepting what waits already does not let others run

    def left(self, connection: Connection) -> None:
        self._open.pop(connection, None)

    async def close(self) -> None:
        """Cut what is still open."""
        for _ in range(CLOSING_TURNS_MAX):
            for connection in self._open:
                connection.cut()
            await asyncio.sleep(0)
            if not self._open:
                return

    def _admit(self, accepted: socket.socket, host: str) -> None:
        address = read_address(host)
        client = None if is_in(address, self._proxy) else client_key(address)
        if not self._makes_room(client):
            accepted.close()
            return
        connection = Connection(self, accepted, client)
        self._open[connection] = asyncio.create_task(self._connect(connection, accepted))

    async def _connect(self, connection: Connection, accepted: socket.socket) -> None:
        with suppress(OSError):  # hung up, or no handshake in time
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: connection,
                accepted,
                ssl=self._tls,
                ssl_handshake_timeout=self.limits.handshake_s_max if self._tls else None,
            )
        if not connection.has_begun:
            self.left(connection)

    def _makes_room(self, client: str | None) -> bool:
        """Whether one more may come; the proxy (no client) is bound by the number of all alone."""
        own = [connection for connection in self._open if connection.client == client]
        if client is not None and len(own) >= self.limits.connections_per_client_max:
            return _cut_longest_silent(own)
        if len(self._open) >= self.limits.connections_max:
            return _cut_longest_silent(self._open)
        return True


def _cut_longest_silent(connections: Iterable[Connection]) -> bool:
    """False when none is silent: all are being answered."""
    silent = [(each.silent_since_s, each) for each in connections if each.silent_since_s is not None]
    if not silent:
        return False
    _, longest = min(silent, key=itemgetter(0))
    longest.cut()
    return True
