"""Clients that are no HTTP clients: a bare connection to a running API, and what comes back on it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from tests.web.serving import Api

ASK = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
ALIVE = b'{"alive":true}'


@dataclass(frozen=True)
class Peer:
    """One bare connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def sent(self) -> bytes:
        """All that the API sends until it ends the connection."""
        received = b""
        with suppress(ConnectionError):
            while chunk := await self.reader.read(2**16):
                received += chunk
        return received

    async def told(self, request: bytes, *, until: bytes = ALIVE) -> bytes:
        self.writer.write(request)
        return await self.reader.readuntil(until)


@asynccontextmanager
async def peer(api: Api, *, at: str = "127.0.0.1") -> AsyncIterator[Peer]:
    """A connection from an address of this machine."""
    port = int(api.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(at, 0))
    try:
        yield Peer(reader, writer)
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def sent_back(api: Api, request: bytes) -> bytes:
    """All that is sent back to these bytes, on a connection that the API ends."""
    async with peer(api) as stranger:
        stranger.writer.write(request)
        return await stranger.sent()
