"""The limits of embeds."""

from datetime import datetime
from typing import Any, Final

from ..limits import EMBED_COLOR_MAX, EMBED_FIELD_TEXTS, EMBED_FIELDS, EMBED_TEXTS, EMBED_TOTAL, EMBEDS
from ..wire import Json
from .forms import Form

_WEB: Final = ("http", "https")
_WEB_OR_FILE: Final = ("http", "https", "attachment")
_URLS: Final[dict[tuple[str, ...], tuple[str, ...]]] = {
    ("url",): _WEB,
    ("author", "url"): _WEB,
    ("image", "url"): _WEB_OR_FILE,
    ("thumbnail", "url"): _WEB_OR_FILE,
    ("author", "icon_url"): _WEB_OR_FILE,
    ("footer", "icon_url"): _WEB_OR_FILE,
}
_PARTS: Final = ("author", "footer", "image", "thumbnail")
_SHOWN: Final = ("title", "description", "fields", "image", "thumbnail", "author", "footer", "url")


def check_embeds(form: Form, embeds: object) -> None:
    """Note everything that is wrong with a message's embeds."""
    checked = form.items(embeds, EMBEDS)
    for index, embed in enumerate(checked):
        _check_embed(form.at(index), embed)
    if sum(map(embed_size, checked)) > EMBED_TOTAL:
        form.wrong("MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {EMBED_TOTAL}")


def embed_size(embed: Json) -> int:
    """The characters that count towards the total of all embeds of a message."""
    texts = [_dig(embed, path) for path in EMBED_TEXTS]
    texts += [field.get(name) for field in _fields(embed) for name in EMBED_FIELD_TEXTS]
    return sum(len(text.strip()) for text in texts if isinstance(text, str))


def trimmed(embed: Json) -> Json:
    """The embed without the white space around its texts, as Discord keeps it."""
    made = {key: _strip(value) if (key,) in EMBED_TEXTS else value for key, value in embed.items()}
    for part, text in (("author", "name"), ("footer", "text")):
        if isinstance(made.get(part), dict):
            made[part] = made[part] | {key: _strip(made[part][key]) for key in made[part] if key == text}
    if "fields" in made:
        made["fields"] = [
            field | {name: _strip(field.get(name)) for name in EMBED_FIELD_TEXTS} for field in _fields(embed)
        ]
    return made


def _strip(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _check_embed(form: Form, embed: Json) -> None:
    if not any(embed.get(name) for name in _SHOWN):
        form.at("description").required(None)
    for part in _PARTS:
        form.at(part).part(embed.get(part))
    for path, bounds in EMBED_TEXTS.items():
        form.at(*path).text(_strip(_dig(embed, path)), bounds)
    for path, schemes in _URLS.items():
        form.at(*path).url(_dig(embed, path), schemes)
    for index, field in enumerate(form.at("fields").items(embed.get("fields"), EMBED_FIELDS)):
        for name, bounds in EMBED_FIELD_TEXTS.items():
            text = _strip(field.get(name))
            form.at("fields", index, name).text(None if text == "" else text, bounds, is_required=True)
        form.at("fields", index, "inline").flag(field.get("inline"))
    form.at("color").whole(embed.get("color"), 0, EMBED_COLOR_MAX)
    _check_timestamp(form.at("timestamp"), embed.get("timestamp"))


def _check_timestamp(form: Form, value: object) -> None:
    if value is None:
        return
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        form.wrong("DATE_TIME_TYPE_PARSE", f"Could not parse {value}. Should be ISO8601.")


def _fields(embed: Json) -> list[Json]:
    fields = embed.get("fields")
    return [field for field in fields if isinstance(field, dict)] if isinstance(fields, list) else []


def _dig(value: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value
