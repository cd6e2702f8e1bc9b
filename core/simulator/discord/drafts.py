"""Turns a checked request body into the message object that the API returns."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from .files import Upload, pictures, shown_in
from .guilds import Channel
from .mentions import Mentions, find_mentions, pinged_people
from .messages import Message
from .permissions import Permission
from .population import BOT_ID
from .users import User
from .validation.components import SELECTS, STRING_SELECT, walk
from .validation.embeds import trimmed
from .validation.messages import EPHEMERAL, LOADING, SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS
from .wire import Json, iso

if TYPE_CHECKING:
    from .world import DiscordWorld

DEFAULT: Final = 0
REPLY: Final = 19
CHAT_INPUT_COMMAND: Final = 20
CONTEXT_MENU_COMMAND: Final = 23
_FLAGS_KEPT: Final = EPHEMERAL | LOADING | SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | 1 << 15


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to say. body is a checked request body; type is Discord's message type."""

    channel: Channel
    author: User
    body: Json
    uploads: tuple[Upload, ...] = ()
    type: int = DEFAULT
    extra: Json | None = None
    reply_to: Message | None = None
    ephemeral_to: int | None = None


def build_message(world: "DiscordWorld", draft: Draft) -> Message:
    """Make the message, with an id and stored files, but keep it nowhere yet."""
    message_id = world.snowflakes.next()
    now = world.now()
    flags = _flags(draft)
    mentions = _mentions(world, draft)
    payload: Json = {
        "id": str(message_id),
        "channel_id": str(draft.channel.id),
        "type": draft.type,
        "author": draft.author.to_json(),
        "content": (draft.body.get("content") or "").strip(),
        "timestamp": iso(now),
        "edited_timestamp": None,
        "flags": flags,
        "pinned": False,
        "tts": bool(draft.body.get("tts")),
        **mentioned(world, mentions),
        **_dressed(world, draft, [], []),
    }
    payload |= _reply(draft) | (draft.extra or {})
    if draft.body.get("nonce") is not None:
        payload["nonce"] = draft.body["nonce"]
    guild = None if draft.channel.guild_id is None else world.guilds[draft.channel.guild_id]
    is_quiet = bool(flags & (SUPPRESS_NOTIFICATIONS | EPHEMERAL))
    pinged = () if is_quiet else pinged_people(mentions, guild, draft.author.id)
    return Message(message_id, draft.channel.id, draft.author.id, now, payload, draft.ephemeral_to, pinged)


def apply_edit(world: "DiscordWorld", message: Message, draft: Draft) -> None:
    """Change the message in place. Only what the body names changes; nobody is pinged again."""
    body, payload = draft.body, dict(message.payload)
    if "content" in body:
        payload["content"] = (body["content"] or "").strip()
        again = replace(draft, body={"content": payload["content"]} | _allowed(body))
        payload |= mentioned(world, _mentions(world, again))
    kept = payload["attachments"] + shown_in(world, payload["embeds"])
    if "attachments" in body:
        listed = {str(item.get("id")) for item in body["attachments"] or []}
        kept = [item for item in kept if item["id"] in listed]
    dressed = _dressed(world, draft, kept, payload["embeds"])
    payload |= {key: value for key, value in dressed.items() if key == "attachments" or key in body}
    if body.get("flags") is not None:
        changeable = SUPPRESS_EMBEDS | 1 << 15
        payload["flags"] = payload["flags"] & ~changeable | int(body["flags"]) & changeable
    payload["edited_timestamp"] = iso(world.now())
    message.payload = payload


def mentioned(world: "DiscordWorld", mentions: Mentions) -> Json:
    """The mention fields of a message."""
    users = [world.users[user_id] for user_id in mentions.user_ids if user_id in world.users]
    return {
        "mentions": [user.to_json() for user in users],
        "mention_roles": [str(role_id) for role_id in mentions.role_ids],
        "mention_everyone": mentions.is_everyone,
    }


def with_component_ids(components: list[Json]) -> list[Json]:
    """Number the components as Discord does, and fill in what selects leave out."""
    copied = [_copied(component) for component in components]
    for number, component in enumerate(walk(copied), start=1):
        component.setdefault("id", number)
        if component.get("type") in SELECTS:
            component.setdefault("min_values", 1)
            component.setdefault("max_values", 1)
        if component.get("type") == STRING_SELECT:
            component.setdefault("options", [])
    return copied


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items() if item is not None}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def _dressed(world: "DiscordWorld", draft: Draft, kept: list[Json], embeds: list[Json]) -> Json:
    """Attachments, embeds (those of now unless the body names them) and components.

    A file shown inside an embed is not listed beside it.
    """
    body = draft.body
    notes = {str(item.get("id")): item.get("description") for item in body.get("attachments") or []}
    files = kept + [
        world.files.store(
            world.snowflakes.next(), draft.channel.id, upload, notes.get(str(upload.field))
        ).to_json(world.base_url)
        for upload in draft.uploads
    ]
    if "embeds" in body:
        addresses = {f"attachment://{file['filename']}": file["url"] for file in files}
        embeds = [_embed(embed, addresses) for embed in body["embeds"] or []]
    used = {part[key] for part, key in pictures(embeds)}
    shown = [file for file in files if file["url"] not in used]
    components = with_component_ids(body.get("components") or [])
    return {"attachments": shown, "embeds": embeds, "components": components}


def _embed(embed: Json, addresses: dict[str, str]) -> Json:
    shown: Json = {**_copied(trimmed(embed)), "type": "rich"}
    for part, key in pictures([shown]):
        part[key] = addresses.get(part[key], part[key])
        part[f"proxy_{key}"] = part[key]
    for embed_field in shown.get("fields") or []:
        embed_field.setdefault("inline", False)
    return shown


def _flags(draft: Draft) -> int:
    flags = int(draft.body.get("flags") or 0) & _FLAGS_KEPT & ~EPHEMERAL
    return flags | (EPHEMERAL if draft.ephemeral_to is not None else 0)


def _mentions(world: "DiscordWorld", draft: Draft) -> Mentions:
    guild = None if draft.channel.guild_id is None else world.guilds[draft.channel.guild_id]
    bits = world.permissions(draft.author.id, draft.channel)
    return find_mentions(
        draft.body.get("content") or "",
        draft.body.get("allowed_mentions"),
        guild,
        may_mention_all=bool(bits & Permission.MENTION_EVERYONE),
        replied_to=draft.reply_to.author_id if draft.reply_to and draft.author.id == BOT_ID else None,
    )


def _allowed(body: Json) -> Json:
    return {"allowed_mentions": body["allowed_mentions"]} if body.get("allowed_mentions") else {}


def _reply(draft: Draft) -> Json:
    if draft.reply_to is None:
        return {}
    reference: Json = {
        "type": 0,
        "message_id": str(draft.reply_to.id),
        "channel_id": str(draft.reply_to.channel_id),
    }
    if draft.channel.guild_id is not None:
        reference["guild_id"] = str(draft.channel.guild_id)
    referenced = {key: value for key, value in draft.reply_to.payload.items() if key != "referenced_message"}
    return {"message_reference": reference, "referenced_message": referenced}
