"""REST: registering application commands, everywhere and in one guild."""

from typing import Final

from ..errors import ApiError, Code
from ..population import BOT_ID
from ..wire import Json
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
    for command in call.world.commands.of(_scope(call)):
        if command["id"] == call.text("command_id"):
            return command
    raise ApiError(Code.UNKNOWN_COMMAND)


_GLOBAL: Final = "/applications/{application_id}/commands"
_GUILD: Final = "/applications/{application_id}/guilds/{guild_id}/commands"

ENDPOINTS: Final = tuple(
    endpoint
    for base in (_GLOBAL, _GUILD)
    for endpoint in (
        Endpoint("GET", base, _list),
        Endpoint("PUT", base, _put),
        Endpoint("GET", f"{base}/{{command_id}}", _get),
    )
)
