"""The state that survives a restart of the simulator: messages, their files, commands, private channels."""

import base64
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from .files import StoredFile
from .guilds import Channel
from .limits import CHANNEL_MESSAGES_SAVED, FILE_BYTES_SAVED
from .messages import Message
from .wire import Json

if TYPE_CHECKING:
    from .world import DiscordWorld

_VERSION: Final = 1


def save(world: "DiscordWorld") -> Json:
    """JSON: the newest 500 messages of each channel, ephemeral ones left out, and the newest files."""
    return {
        "version": _VERSION,
        "last_snowflake": str(world.snowflakes.last),
        "base_url": world.base_url,
        "private": {str(person): str(channel.id) for person, channel in world.private.items()},
        "messages": [
            saved for channel_id in world.messages.channel_ids() for saved in _saved(world, channel_id)
        ],
        "files": _saved_files(world),
        "commands": [{"scope": scope, "commands": made} for scope, made in world.commands.scopes().items()],
    }


def load(world: "DiscordWorld", snapshot: Json) -> None:
    """Put a snapshot into a fresh world. One of another version is ignored."""
    if snapshot.get("version") != _VERSION:
        return
    world.snowflakes.last = int(snapshot["last_snowflake"])
    world.base_url = snapshot["base_url"]
    for person_id, channel_id in snapshot["private"].items():
        person = world.users[int(person_id)]
        world.private[person.id] = Channel(int(channel_id), person.name, None, recipient=person)
    for saved in snapshot["messages"]:
        _restore_message(world, saved)
    for saved in reversed(snapshot["files"]):
        world.files.keep(_restored_file(saved))
    for saved in snapshot["commands"]:
        world.commands.restore(saved["scope"], saved["commands"])


def _saved(world: "DiscordWorld", channel_id: int) -> list[Json]:
    lasting = [message for message in world.messages.all_in(channel_id) if message.ephemeral_to is None]
    return [
        {
            "author": str(message.author_id),
            "created_at": message.created_at.isoformat(),
            "pinged": list(map(str, message.pinged)),
            "payload": message.payload,
        }
        for message in lasting[-CHANNEL_MESSAGES_SAVED:]
    ]


def _restore_message(world: "DiscordWorld", saved: Json) -> None:
    payload = saved["payload"]
    channel = world.find_channel(int(payload["channel_id"]))
    if channel is None:
        return
    message = Message(
        int(payload["id"]),
        channel.id,
        int(saved["author"]),
        datetime.fromisoformat(saved["created_at"]),
        payload,
        pinged=tuple(map(int, saved["pinged"])),
    )
    world.messages.add(message)
    channel.last_message_id = message.id


def move_files(world: "DiscordWorld", old: str, new: str) -> None:
    """Bring the addresses of attachments in every message to where they are served now."""
    for channel_id in world.messages.channel_ids():
        for message in world.messages.all_in(channel_id):
            message.payload = _moved(message.payload, f"{old}/cdn/", f"{new}/cdn/")


def _moved(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {key: _moved(item, old, new) for key, item in value.items()}
    if isinstance(value, list):
        return [_moved(item, old, new) for item in value]
    is_file = isinstance(value, str) and value.startswith(old)
    return value.replace(old, new, 1) if is_file else value


def _saved_files(world: "DiscordWorld") -> list[Json]:
    saved: list[Json] = []
    left = FILE_BYTES_SAVED
    for file in world.files.newest():
        left -= len(file.content)
        if left < 0:
            break
        saved.append(
            {
                "id": str(file.id),
                "channel_id": str(file.channel_id),
                "filename": file.filename,
                "content_type": file.content_type,
                "description": file.description,
                "content": base64.b64encode(file.content).decode(),
            }
        )
    return saved


def _restored_file(saved: Json) -> StoredFile:
    return StoredFile(
        int(saved["id"]),
        int(saved["channel_id"]),
        saved["filename"],
        base64.b64decode(saved["content"]),
        saved["content_type"],
        saved["description"],
    )
