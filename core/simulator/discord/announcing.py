"""Tells the gateway and the watchers what became of a message."""

from typing import TYPE_CHECKING

from .guilds import Channel
from .messages import Message
from .permissions import Permission
from .population import BOT_ID
from .sessions import DIRECT_MESSAGES, GUILD_MESSAGES, MESSAGE_CONTENT
from .watchers import Happening
from .wire import Json

if TYPE_CHECKING:
    from .world import DiscordWorld


def message_created(world: "DiscordWorld", message: Message) -> None:
    """A message is new."""
    _tell(world, "message_create", message, message.to_view())
    _dispatch(world, "MESSAGE_CREATE", message)


def message_updated(world: "DiscordWorld", message: Message) -> None:
    """A message has changed."""
    _tell(world, "message_update", message, message.to_view())
    _dispatch(world, "MESSAGE_UPDATE", message)


def message_deleted(world: "DiscordWorld", message: Message) -> None:
    """A message is gone."""
    gone: Json = {"id": str(message.id), "channel_id": str(message.channel_id)}
    _tell(world, "message_delete", message, gone)
    channel = world.channel(message.channel_id)
    if message.ephemeral_to is None and _bot_sees(world, channel):
        place = {} if channel.guild_id is None else {"guild_id": str(channel.guild_id)}
        intent = _intent(channel)
        world.sessions.dispatch("MESSAGE_DELETE", gone | place, guild_id=channel.guild_id, intent=intent)


def as_bot_reads(world: "DiscordWorld", message: Message) -> Json:
    """The message as the API shows it: emptied when the application has no MESSAGE_CONTENT intent."""
    channel = world.channel(message.channel_id)
    is_readable = bool(world.privileged_intents & MESSAGE_CONTENT) or _may_read(channel, message)
    return message.payload if is_readable else _stripped(message.payload)


def _tell(world: "DiscordWorld", event: str, message: Message, payload: Json) -> None:
    world.watchers.tell(Happening(event, payload), lambda person_id: world.sees(person_id, message))


def _dispatch(world: "DiscordWorld", event: str, message: Message) -> None:
    channel = world.channel(message.channel_id)
    if message.ephemeral_to is not None or not _bot_sees(world, channel):
        return
    payload = message.payload | _whereabouts(world, channel, message)
    world.sessions.dispatch(
        event,
        payload,
        guild_id=channel.guild_id,
        intent=_intent(channel),
        without_content=None if _may_read(channel, message) else _stripped(payload),
    )


def _whereabouts(world: "DiscordWorld", channel: Channel, message: Message) -> Json:
    """What only the gateway adds to a message."""
    if channel.guild_id is None:
        return {}
    guild = world.guilds[channel.guild_id]
    author = guild.members.get(message.author_id)
    mentions = [_with_member(world, channel.guild_id, user) for user in message.payload["mentions"]]
    placed: Json = {"guild_id": str(channel.guild_id), "mentions": mentions}
    return placed | ({"member": author.to_partial_json()} if author else {})


def _with_member(world: "DiscordWorld", guild_id: int, user: Json) -> Json:
    member = world.guilds[guild_id].members.get(int(user["id"]))
    return user if member is None else user | {"member": member.to_partial_json()}


def _may_read(channel: Channel, message: Message) -> bool:
    """Whether a bot without the MESSAGE_CONTENT intent may read it all the same."""
    is_mentioned = any(user["id"] == str(BOT_ID) for user in message.payload["mentions"])
    return channel.guild_id is None or message.author_id == BOT_ID or is_mentioned


def _stripped(payload: Json) -> Json:
    return payload | {"content": "", "embeds": [], "attachments": [], "components": []}


def _intent(channel: Channel) -> int:
    return DIRECT_MESSAGES if channel.guild_id is None else GUILD_MESSAGES


def _bot_sees(world: "DiscordWorld", channel: Channel) -> bool:
    return bool(world.permissions(BOT_ID, channel) & Permission.VIEW_CHANNEL)
