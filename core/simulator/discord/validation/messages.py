"""The limits of a message body: what posting, editing and answering have in common."""

from typing import Final

from ..errors import ApiError, Code
from ..limits import ALLOWED_MENTIONS, ATTACHMENT_TEXTS, ATTACHMENTS, CONTENT, NONCE
from ..wire import Json
from .components import check_components
from .embeds import check_embeds
from .forms import Form

EPHEMERAL: Final = 1 << 6
LOADING: Final = 1 << 7
SUPPRESS_EMBEDS: Final = 1 << 2
SUPPRESS_NOTIFICATIONS: Final = 1 << 12
IS_COMPONENTS_V2: Final = 1 << 15
_FLAGS_MAX: Final = (1 << 32) - 1
_MENTION_KINDS: Final = frozenset({"users", "roles", "everyone"})


def check_message(body: Json, *, place: Form | None = None) -> None:
    """Raise 50035 with everything that is wrong. place: where the message lies in the whole body."""
    form = place or Form()
    flags = body.get("flags") or 0
    is_v2 = isinstance(flags, int) and bool(flags & IS_COMPONENTS_V2)
    form.at("flags").whole(body.get("flags"), 0, _FLAGS_MAX)
    content = body.get("content")
    form.at("content").text(content.strip() if isinstance(content, str) else content, CONTENT)
    check_embeds(form.at("embeds"), body.get("embeds"))
    check_components(form.at("components"), body.get("components"), is_v2=is_v2)
    _check_attachments(form.at("attachments"), body.get("attachments"))
    for name in ("tts", "enforce_nonce"):
        form.at(name).flag(body.get(name))
    if not isinstance(body.get("nonce"), int) or isinstance(body.get("nonce"), bool):
        form.at("nonce").text(body.get("nonce"), NONCE)
    _check_reference(form.at("message_reference"), body.get("message_reference"))
    _check_allowed_mentions(form.at("allowed_mentions"), body.get("allowed_mentions"))
    if is_v2 and (body.get("content") or body.get("embeds")):
        message = "This field cannot be used with the components v2 flag"
        name = "content" if body.get("content") else "embeds"
        form.at(name).wrong("MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", message)
    form.refuse()


def check_not_empty(body: Json, attachments: int) -> None:
    """Raise 50006 when there would be nothing to see."""
    shown = [(body.get("content") or "").strip(), *map(body.get, ("embeds", "components", "sticker_ids"))]
    if not any(shown) and not attachments:
        raise ApiError(Code.EMPTY_MESSAGE)


def _check_attachments(form: Form, attachments: object) -> None:
    for index, attachment in enumerate(form.items(attachments, ATTACHMENTS)):
        form.at(index, "id").id(attachment.get("id"))
        for name, bounds in ATTACHMENT_TEXTS.items():
            form.at(index, name).text(attachment.get(name), bounds)


def _check_reference(form: Form, reference: object) -> None:
    given = form.part(reference)
    if reference is not None and form.at("message_id").required(given.get("message_id")):
        form.at("message_id").id(given["message_id"])
        form.at("fail_if_not_exists").flag(given.get("fail_if_not_exists"))


def _check_allowed_mentions(form: Form, given: object) -> None:
    allowed = form.part(given)
    form.at("parse").choices(allowed.get("parse"), _MENTION_KINDS)
    form.at("replied_user").flag(allowed.get("replied_user"))
    parse = allowed.get("parse") or []
    for kind in ("users", "roles"):
        listed = form.at(kind).values(allowed.get(kind), ALLOWED_MENTIONS)
        for index, target in enumerate(listed):
            form.at(kind, index).id(target)
        if listed and isinstance(parse, list) and kind in parse:
            message = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            form.wrong("MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message)
