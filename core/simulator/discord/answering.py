"""The first answer to an interaction, and the follow-ups and edits after it."""

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from . import announcing, posting
from .commands import FOR_GUILD
from .drafts import CHAT_INPUT_COMMAND, CONTEXT_MENU_COMMAND, REPLY, Draft, apply_edit, build_message
from .errors import ApiError, Code
from .files import Upload
from .interactions import ALLOWED, Answer, Interaction, Kind, State
from .limits import GUEST_FOLLOWUPS
from .messages import Message
from .population import BOT_ID
from .validation.commands import check_choices
from .validation.components import walk
from .validation.forms import Form
from .validation.messages import EPHEMERAL, LOADING, check_message, check_not_empty
from .validation.modals import check_modal
from .watchers import Happening
from .wire import Json

if TYPE_CHECKING:
    from .world import DiscordWorld

ORIGINAL: Final = "@original"
Uploads = tuple[Upload, ...]


def answer(world: "DiscordWorld", interaction: Interaction, body: Json, uploads: Uploads = ()) -> None:
    """Take the first answer. A refused one does not count as an answer."""
    form = Form()
    kind = body.get("type")
    form.at("type").choice(kind, ALLOWED[interaction.kind])
    form.refuse()
    inner = form.at("data").part(body.get("data"))
    if kind == Answer.CHOICES:
        form.at("data").required(body.get("data"))
    form.refuse()
    if kind == Answer.MESSAGE:
        _answer_with_message(world, interaction, inner, uploads)
    elif kind == Answer.DEFERRED:
        _defer(world, interaction, inner)
    elif kind == Answer.CHOICES:
        _answer_with_choices(interaction, inner)
    elif kind == Answer.MODAL:
        _answer_with_modal(interaction, inner)
    else:
        _answer_with_update(world, interaction, inner, uploads, is_deferred=kind == Answer.DEFERRED_UPDATE)
    tell(world, interaction)


def tell(world: "DiscordWorld", interaction: Interaction) -> None:
    """Show the person what became of the interaction."""
    happening = Happening("interaction", interaction.to_outcome())
    world.watchers.tell(happening, lambda person_id: person_id == interaction.person.id)


def follow_up(world: "DiscordWorld", interaction: Interaction, body: Json, uploads: Uploads = ()) -> Message:
    """Send another message. The first one after a deferral becomes the original."""
    _check(body, uploads)
    if interaction.is_loading and interaction.original is not None:
        _fill(world, interaction, interaction.original, body, uploads)
        return interaction.original
    if FOR_GUILD not in interaction.installs and len(interaction.followups) >= GUEST_FOLLOWUPS:
        raise ApiError(Code.TOO_MANY_FOLLOWUPS)
    extra = _extra(interaction, interaction.original or interaction.source)
    draft = _draft(world, interaction, body, uploads)
    message = build_message(world, replace(draft, type=REPLY, extra=extra))
    posting.publish(world, message)
    interaction.followups.append(message)
    tell(world, interaction)
    return message


def own_message(world: "DiscordWorld", interaction: Interaction, which: str) -> Message:
    """A message that this interaction's token may touch. Raises 10008."""
    candidates = [interaction.original, *interaction.followups]
    for message in candidates:
        if message is not None and which in (str(message.id), ORIGINAL):
            if world.messages.get(message.channel_id, message.id) is None:
                break
            return message
    raise ApiError(Code.UNKNOWN_MESSAGE)


def edit_own(
    world: "DiscordWorld", interaction: Interaction, message: Message, body: Json, uploads: Uploads = ()
) -> None:
    """Edit a message of this interaction."""
    if interaction.is_loading and message is interaction.original:
        _check(body, uploads)
        _fill(world, interaction, message, body, uploads)
        return
    posting.edit(world, message, BOT_ID, body, uploads)
    tell(world, interaction)


def delete_own(world: "DiscordWorld", interaction: Interaction, message: Message) -> None:
    """Delete a message of this interaction."""
    if message is interaction.original:
        interaction.original, interaction.is_loading = None, False
    else:
        interaction.followups.remove(message)
    posting.delete(world, message)
    tell(world, interaction)


def callback_json(interaction: Interaction, kind: int) -> Json:
    """The body of a `with_response` answer."""
    shown: Json = {"id": str(interaction.id), "type": int(interaction.kind)}
    made: Json = {"interaction": shown}
    if interaction.original is not None and kind not in (Answer.DEFERRED_UPDATE, Answer.MODAL):
        shown["response_message_id"] = str(interaction.original.id)
        shown["response_message_loading"] = interaction.is_loading
        shown["response_message_ephemeral"] = interaction.original.ephemeral_to is not None
        made["resource"] = {"type": kind, "message": interaction.original.payload}
    return made


def _answer_with_message(
    world: "DiscordWorld", interaction: Interaction, body: Json, uploads: Uploads
) -> None:
    _check(body, uploads, place=Form().at("data"))
    interaction.original = _first_message(world, interaction, body, uploads)
    posting.publish(world, interaction.original)
    interaction.settle(State.ANSWERED)


def _defer(world: "DiscordWorld", interaction: Interaction, body: Json) -> None:
    check_message(body, place=Form().at("data"))
    flags = int(body.get("flags") or 0) & EPHEMERAL | LOADING
    interaction.original = _first_message(world, interaction, {"flags": flags}, ())
    interaction.is_loading = True
    posting.publish(world, interaction.original)
    interaction.settle(State.DEFERRED)


def _answer_with_choices(interaction: Interaction, body: Json) -> None:
    form = Form().at("data", "choices")
    check_choices(form, body.get("choices"), interaction.option_type)
    form.refuse()
    interaction.choices = body.get("choices") or []
    interaction.settle(State.CHOICES)


def _answer_with_modal(interaction: Interaction, body: Json) -> None:
    form = Form().at("data")
    check_modal(form, body)
    form.refuse()
    for component in walk(body["components"]):
        for chosen in component.get("default_values") or []:
            chosen["id"] = str(chosen["id"])  # Discord takes numbers and tells texts
    interaction.modal = body
    interaction.settle(State.MODAL)


def _answer_with_update(
    world: "DiscordWorld", interaction: Interaction, body: Json, uploads: Uploads, *, is_deferred: bool
) -> None:
    if interaction.source is None:
        form = Form().at("type")
        form.choice(None, {Answer.MESSAGE.value, Answer.DEFERRED.value})
        form.refuse()
        return
    if not is_deferred:
        if world.messages.get(interaction.source.channel_id, interaction.source.id) is None:
            raise ApiError(Code.UNKNOWN_MESSAGE)
        posting.check_change(interaction.source, body, uploads, Form().at("data"))
        _apply(world, interaction.source, body, uploads)
    interaction.original = interaction.source
    interaction.settle(State.ANSWERED)


def _fill(
    world: "DiscordWorld", interaction: Interaction, message: Message, body: Json, uploads: Uploads
) -> None:
    """Put the awaited content into the loading message. Whether it is ephemeral was decided before."""
    message.payload = message.payload | {"flags": message.payload["flags"] & ~LOADING}
    interaction.is_loading = False
    interaction.state = State.ANSWERED
    channel = world.channel(message.channel_id)
    apply_edit(world, message, Draft(channel, world.users[BOT_ID], body, uploads))
    message.payload["edited_timestamp"] = None  # what was awaited is not an edit to Discord
    announcing.message_updated(world, message)
    tell(world, interaction)


def _apply(world: "DiscordWorld", message: Message, body: Json, uploads: Uploads) -> None:
    channel = world.channel(message.channel_id)
    apply_edit(world, message, Draft(channel, world.users[BOT_ID], body, uploads))
    announcing.message_updated(world, message)


def _check(body: Json, uploads: Uploads, place: Form | None = None) -> None:
    posting.check_uploads(uploads)
    check_message(body, place=place)
    check_not_empty(body, len(uploads))


def _first_message(world: "DiscordWorld", interaction: Interaction, body: Json, uploads: Uploads) -> Message:
    if interaction.kind is Kind.COMMAND:
        kind = CHAT_INPUT_COMMAND if interaction.command_type == 1 else CONTEXT_MENU_COMMAND
    else:
        kind = CHAT_INPUT_COMMAND if interaction.source is None else REPLY
    draft = _draft(world, interaction, body, uploads)
    return build_message(world, replace(draft, type=kind, extra=_extra(interaction, interaction.source)))


def _draft(world: "DiscordWorld", interaction: Interaction, body: Json, uploads: Uploads) -> Draft:
    is_ephemeral = bool(int(body.get("flags") or 0) & EPHEMERAL)
    ephemeral_to = interaction.person.id if is_ephemeral else None
    return Draft(interaction.channel, world.users[BOT_ID], body, uploads, ephemeral_to=ephemeral_to)


def _extra(interaction: Interaction, reference: Message | None) -> Json:
    """What a message says of the interaction it belongs to and of the message it follows."""
    made: Json = {
        "application_id": str(BOT_ID),
        "webhook_id": str(BOT_ID),
        "interaction_metadata": interaction.metadata(),
    }
    if interaction.kind is Kind.COMMAND:
        shown: Json = {"id": str(interaction.id), "type": 2, "name": interaction.name}
        made["interaction"] = shown | {"user": interaction.person.to_json()}
    if reference is not None:
        place = {"message_id": str(reference.id), "channel_id": str(reference.channel_id)}
        made["message_reference"] = {"type": 0, **place}
    return made
