"""REST: the bot's own account, its application, its private channels, and where the gateway is."""

from typing import Final

from ..errors import ApiError, Code
from ..guilds import Guild
from ..limits import IDENTIFIES_PER_DAY, Length
from ..permissions import guild_permissions
from ..population import ADA_ID, BOT_ID
from ..validation.forms import Form
from ..wire import Json
from ..world import DiscordWorld
from .endpoint import Call, Endpoint

_DAY_MS: Final = 24 * 60 * 60 * 1000
_GUILDS: Final = Length(1, 200)
_ID: Final = Length(0, (1 << 64) - 1)


def _me(call: Call) -> Json:
    own = call.world.users[_asker(call)].to_own_json()
    is_hidden = call.login is not None and "email" not in call.login.scopes
    return {key: value for key, value in own.items() if not (is_hidden and key in ("email", "verified"))}


def _asker(call: Call) -> int:
    return BOT_ID if call.login is None else call.login.person_id


def _user(call: Call) -> Json:
    user = call.world.users.get(call.id("user_id"))
    if user is None:
        raise ApiError(Code.UNKNOWN_USER)
    return user.to_json()


def _my_guilds(call: Call) -> list[Json]:
    user_id = _asker(call)
    after, before = call.number("after", 0, _ID), call.number("before", _ID.high, _ID)
    limit = call.number("limit", _GUILDS.high, _GUILDS)
    mine = [guild for guild in call.world.guilds.values() if user_id in guild.members]
    between = sorted((guild for guild in mine if after < guild.id < before), key=lambda guild: guild.id)
    page = between[-limit:] if "before" in call.request.query else between[:limit]
    return [_my_guild(guild, user_id, with_counts=call.flag("with_counts")) for guild in page]


def _my_guild(guild: Guild, user_id: int, *, with_counts: bool) -> Json:
    count = len(guild.members)
    counts = {"approximate_member_count": count, "approximate_presence_count": count}
    shown = {
        "owner": guild.owner_id == user_id,
        "permissions": str(guild_permissions(guild, guild.members[user_id])),
    }
    return guild.to_partial_json() | shown | (counts if with_counts else {})


def _open_private(call: Call) -> Json:
    recipient = call.form.get("recipient_id", "")
    form = Form()
    form.at("recipient_id").id(recipient)
    form.refuse()
    person = call.world.users.get(int(recipient))
    if person is None:
        raise ApiError(Code.UNKNOWN_USER)
    if person.is_bot:
        raise ApiError(Code.CANNOT_DM, status=400)
    if person.id not in call.world.private:
        call.world.throttles.private_opened()
    return call.world.private_channel(person.id).to_json()


def application_json(world: DiscordWorld) -> Json:
    """Discord's application object, as the bot itself sees it."""
    bot = world.users[BOT_ID]
    return {
        "id": str(BOT_ID),
        "name": bot.display_name,
        "icon": None,
        "description": "",
        "type": None,
        "bot": bot.to_json(),
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "flags_new": "0",
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": world.users[ADA_ID].to_json(),
        "team": None,
        "approximate_guild_count": len(world.guilds),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": [],
        "rpc_origins": [],
    }


def _application(call: Call) -> Json:
    asked = call.request.match_info.get("application_id", "@me")
    if asked not in ("@me", str(BOT_ID)):
        raise ApiError(Code.UNKNOWN_APPLICATION)
    return application_json(call.world)


def _gateway(call: Call) -> Json:
    return {"url": call.world.gateway_url}


def _gateway_for_bot(call: Call) -> Json:
    limit = {
        "total": IDENTIFIES_PER_DAY,
        "remaining": call.world.identifies_left,
        "reset_after": _DAY_MS,
        "max_concurrency": call.world.max_concurrency,
    }
    return {"url": call.world.gateway_url, "shards": call.world.shards, "session_start_limit": limit}


ENDPOINTS: Final = (
    Endpoint("GET", "/users/@me", _me, scope="identify"),
    Endpoint("GET", "/users/@me/guilds", _my_guilds, scope="guilds"),
    Endpoint("POST", "/users/@me/channels", _open_private),
    Endpoint("GET", "/users/{user_id}", _user),
    Endpoint("GET", "/oauth2/applications/@me", _application),
    Endpoint("GET", "/applications/@me", _application),
    Endpoint("GET", "/applications/{application_id}", _application),
    Endpoint("GET", "/gateway", _gateway, is_open=True),
    Endpoint("GET", "/gateway/bot", _gateway_for_bot),
)
