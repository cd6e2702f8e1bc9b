"""Posting, editing and deleting in channels, with everything Discord asks for before it lets one."""

from typing import TYPE_CHECKING, Final

from . import announcing
from .drafts import DEFAULT, REPLY, Draft, apply_edit, build_message
from .errors import ApiError, Code
from .files import Upload
from .guilds import Channel
from .limits import ATTACHMENT_BYTES, ATTACHMENTS, OLD_MESSAGE_S
from .messages import Message
from .permissions import Permission
from .population import BOT_ID
from .validation.forms import Form
from .validation.messages import check_message, check_not_empty
from .wire import Json

if TYPE_CHECKING:
    from .world import DiscordWorld

_EDITED_PARTS: Final = ("content", "embeds", "components")


def post(
    world: "DiscordWorld", channel: Channel, author_id: int, body: Json, uploads: tuple[Upload, ...] = ()
) -> Message:
    """Say something in a channel. A nonce that was used within about a minute returns the earlier message."""
    author = world.users[author_id]
    _check_may_post(world, channel, author_id, body, uploads)
    check_uploads(uploads)
    check_message(body)
    check_not_empty(body, len(uploads))
    nonce = None if body.get("nonce") is None else str(body["nonce"])
    if nonce is not None and body.get("enforce_nonce"):
        earlier = world.nonces.earlier(author_id, nonce, world.now())
        if earlier is not None:
            return earlier
    reply_to = _referenced(world, channel, body)
    world.throttles.written(channel.id, by_person=author_id != BOT_ID)
    kind = DEFAULT if reply_to is None else REPLY
    message = build_message(world, Draft(channel, author, body, uploads, type=kind, reply_to=reply_to))
    publish(world, message)
    if nonce is not None:
        world.nonces.remember(author_id, nonce, message)
    return message


def publish(world: "DiscordWorld", message: Message) -> None:
    """Keep a finished message and tell everybody who may see it."""
    world.messages.add(message)
    if message.ephemeral_to is None:
        world.channel(message.channel_id).last_message_id = message.id
    announcing.message_created(world, message)


def edit(
    world: "DiscordWorld", message: Message, editor_id: int, body: Json, uploads: tuple[Upload, ...] = ()
) -> None:
    """Change a message in place. Only its author may."""
    if message.author_id != editor_id:
        raise ApiError(Code.CANNOT_EDIT_OTHERS)
    check_change(message, body, uploads)
    channel = world.channel(message.channel_id)
    if uploads and not world.permissions(editor_id, channel) & Permission.ATTACH_FILES:
        raise ApiError(Code.MISSING_PERMISSIONS)
    if (world.now() - message.created_at).total_seconds() > OLD_MESSAGE_S:
        world.throttles.old_edited(channel.id)
    world.throttles.written(channel.id, by_person=False)
    apply_edit(world, message, Draft(channel, world.users[editor_id], body, uploads))
    announcing.message_updated(world, message)


def delete(world: "DiscordWorld", message: Message) -> None:
    """Remove a message."""
    world.messages.remove(message)
    announcing.message_deleted(world, message)


def check_uploads(uploads: tuple[Upload, ...]) -> None:
    """Raise 40005 for a file that is too large and 50035 for too many files."""
    if any(len(upload.content) > ATTACHMENT_BYTES for upload in uploads):
        raise ApiError(Code.ENTITY_TOO_LARGE)
    form = Form().at("attachments")
    form.length(len(uploads), ATTACHMENTS)
    form.refuse()


def _check_may_post(
    world: "DiscordWorld", channel: Channel, author_id: int, body: Json, uploads: tuple[Upload, ...]
) -> None:
    bits = world.permissions(author_id, channel)
    if not bits & Permission.VIEW_CHANNEL:
        raise ApiError(Code.MISSING_ACCESS)
    needed = int(Permission.SEND_MESSAGES)
    needed |= Permission.EMBED_LINKS if body.get("embeds") else 0
    needed |= Permission.ATTACH_FILES if uploads else 0
    if bits & needed != needed:
        raise ApiError(Code.MISSING_PERMISSIONS)
    if body.get("message_reference") and not bits & Permission.READ_MESSAGE_HISTORY:
        raise ApiError(Code.NO_HISTORY_TO_REPLY)
    person = channel.recipient
    if person is not None and author_id == BOT_ID:
        if person.refuses_dms_with:
            raise ApiError(Code(person.refuses_dms_with))
        if not world.is_known_to_bot(person.id):
            raise ApiError(Code.NO_MUTUAL_GUILD)


def check_change(
    message: Message, body: Json, uploads: tuple[Upload, ...], place: Form | None = None
) -> None:
    """Raise 50035 for a change that is wrong in itself and 50006 when nothing would be left to see."""
    check_uploads(uploads)
    check_message(body, place=place)
    left = {part: body.get(part) if part in body else message.payload[part] for part in _EDITED_PARTS}
    is_kept = bool(body["attachments"] if "attachments" in body else message.payload["attachments"])
    check_not_empty(left, len(uploads) + is_kept)


def _referenced(world: "DiscordWorld", channel: Channel, body: Json) -> Message | None:
    """The message this one answers, None when it answers none."""
    reference = body.get("message_reference")
    if not reference:
        return None
    found = world.messages.get(channel.id, int(reference["message_id"]))
    if found is None and reference.get("fail_if_not_exists", True):
        form = Form().at("message_reference")
        form.wrong("REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        form.refuse()
    return found
