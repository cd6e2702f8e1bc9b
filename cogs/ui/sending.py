"""What became of the requests of one try: whether Discord refused all of them, or one may have worked.

discord.py repeats a request by itself after a 5xx, a reset or a short rate limit, and tells the last
answer only. So the requests are counted beneath it, where aiohttp makes them.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from types import SimpleNamespace

import aiohttp
from discord.http import HTTPClient


class Try:
    """The requests that a task made to change something at Discord since its try began."""

    def __init__(self) -> None:
        self.begun = 0
        self.refused = 0

    @property
    def is_certainly_vain(self) -> bool:
        """Discord refused each of them (4xx), or was never reached: nothing was changed."""
        return self.begun == self.refused


_present: ContextVar[Try | None] = ContextVar("_present", default=None)


@contextmanager
def one_try() -> Iterator[Try]:
    """Count the requests of this task until the end of the block."""
    counted = Try()
    token = _present.set(counted)
    try:
        yield counted
    finally:
        _present.reset(token)


@asynccontextmanager
async def within(http: HTTPClient, seconds: float) -> AsyncIterator[None]:
    """A limit for requests. Raises TimeoutError.

    discord.py lifts Discord's global rate limit at the request that waited for its end. Who is cut off
    there has to lift it instead, or every later request of the process waits for ever.
    """
    async with asyncio.timeout(seconds):
        try:
            yield
        except asyncio.CancelledError:
            http._global_over.set()
            raise


def request_counter() -> aiohttp.TraceConfig:
    """What the HTTP session of the client must be given, for `one_try` to see its requests."""
    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(_begins)
    trace.on_request_end.append(_is_answered)
    trace.on_request_exception.append(_fails)
    return trace


async def _begins(
    _session: aiohttp.ClientSession, _context: SimpleNamespace, request: aiohttp.TraceRequestStartParams
) -> None:
    counted = _present.get()
    if counted is not None and request.method != "GET":
        counted.begun += 1


async def _is_answered(
    _session: aiohttp.ClientSession, _context: SimpleNamespace, answer: aiohttp.TraceRequestEndParams
) -> None:
    counted = _present.get()
    if counted is not None and answer.method != "GET" and 400 <= answer.response.status < 500:
        counted.refused += 1


async def _fails(
    _session: aiohttp.ClientSession, _context: SimpleNamespace, failure: aiohttp.TraceRequestExceptionParams
) -> None:
    """A connection that never came to be carried nothing; after one that broke nothing is known."""
    counted = _present.get()
    was_unreached = isinstance(failure.exception, aiohttp.ClientConnectorError)
    if counted is not None and failure.method != "GET" and was_unreached:
        counted.refused += 1
