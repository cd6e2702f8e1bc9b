"""One REST endpoint: token, rate limit, body and faults around a plain function."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from aiohttp import BodyPartReader, web

from ...faults import Faults
from ..errors import REFUSALS, ApiError, Code, ThrottledError, UnauthorizedError
from ..files import Upload
from ..ledger import Asked
from ..limits import ATTACHMENT_BYTES, Length
from ..logins import Login
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
    """A request that passed token and rate limit.

    body is JSON of any type, None without one. login: the person whose token was used; None for the bot.
    """

    world: DiscordWorld
    request: web.Request
    body: Any
    uploads: tuple[Upload, ...]
    login: Login | None = None

    def id(self, name: str) -> int:
        """A snowflake of the path. Raises 50035."""
        text = self.request.match_info[name]
        form = Form().at(name)
        form.id(text)
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
        value = int(text) if text.isdecimal() else None
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

    is_open: reached without the bot's token, and free of the global rate limit. is_limited: whether it has a
    rate limit of its own. scope: a person who logged in with it may ask too; "" for any scope.
    """

    method: str
    route: str
    act: Callable[[Call], object]
    is_open: bool = False
    is_limited: bool = True
    scope: str | None = None


def serve(app: web.Application, world: DiscordWorld, faults: Faults, endpoint: Endpoint) -> None:
    """Add the endpoint to the app."""
    name = f"{endpoint.method} {endpoint.route}"

    async def handle(request: web.Request) -> web.StreamResponse:
        seen: list[object] = []
        at = world.now()

        async def effect() -> web.StreamResponse:
            return await _answer(world, endpoint, name, request, seen)

        response = await faults.guard(
            f"discord:{name}", request, effect, rate_limited=refusal, refused=_broken
        )
        response.headers["Via"] = VIA
        path = request.path.removeprefix(PREFIX)
        body = seen[0] if seen else None
        world.ledger.note(Asked(endpoint.method, path, endpoint.route, response.status, at, body))
        return response

    app.router.add_route(endpoint.method, PREFIX + endpoint.route, handle)


def _broken(status: int, code: int, seconds: float) -> web.Response:
    """The answer of a status fault, in Discord's words when it has any for the code."""
    known = Code(code) if code in set(Code) and code else None
    if status == 429:
        return refusal(seconds, code=known or Code.GENERAL)
    message = REFUSALS[known][1] if known else f"{status}: broken on purpose"
    return answer({"message": message, "code": code}, status=status)


async def _answer(
    world: DiscordWorld, endpoint: Endpoint, name: str, request: web.Request, seen: list[object]
) -> web.Response:
    login = _login(world, endpoint, request)
    is_bot = request.headers.get("Authorization") == f"Bot {world.bot_token}"
    if not endpoint.is_open and not is_bot and login is None:
        return answer(UnauthorizedError().to_json(), status=401)
    if not endpoint.is_limited:
        return await _act(world, endpoint, request, seen, login)
    parts = [request.match_info[key] for key in _MAJOR if key in request.match_info]
    major = "/".join(parts if login is None else [*parts, str(login.person_id)])
    bucket, refused = world.rates.take(name, major, is_global=not endpoint.is_open and login is None)
    response = refused or await _act(world, endpoint, request, seen, login)
    if "X-RateLimit-Global" not in response.headers:
        response.headers.update(world.rates.headers(name, bucket))
    return response


def _login(world: DiscordWorld, endpoint: Endpoint, request: web.Request) -> Login | None:
    """The person who logged in and whose token this is, None when it is none that may ask here."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    login = world.logins.find(token) if kind == "Bearer" and endpoint.scope is not None else None
    is_enough = login is not None and (not endpoint.scope or endpoint.scope in login.scopes)
    return login if is_enough else None


async def _act(
    world: DiscordWorld,
    endpoint: Endpoint,
    request: web.Request,
    seen: list[object],
    login: Login | None,
) -> web.Response:
    try:
        body, uploads = await read_body(request)
        seen.append(body)
        result = endpoint.act(Call(world, request, body, uploads, login))
    except ThrottledError as error:
        if error.status == 429:
            return refusal(error.seconds, code=error.code)
        return answer(error.to_json(), status=error.status)
    except ApiError as error:
        return answer(error.to_json(), status=error.status)
    return result if isinstance(result, web.Response) else answer(result)


async def read_body(request: web.Request) -> tuple[Any, tuple[Upload, ...]]:
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
