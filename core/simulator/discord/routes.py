"""Puts the look-alike's routes into a web application."""

from collections.abc import Iterator

from aiohttp import web

from ..faults import Faults
from .authorizing import add_authorize_page
from .control import add_control_routes
from .errors import ApiError, Code
from .gateway import add_gateway
from .rest import accounts, channels, commands, guilds, interactions, tokens
from .rest.endpoint import PREFIX, VIA, Endpoint, serve
from .wire import answer
from .world import DiscordWorld


def endpoints() -> Iterator[Endpoint]:
    """Every REST endpoint there is."""
    for module in (accounts, channels, commands, guilds, interactions, tokens):
        yield from module.ENDPOINTS


def add_routes(app: web.Application, world: DiscordWorld, faults: Faults) -> None:
    """Add the REST API, the gateway, attachments and the control API.

    When the application shuts down, clients are told and held requests are released.
    """
    for endpoint in endpoints():
        serve(app, world, faults, endpoint)
    tokens.add_token_routes(app, world, faults)
    app.router.add_route("*", PREFIX + "/{tail:.*}", _unknown)
    add_authorize_page(app, world)
    add_gateway(app, world, faults)
    channels.add_file_route(app, world)
    add_control_routes(app, world)

    async def stop(_: web.Application) -> None:
        faults.clear()
        await world.close()

    app.on_shutdown.append(stop)


async def _unknown(_: web.Request) -> web.StreamResponse:
    return answer(ApiError(Code.GENERAL).to_json(), status=404, headers={"Via": VIA})
