"""One REST endpoint: token, rate limit, body and faults around a plain function."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from aiohttp import BodyPartReader, web

from ...faults import Faults
from ..errors import ApiError, Code, UnauthorizedError
from ..files import Upload
from ..ledger import Asked
from ..limits import ATTACHMENT_BYTES, Length
from ..ratelimits import refusal
from ..validation.forms import Form
from ..wire import Json, answer, decode
from ..world import DiscordWorld

PREFIX: Final = "/api/v10"
VIA: Final = "1.1 look-alike"
_FILE_FIELD: Final = re.compile(r"files?\[?(\d*)\]?")
_MAJOR: Final = ("channel_id", "guild_id", "application_id", "token")


@dataclass(frozen=True, slots=True)
class Call:
    """A request that passed token and rate limit. body is JSON of any type, None without one."""

    world: DiscordWorld
    request: web.Request
    body: Any
    uploads: tuple[Upload, ...]

    def id(self, name: str) -> int:
        """A snowflake of the path. Raises 50035."""
        text = self.request.match_info[name]
        if not text.isdigit():
            form = Form().at(name)
            form.wrong("NUMBER_TYPE_COERCE", f'Value "{text}" is not snowflake.')
            form.refuse()
        return int(text)

    def text(self, name: str) -> str:
        """A part of the path as it is."""
        return self.request.match_info[name]

    def number(self, name: str, default: int, bounds: Length) -> int:
        """A number of the query string. Raises 50035 when out of bounds."""
        text = self.request.query.get(name)
        if text is None:
            return default
        form = Form()
        value = int(text) if text.isdigit() else None
        form.at(name).whole(text if value is None else value, *bounds)
        form.refuse()
        return value or 0

    def flag(self, name: str) -> bool:
        """A yes of the query string."""
        return self.request.query.get(name, "").lower() in ("1", "true")

    @property
    def form(self) -> Json:
        """The body as an object. Raises 50109."""
        if not isinstance(self.body, dict):
            raise ApiError(Code.INVALID_JSON)
        return self.body


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A route and the function behind it, which returns JSON, a response of its own, or None for 204.

    is_open: reached without the bot's token, and free of the global rate limit.
    """

    method: str
    route: str
    act: Callable[[Call], object]
    is_open: bool = False


def serve(app: web.Application, world: DiscordWorld, faults: Faults, endpoint: Endpoint) -> None:
    """Add the endpoint to the app."""
    name = f"{endpoint.method} {endpoint.route}"

    async def handle(request: web.Request) -> web.StreamResponse:
        seen: list[object] = []
        at = world.now()

        async def effect() -> web.StreamResponse:
            return await _answer(world, endpoint, name, request, seen)

        response = await faults.guard(f"discord:{name}", request, effect, rate_limited=refusal)
        response.headers["Via"] = VIA
        path = request.path.removeprefix(PREFIX)
        body = seen[0] if seen else None
        world.ledger.note(Asked(endpoint.method, path, endpoint.route, response.status, at, body))
        return response

    app.router.add_route(endpoint.method, PREFIX + endpoint.route, handle)


async def _answer(
    world: DiscordWorld, endpoint: Endpoint, name: str, request: web.Request, seen: list[object]
) -> web.Response:
    if not endpoint.is_open and request.headers.get("Authorization") != f"Bot {world.bot_token}":
        return answer(UnauthorizedError().to_json(), status=401)
    major = "/".join(request.match_info[key] for key in _MAJOR if key in request.match_info)
    bucket, refused = world.rates.take(name, major, is_global=not endpoint.is_open)
    response = refused or await _act(world, endpoint, request, seen)
    response.headers.update(world.rates.headers(name, bucket))
    return response


async def _act(
    world: DiscordWorld, endpoint: Endpoint, request: web.Request, seen: list[object]
) -> web.Response:
    try:
        body, uploads = await _read(request)
        seen.append(body)
        result = endpoint.act(Call(world, request, body, uploads))
    except ApiError as error:
        return answer(error.to_json(), status=error.status)
    return result if isinstance(result, web.Response) else answer(result)


async def _read(request: web.Request) -> tuple[Any, tuple[Upload, ...]]:
    """JSON body and uploads. Raises 50109 for what is not JSON."""
    try:
        if request.content_type == "multipart/form-data":
            return await _read_multipart(request)
        raw = await request.read()
        return (decode(raw) if raw else None), ()
    except msgspec.DecodeError:
        raise ApiError(Code.INVALID_JSON) from None
    except web.HTTPRequestEntityTooLarge:
        raise ApiError(Code.ENTITY_TOO_LARGE) from None


async def _read_multipart(request: web.Request) -> tuple[Any, tuple[Upload, ...]]:
    body: Any = {}
    uploads: list[Upload] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        content = await _read_part(part)
        field = _FILE_FIELD.fullmatch(part.name or "")
        if part.name == "payload_json":
            body = decode(content)
        elif field is not None:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            uploads.append(Upload(int(field[1] or 0), part.filename or "file", content, kind))
    return body, tuple(uploads)


async def _read_part(part: BodyPartReader) -> bytes:
    """The whole part. Raises 40005 when it is larger than any attachment may be."""
    content = bytearray()
    while chunk := await part.read_chunk(1 << 16):
        content += chunk
        if len(content) > ATTACHMENT_BYTES:
            raise ApiError(Code.ENTITY_TOO_LARGE)
    return bytes(content)
