"""REST: tokens of people who logged in: exchange of codes, refresh, revocation; and what a token is for."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final, TypeAlias

from aiohttp import BasicAuth, web

from ...faults import Faults
from ..errors import UnauthorizedError
from ..ledger import Asked
from ..limits import TOKEN_S
from ..logins import Login
from ..population import BOT_ID
from ..ratelimits import refusal
from ..wire import Json, answer, iso
from ..world import DiscordWorld
from .accounts import application_json
from .endpoint import PREFIX, VIA, Call, Endpoint

Act: TypeAlias = Callable[[DiscordWorld, Mapping[str, str]], Json]
_ROOTS: Final = ("/api", PREFIX)


class RefusedError(Exception):
    """A refusal in the form of OAuth2."""

    def __init__(self, error: str, description: str | None = None, *, status: int = 400) -> None:
        super().__init__(error)
        self.status = status
        self.body = {"error": error} | ({"error_description": description} if description else {})


def add_token_routes(app: web.Application, world: DiscordWorld, faults: Faults) -> None:
    """Add the exchange and the revocation of tokens. Both take forms, not JSON, and no token of the bot."""
    _add(app, world, faults, "/oauth2/token", _exchange)
    _add(app, world, faults, "/oauth2/token/revoke", _revoke)


def _add(app: web.Application, world: DiscordWorld, faults: Faults, route: str, act: Act) -> None:
    async def handle(request: web.Request) -> web.StreamResponse:
        async def effect() -> web.StreamResponse:
            return await _served(world, request, act)

        at = world.now()
        response = await faults.guard(f"discord:POST {route}", request, effect, rate_limited=refusal)
        response.headers["Via"] = VIA
        # Its body is made of secrets: it is not kept.
        world.ledger.note(Asked("POST", route, route, response.status, at, None))
        return response

    for root in _ROOTS:
        app.router.add_post(root + route, handle)


async def _served(world: DiscordWorld, request: web.Request, act: Act) -> web.Response:
    form = {key: str(value) for key, value in (await request.post()).items()}
    try:
        _check_client(world, request, form)
        return answer(act(world, form))
    except RefusedError as error:
        return answer(error.body, status=error.status)


def _check_client(world: DiscordWorld, request: web.Request, form: Mapping[str, str]) -> None:
    """The website says who it is, in the form or by Basic authorization. Raises RefusedError."""
    given = (form.get("client_id", ""), form.get("client_secret", ""))
    header = request.headers.get("Authorization", "")
    if header.startswith("Basic "):
        try:
            basic = BasicAuth.decode(header)
        except ValueError:
            raise RefusedError("invalid_client", status=401) from None
        given = (basic.login, basic.password)
    if given != (str(BOT_ID), world.client_secret):
        raise RefusedError("invalid_client", status=401)


def _exchange(world: DiscordWorld, form: Mapping[str, str]) -> Json:
    kind = form.get("grant_type")
    if kind == "authorization_code":
        login = world.logins.redeem(form.get("code", ""), form.get("redirect_uri", ""))
        return _tokens(login, 'Invalid "code" in request.')
    if kind == "refresh_token":
        return _tokens(world.logins.renew(form.get("refresh_token", "")), None)
    raise RefusedError("unsupported_grant_type", f"Grant type {kind} is not supported")


def _tokens(login: Login | None, why_not: str | None) -> Json:
    if login is None:
        raise RefusedError("invalid_grant", why_not)
    return {
        "token_type": "Bearer",
        "access_token": login.access,
        "expires_in": TOKEN_S,
        "refresh_token": login.refresh,
        "scope": " ".join(login.scopes),
    }


def _revoke(world: DiscordWorld, form: Mapping[str, str]) -> Json:
    if "token" not in form:
        raise RefusedError("invalid_request", 'Missing "token" in request.')
    world.logins.revoke(form["token"])
    return {}


def _authorization(call: Call) -> Json:
    login = call.login
    if login is None:
        raise UnauthorizedError
    hidden = ("owner", "redirect_uris", "interactions_endpoint_url", "role_connections_verification_url")
    application = {key: value for key, value in application_json(call.world).items() if key not in hidden}
    shown: Json = {
        "application": application,
        "scopes": list(login.scopes),
        "expires": iso(login.at + timedelta(seconds=TOKEN_S)),
    }
    is_known = "identify" in login.scopes
    return shown | ({"user": call.world.users[login.person_id].to_json()} if is_known else {})


ENDPOINTS: Final = (Endpoint("GET", "/oauth2/@me", _authorization, scope=""),)
