"""The limits of a message body: what posting, editing and answering have in common."""

from typing import Final

from ..errors import ApiError, Code
from ..limits import ATTACHMENTS, CONTENT, NONCE
from ..wire import Json
from .components import check_components
from .embeds import check_embeds
from .forms import Form

EPHEMERAL: Final = 1 << 6
LOADING: Final = 1 << 7
SUPPRESS_EMBEDS: Final = 1 << 2
SUPPRESS_NOTIFICATIONS: Final = 1 << 12
IS_COMPONENTS_V2: Final = 1 << 15
_MENTION_KINDS: Final = frozenset({"users", "roles", "everyone"})


def check_message(body: Json, *, place: Form | None = None) -> None:
    """Raise 50035 with everything that is wrong. place: where the message lies in the whole body."""
    form = place or Form()
    flags = body.get("flags") or 0
    is_v2 = isinstance(flags, int) and bool(flags & IS_COMPONENTS_V2)
    form.at("content").text(body.get("content"), CONTENT)
    check_embeds(form.at("embeds"), body.get("embeds"))
    check_components(form.at("components"), body.get("components"), is_v2=is_v2)
    form.at("attachments").items(body.get("attachments"), ATTACHMENTS)
    if not isinstance(body.get("nonce"), int):
        form.at("nonce").text(body.get("nonce"), NONCE)
    _check_allowed_mentions(form.at("allowed_mentions"), body.get("allowed_mentions"))
    if is_v2 and (body.get("content") or body.get("embeds")):
        message = "This field cannot be used with the components v2 flag"
        name = "content" if body.get("content") else "embeds"
        form.at(name).wrong("MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", message)
    form.refuse()


def check_not_empty(body: Json, attachments: int) -> None:
    """Raise 50006 when there would be nothing to see."""
    is_shown = body.get("content") or body.get("embeds") or body.get("components") or body.get("sticker_ids")
    if not is_shown and not attachments:
        raise ApiError(Code.EMPTY_MESSAGE)


def _check_allowed_mentions(form: Form, allowed: object) -> None:
    if allowed is None:
        return
    if not isinstance(allowed, dict):
        form.wrong("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        return
    parse = allowed.get("parse") or []
    for index, kind in enumerate(parse):
        form.at("parse", index).choice(kind, _MENTION_KINDS)
    for kind in ("users", "roles"):
        listed = allowed.get(kind) or []
        if listed and kind in parse:
            message = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            form.wrong("MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message)
        form.at(kind).length(len(listed), CONTENT._replace(high=100))
