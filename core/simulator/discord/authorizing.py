"""The page on which a demo person lets the bot's website know who they are."""

from collections.abc import Mapping
from html import escape
from typing import Final

import yarl
from aiohttp import web

from .population import BOT_ID
from .world import DiscordWorld

PATHS: Final = ("/oauth2/authorize", "/api/oauth2/authorize")
SCOPES: Final = frozenset({"identify", "guilds", "guilds.members.read", "email"})
_ASKED: Final = ("client_id", "response_type", "redirect_uri", "scope", "state")
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_DENIED: Final = "The resource owner or authorization server denied the request"
_PAGE: Final = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Log in</title>
<style>body{{font:16px system-ui;max-width:26rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}}
button{{display:block;width:100%;margin:.5rem 0;padding:.8rem;font:inherit}}</style>
<h1>{name}</h1><p>wants to know: {scopes}. Who are you?</p>{buttons}</html>"""
_BUTTON: Final = '<form method="post">{hidden}<button name="person" value="{value}">{label}</button></form>'


class BadAuthorizationError(ValueError):
    """The website asked for something that Discord's page would refuse."""


def add_authorize_page(app: web.Application, world: DiscordWorld) -> None:
    """Add the page and what its buttons do."""

    async def show(request: web.Request) -> web.Response:
        try:
            _check(world, request.query)
        except BadAuthorizationError as error:
            return web.Response(text=str(error), status=400)
        return web.Response(text=_page(world, request.query), content_type="text/html")

    async def decide(request: web.Request) -> web.Response:
        asked = {key: str(value) for key, value in (await request.post()).items()}
        try:
            _check(world, asked)
            return web.Response(status=302, headers={"Location": _way_back(world, asked)})
        except BadAuthorizationError as error:
            return web.Response(text=str(error), status=400)

    for path in PATHS:
        app.router.add_get(path, show)
        app.router.add_post(path, decide)


def _check(world: DiscordWorld, asked: Mapping[str, str]) -> None:
    if asked.get("client_id") != str(BOT_ID):
        raise BadAuthorizationError("Unknown Application")
    if asked.get("response_type") != "code":
        raise BadAuthorizationError("OAuth2 response type not supported")
    scopes = asked.get("scope", "").split()
    if not scopes or not set(scopes) <= SCOPES:
        raise BadAuthorizationError("The requested scope is invalid, unknown, or malformed.")
    if not is_known_redirect(world, asked.get("redirect_uri", "")):
        raise BadAuthorizationError("Invalid OAuth2 redirect_uri")


def is_known_redirect(world: DiscordWorld, uri: str) -> bool:
    """Whether the application may be returned to there: a registered address, or any loopback one."""
    if world.redirect_uris:
        return uri in world.redirect_uris
    try:
        return yarl.URL(uri).scheme in ("http", "https") and yarl.URL(uri).host in _LOOPBACK
    except ValueError:
        return False


def _page(world: DiscordWorld, asked: Mapping[str, str]) -> str:
    hidden = "".join(
        f'<input type="hidden" name="{key}" value="{escape(asked[key])}">' for key in _ASKED if key in asked
    )
    people = [(str(user.id), user.display_name) for user in world.users.values() if not user.is_bot]
    buttons = "".join(
        _BUTTON.format(hidden=hidden, value=value, label=escape(label))
        for value, label in (*people, ("", "Cancel"))
    )
    scopes = escape(", ".join(asked["scope"].split()))
    return _PAGE.format(name=escape(world.users[BOT_ID].display_name), scopes=scopes, buttons=buttons)


def _way_back(world: DiscordWorld, asked: Mapping[str, str]) -> str:
    """The address the browser is sent to. Raises BadAuthorizationError for a person who is not one."""
    state = {"state": asked["state"]} if "state" in asked else {}
    back = yarl.URL(asked["redirect_uri"])
    if not asked.get("person"):
        return str(back.update_query({"error": "access_denied", "error_description": _DENIED} | state))
    person = world.users.get(int(asked["person"])) if asked["person"].isdecimal() else None
    if person is None or person.is_bot:
        raise BadAuthorizationError("there is no such person")
    login = world.logins.allow(person.id, tuple(asked["scope"].split()), asked["redirect_uri"])
    return str(back.update_query({"code": login.code} | state))
