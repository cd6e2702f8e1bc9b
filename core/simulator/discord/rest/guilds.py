"""REST: guilds, their channels, roles and members."""

from typing import Final

from ..errors import ApiError, Code
from ..guilds import Guild
from ..limits import Length
from ..sessions import GUILD_MEMBERS
from ..wire import Json
from .endpoint import Call, Endpoint

_MEMBERS: Final = Length(1, 1000)


def _guild(call: Call) -> Guild:
    guild = call.world.guilds.get(call.id("guild_id"))
    if guild is None:
        raise ApiError(Code.UNKNOWN_GUILD)
    if not call.world.is_bot_in(guild.id):
        raise ApiError(Code.MISSING_ACCESS)
    return guild


def _get(call: Call) -> Json:
    return _guild(call).to_json()


def _channels(call: Call) -> list[Json]:
    return [channel.to_json() for channel in _guild(call).channels.values()]


def _roles(call: Call) -> list[Json]:
    return [role.to_json() for role in _guild(call).roles.values()]


def _members(call: Call) -> list[Json]:
    if not call.world.privileged_intents & GUILD_MEMBERS:
        raise ApiError(Code.MISSING_ACCESS)
    limit, after = call.number("limit", 1, _MEMBERS), call.number("after", 0, Length(0, 1 << 63))
    members = sorted(_guild(call).members.values(), key=lambda member: member.user.id)
    return [member.to_json() for member in members if member.user.id > after][:limit]


def _member(call: Call) -> Json:
    member = _guild(call).members.get(call.id("user_id"))
    if member is None:
        raise ApiError(Code.UNKNOWN_MEMBER)
    return member.to_json()


ENDPOINTS: Final = (
    Endpoint("GET", "/guilds/{guild_id}", _get),
    Endpoint("GET", "/guilds/{guild_id}/channels", _channels),
    Endpoint("GET", "/guilds/{guild_id}/roles", _roles),
    Endpoint("GET", "/guilds/{guild_id}/members", _members),
    Endpoint("GET", "/guilds/{guild_id}/members/{user_id}", _member),
)
