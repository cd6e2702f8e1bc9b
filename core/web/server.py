"""Serving the application on its port, inside the loop that everything else runs in."""

import errno
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from socket import gaierror

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from core.errors import StartError
from core.settings import Settings

SHUTDOWN_S_MAX = 1.0
"""Granted to requests under way to end, and once more to end after they were cancelled."""
_log = logging.getLogger("core.web.server")
# Strangers speak nonsense to open ports: answered with 400, not worth a traceback.
_log.addFilter(lambda record: not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError)))


@asynccontextmanager
async def serve(app: web.Application, settings: Settings, tls: ssl.SSLContext | None) -> AsyncIterator[str]:
    """Serve until the block ends; gives the address, with the real port when API_PORT is 0.

    Raises StartError when the port cannot be had.
    """
    # A handler whose client has gone is cancelled: the end does not wait for it, it would outlive the rest.
    runner = web.AppRunner(
        app, access_log=None, logger=_log, shutdown_timeout=SHUTDOWN_S_MAX, handler_cancellation=True
    )
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.api_host, settings.api_port, ssl_context=tls).start()
        except OSError as error:
            raise StartError(_sentence(error, settings.api_host, settings.api_port)) from error
        yield _url(settings.api_host, runner.addresses[0][1], is_tls=tls is not None)
    finally:
        await runner.cleanup()


def _url(host: str, port: int, *, is_tls: bool) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"{'https' if is_tls else 'http'}://{shown}:{port}"


def _sentence(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use: set API_PORT to a free one, or stop what uses it."
    if error.errno == errno.EACCES:
        return f"Port {port} on {host} is not allowed to this account: set API_PORT to one above 1023."
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, gaierror):
        return f"API_HOST {host} is not an address of this machine."
    return f"The API cannot listen on {host}, port {port}: {error.strerror}."
