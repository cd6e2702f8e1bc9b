"""A person's live view of the look-alike, as server-sent events."""

import asyncio
from typing import Final

from aiohttp import web

from .watchers import Happening, Stream
from .wire import encode
from .world import DiscordWorld

_KEEP_ALIVE_S: Final = 15.0
_HEADERS: Final = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}


async def serve_stream(request: web.Request, world: DiscordWorld, person_id: int) -> web.StreamResponse:
    """Send what the person may see until the reader leaves or the look-alike stops."""
    response = web.StreamResponse(headers=_HEADERS)
    await response.prepare(request)
    stream = world.watchers.open(person_id)
    online = Happening("presence", {"online": world.sessions.is_online})
    try:
        await response.write(_event(online))
        while (happening := await _next(stream)) is not None:
            await response.write(happening)
    except ConnectionError:
        return response
    finally:
        world.watchers.close(stream)
    await response.write_eof()
    return response


async def _next(stream: Stream) -> bytes | None:
    """The next event, a comment when nothing has happened for a while, None at the end."""
    try:
        async with asyncio.timeout(_KEEP_ALIVE_S):
            happening = await stream.queue.get()
    except TimeoutError:
        return b": still here\n\n"
    return None if happening is None else _event(happening)


def _event(happening: Happening) -> bytes:
    return b"event: " + happening.event.encode() + b"\ndata: " + encode(happening.payload) + b"\n\n"
