"""Databases that a test takes away and gives back: a locked SQLite file, a PostgreSQL that is not there."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass

from sqlalchemy.engine import make_url

from db.engine import Database

HOST = "127.0.0.1"
CHUNK_BYTES = 2**16


@dataclass(frozen=True, slots=True)
class Fragile:
    """A database, and `away()`, within which it does not answer."""

    db: Database
    away: Callable[[], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def fragile(url: str) -> AsyncIterator[Fragile]:
    """The database at this address, of either engine."""
    async with (_lockable if url.startswith("sqlite") else _distant)(url) as opened:
        yield opened
        await opened.db.close()


@asynccontextmanager
async def _lockable(url: str) -> AsyncIterator[Fragile]:
    db = Database(url, write_patience_s=0)
    async with db.write() as tx:  # there is one connection that writes
        await tx.exec_driver_sql("PRAGMA busy_timeout = 1")

    @asynccontextmanager
    async def away() -> AsyncIterator[None]:
        with closing(sqlite3.connect(str(db.file), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")

    yield Fragile(db, away)


@asynccontextmanager
async def _distant(url: str) -> AsyncIterator[Fragile]:
    server = make_url(url)
    road = _Road(str(server.host), int(server.port or 5432))
    await road.open()

    @asynccontextmanager
    async def away() -> AsyncIterator[None]:
        await road.close()
        yield
        await road.open()

    yield Fragile(Database(server.set(host=HOST, port=road.port).render_as_string(hide_password=False)), away)
    await road.close()


class _Road:
    """A port that leads to a server while it is open; closed, it resets who is on it and refuses others."""

    def __init__(self, host: str, port: int) -> None:
        self._to = (host, port)
        self.port = 0
        self._server: asyncio.Server | None = None
        self._travellers: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._lead, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        assert self._server is not None, "opened before"
        self._server.close()
        travellers = list(self._travellers)
        for writer in self._travellers.values():
            writer.transport.abort()
        await asyncio.gather(*travellers, return_exceptions=True)

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._travellers[task] = writer
        there_reader, there_writer = await asyncio.open_connection(*self._to)
        there = asyncio.create_task(_carry(reader, there_writer))
        await _carry(there_reader, writer)
        await there
        del self._travellers[task]


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(CHUNK_BYTES):
            writer.write(piece)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.transport.abort()
