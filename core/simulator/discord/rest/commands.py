"""REST: registering application commands, everywhere and in one guild."""

from typing import Final

from aiohttp import web

from ..errors import ApiError, Code
from ..population import BOT_ID
from ..wire import Json, answer
from .endpoint import Call, Endpoint


def _scope(call: Call) -> int | None:
    if call.id("application_id") != BOT_ID:
        raise ApiError(Code.UNKNOWN_APPLICATION)
    if "guild_id" not in call.request.match_info:
        return None
    guild_id = call.id("guild_id")
    if guild_id not in call.world.guilds:
        raise ApiError(Code.MISSING_ACCESS)
    return guild_id


def _list(call: Call) -> list[Json]:
    return call.world.commands.of(_scope(call))


def _put(call: Call) -> list[Json]:
    return call.world.commands.put_all(_scope(call), call.body, call.world.snowflakes.next)


def _get(call: Call) -> Json:
    return call.world.commands.get(_scope(call), call.text("command_id"))


def _post(call: Call) -> web.Response:
    made, is_new = call.world.commands.put(_scope(call), call.form, call.world.snowflakes.next)
    return answer(made, status=201 if is_new else 200)


def _patch(call: Call) -> Json:
    scope, command_id = _scope(call), call.text("command_id")
    return call.world.commands.change(scope, command_id, call.form, call.world.snowflakes.next)


def _delete(call: Call) -> None:
    call.world.commands.remove(_scope(call), call.text("command_id"))


_GLOBAL: Final = "/applications/{application_id}/commands"
_GUILD: Final = "/applications/{application_id}/guilds/{guild_id}/commands"

ENDPOINTS: Final = tuple(
    endpoint
    for base in (_GLOBAL, _GUILD)
    for endpoint in (
        Endpoint("GET", base, _list),
        Endpoint("PUT", base, _put),
        Endpoint("POST", base, _post),
        Endpoint("GET", f"{base}/{{command_id}}", _get),
        Endpoint("PATCH", f"{base}/{{command_id}}", _patch),
        Endpoint("DELETE", f"{base}/{{command_id}}", _delete),
    )
)
