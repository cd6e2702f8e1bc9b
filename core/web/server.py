"""Serving the application on its port, inside the loop that everything else runs in."""

import asyncio
import errno
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager

from aiohttp import web

from core.errors import StartError
from core.settings import Settings
from core.web.connections import Door, DoorLimits
from core.web.context import WebConfig

BACKLOG = 128
SHUTDOWN_S_MAX = 1.0
"""Granted to requests under way to end, and once more to end after they were cancelled."""


@asynccontextmanager
async def serve(
    app: web.Application, settings: Settings, tls: ssl.SSLContext | None, limits: DoorLimits | None = None
) -> AsyncIterator[str]:
    """Serve until the block ends; gives the address, with the real port when API_PORT is 0.

    Raises StartError when the port cannot be had.
    """
    # A handler whose client has gone is cancelled: the end does not wait for it, it would outlive the rest.
    runner = web.AppRunner(app, shutdown_timeout=SHUTDOWN_S_MAX, handler_cancellation=True)
    await runner.setup()
    assert runner.server is not None
    door = Door(runner.server, tls=tls, proxy=WebConfig.of(settings).proxy, limits=limits or DoorLimits())
    async with AsyncExitStack() as stack:
        stack.push_async_callback(door.close)
        stack.push_async_callback(runner.cleanup)
        try:
            listeners = await _listen(settings.api_host, settings.api_port)
        except OSError as error:
            raise StartError(_sentence(error, settings.api_host, settings.api_port)) from error
        await stack.enter_async_context(_letting_in(door, listeners))
        yield _url(settings.api_host, listeners[0].getsockname()[1], is_tls=tls is not None)


async def _listen(host: str, port: int) -> list[socket.socket]:
    """One listener for each address of the host. Raises OSError, and leaves none open then."""
    found = await asyncio.get_running_loop().getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    with ExitStack() as stack:
        listeners = []
        for family, _, _, _, address in dict.fromkeys(found):
            listener = stack.enter_context(socket.create_server(address, family=family, backlog=BACKLOG))
            listener.setblocking(False)
            listeners.append(listener)
        stack.pop_all()
    return listeners


@asynccontextmanager
async def _letting_in(door: Door, listeners: list[socket.socket]) -> AsyncIterator[None]:
    accepting = [asyncio.create_task(door.let_in(listener)) for listener in listeners]
    try:
        yield
    finally:
        for task in accepting:
            task.cancel()
        await asyncio.wait(accepting)
        for listener in listeners:
            listener.close()


def _url(host: str, port: int, *, is_tls: bool) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"{'https' if is_tls else 'http'}://{shown}:{port}"


def _sentence(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use: set API_PORT to a free one, or stop what uses it."
    if error.errno == errno.EACCES:
        return f"Port {port} on {host} is not allowed to this account: set API_PORT to one above 1023."
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return f"API_HOST {host} is not an address of this machine."
    return f"The API cannot listen on {host}, port {port}: {error.strerror}."
