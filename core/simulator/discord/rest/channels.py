"""REST: channels and their messages, and the files that messages show."""

from typing import Final

from aiohttp import web

from .. import announcing, posting
from ..errors import ApiError, Code
from ..guilds import Channel
from ..limits import HISTORY, Length
from ..messages import Message, Window
from ..permissions import Permission
from ..population import BOT_ID
from ..wire import Json
from ..world import DiscordWorld
from .endpoint import Call, Endpoint

_ID: Final = Length(0, (1 << 64) - 1)


def _visible(call: Call) -> tuple[Channel, int]:
    """The channel and what the bot may do there. Raises 10003 and 50001."""
    channel = call.world.channel(call.id("channel_id"))
    bits = call.world.permissions(BOT_ID, channel)
    if not bits & Permission.VIEW_CHANNEL:
        raise ApiError(Code.MISSING_ACCESS)
    return channel, bits


def _message(call: Call) -> tuple[Message, int]:
    """The message, when everybody may see it, and what the bot may do there. Raises 10008."""
    channel, bits = _visible(call)
    message = call.world.messages.get(channel.id, call.id("message_id"))
    if message is None or message.ephemeral_to is not None:
        raise ApiError(Code.UNKNOWN_MESSAGE)
    return message, bits


def _get_channel(call: Call) -> Json:
    return _visible(call)[0].to_json()


def _create(call: Call) -> Json:
    channel = call.world.channel(call.id("channel_id"))
    return posting.post(call.world, channel, BOT_ID, call.form, call.uploads).payload


def _history(call: Call) -> list[Json]:
    channel, bits = _visible(call)
    window = Window(call.number("limit", 50, HISTORY), **_anchors(call))
    if not bits & Permission.READ_MESSAGE_HISTORY:
        return []
    found = call.world.messages.history(channel.id, window)
    return [announcing.as_bot_reads(call.world, message) for message in found]


def _anchors(call: Call) -> dict[str, int]:
    given = [name for name in ("around", "before", "after") if name in call.request.query]
    return {name: call.number(name, 0, _ID) for name in given[:1]}


def _get_message(call: Call) -> Json:
    message, bits = _message(call)
    if not bits & Permission.READ_MESSAGE_HISTORY:
        raise ApiError(Code.MISSING_PERMISSIONS)
    return announcing.as_bot_reads(call.world, message)


def _edit(call: Call) -> Json:
    message, _ = _message(call)
    posting.edit(call.world, message, BOT_ID, call.form, call.uploads)
    return message.payload


def _delete(call: Call) -> None:
    message, bits = _message(call)
    is_own = message.author_id == BOT_ID
    if not is_own and call.world.channel(message.channel_id).guild_id is None:
        raise ApiError(Code.NOT_IN_PRIVATE)
    if not is_own and not bits & Permission.MANAGE_MESSAGES:
        raise ApiError(Code.MISSING_PERMISSIONS)
    posting.delete(call.world, message)


def _type(call: Call) -> None:
    _, bits = _visible(call)
    if not bits & Permission.SEND_MESSAGES:
        raise ApiError(Code.MISSING_PERMISSIONS)


def add_file_route(app: web.Application, world: DiscordWorld) -> None:
    """Serve attachments under the addresses that messages name."""

    async def get(request: web.Request) -> web.Response:
        file = world.files.get(int(request.match_info["file_id"]))
        if file is None or file.filename != request.match_info["filename"]:
            return web.Response(status=404)
        return web.Response(body=file.content, content_type=file.content_type.partition(";")[0])

    app.router.add_get(r"/cdn/attachments/{channel_id:\d+}/{file_id:\d+}/{filename}", get)


ENDPOINTS: Final = (
    Endpoint("GET", "/channels/{channel_id}", _get_channel),
    Endpoint("GET", "/channels/{channel_id}/messages", _history),
    Endpoint("POST", "/channels/{channel_id}/messages", _create),
    Endpoint("GET", "/channels/{channel_id}/messages/{message_id}", _get_message),
    Endpoint("PATCH", "/channels/{channel_id}/messages/{message_id}", _edit),
    Endpoint("DELETE", "/channels/{channel_id}/messages/{message_id}", _delete),
    Endpoint("POST", "/channels/{channel_id}/typing", _type),
)
