"""The limits of message components: rows, buttons, selects, and the newer layouts that hold them."""

from collections.abc import Iterator
from typing import Final

from ..limits import (
    BUTTON_LABEL,
    BUTTON_URL,
    COMPONENTS_V2,
    CUSTOM_ID,
    LAYOUT_TEXT,
    ROW_BUTTONS,
    ROWS,
    SELECT_OPTION_DESCRIPTION,
    SELECT_OPTION_TEXTS,
    SELECT_OPTIONS,
    SELECT_PLACEHOLDER,
    SELECT_VALUES_MAX,
)
from ..wire import Json
from .emoji import check_emoji
from .forms import Form

ROW: Final = 1
BUTTON: Final = 2
STRING_SELECT: Final = 3
TEXT_INPUT: Final = 4
SELECTS: Final = frozenset({STRING_SELECT, 5, 6, 7, 8})
LINK: Final = 5
PREMIUM: Final = 6
LABEL: Final = 18
SECTION: Final = 9
TEXT: Final = 10
CONTAINER: Final = 17
_LAYOUTS: Final = frozenset({ROW, SECTION, TEXT, 12, 13, 14, CONTAINER})
_INSIDE: Final = {SECTION: frozenset({TEXT}), CONTAINER: _LAYOUTS - {CONTAINER}}
CHANNEL_TYPES: Final = frozenset({0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 16})
_STYLES: Final = frozenset({1, 2, 3, 4, LINK, PREMIUM})


def walk(components: list[Json]) -> Iterator[Json]:
    """Every component at every depth, in reading order. They must have been checked."""
    for component in components:
        yield component
        children = [*component.get("components", [])]
        children += [component[key] for key in ("accessory", "component") if key in component]
        yield from walk(children)


def check_components(form: Form, components: object, *, is_v2: bool) -> None:
    """Note everything that is wrong with a message's components."""
    rows = form.items(components, COMPONENTS_V2 if is_v2 else ROWS)
    seen: set[str] = set()
    for index, row in enumerate(rows):
        place = form.at(index)
        if is_v2:
            _check_layout(place, row, _LAYOUTS, seen)
        elif place.at("type").choice(row.get("type"), {ROW}):
            _check_row(place.at("components"), row.get("components"), seen)
    if is_v2 and not form.errors:
        form.length(len(list(walk(rows))), COMPONENTS_V2)


def _check_layout(form: Form, layout: Json, allowed: frozenset[int], seen: set[str]) -> None:
    kind = layout.get("type")
    if not form.at("type").choice(kind, allowed):
        return
    parts = form.at("components")
    if kind == ROW:
        _check_row(parts, layout.get("components"), seen)
    elif kind == TEXT:
        form.at("content").text(layout.get("content"), LAYOUT_TEXT, is_required=True)
    elif kind in _INSIDE and parts.required(layout.get("components")):
        for index, part in enumerate(parts.items(layout["components"], COMPONENTS_V2)):
            _check_layout(parts.at(index), part, _INSIDE[int(layout["type"])], seen)
    if kind == SECTION and form.at("accessory").required(layout.get("accessory")):
        item = form.at("accessory").part(layout["accessory"])
        if form.at("accessory", "type").choice(item.get("type"), {BUTTON, 11}) and item["type"] == BUTTON:
            _check_item(form.at("accessory"), item, seen)


def _check_row(form: Form, components: object, seen: set[str]) -> None:
    if not form.required(components):
        return
    items = form.items(components, ROW_BUTTONS)
    if len(items) > 1 and any(item.get("type") != BUTTON for item in items):
        form.wrong("COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width")
    for index, item in enumerate(items):
        place = form.at(index)
        if place.at("type").choice(item.get("type"), SELECTS | {BUTTON}):
            _check_item(place, item, seen)


def _check_item(form: Form, item: Json, seen: set[str]) -> None:
    if item["type"] == BUTTON:
        _check_button(form, item)
    else:
        _check_select(form, item)
    check_custom_id_unique(form.at("custom_id"), item.get("custom_id"), seen)


def check_custom_id_unique(form: Form, custom_id: object, seen: set[str]) -> None:
    """Note a custom_id that another component of the same message or modal has."""
    if not isinstance(custom_id, str):
        return
    if custom_id in seen:
        form.wrong("COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
    seen.add(custom_id)


def _check_button(form: Form, button: Json) -> None:
    style = button.get("style")
    if not form.at("style").choice(style, _STYLES):
        return
    form.at("label").text(button.get("label"), BUTTON_LABEL)
    form.at("disabled").flag(button.get("disabled"))
    check_emoji(form.at("emoji"), button.get("emoji"))
    if style == LINK:
        _check_link(form, button)
        return
    if style == PREMIUM:
        form.at("sku_id").required(button.get("sku_id"))
        return
    if button.get("url") is not None:
        form.at("url").wrong("BUTTON_COMPONENT_INVALID_URL", "A url cannot be specified for this style")
    if not button.get("label") and not button.get("emoji"):
        form.at("label").wrong("BUTTON_COMPONENT_LABEL_REQUIRED", "A label or an emoji is required")
    form.at("custom_id").text(button.get("custom_id"), CUSTOM_ID, is_required=True)


def _check_link(form: Form, button: Json) -> None:
    if button.get("custom_id") is not None:
        message = "A custom id and url cannot both be specified"
        form.at("custom_id").wrong("COMPONENT_CUSTOM_ID_AND_URL_SPECIFIED", message)
    url = form.at("url")
    if url.text(button.get("url"), BUTTON_URL, is_required=True):
        url.url(button.get("url"), ("http", "https", "discord"))


def _check_select(form: Form, select: Json) -> None:
    form.at("custom_id").text(select.get("custom_id"), CUSTOM_ID, is_required=True)
    form.at("placeholder").text(select.get("placeholder"), SELECT_PLACEHOLDER)
    form.at("min_values").whole(select.get("min_values"), 0, SELECT_VALUES_MAX)
    form.at("max_values").whole(select.get("max_values"), 1, SELECT_VALUES_MAX)
    form.at("disabled").flag(select.get("disabled"))
    form.at("channel_types").choices(select.get("channel_types"), CHANNEL_TYPES)
    if select["type"] == STRING_SELECT:
        check_options(form.at("options"), select)


def check_options(form: Form, select: Json) -> None:
    """Note everything that is wrong with the options of a string select: enough to choose from, too."""
    if not form.required(select.get("options")):
        return
    asked = [select[name] for name in ("min_values", "max_values") if isinstance(select.get(name), int)]
    fewest = min(max([1, *asked]), SELECT_OPTIONS.high)
    seen: set[str] = set()
    for index, option in enumerate(form.items(select["options"], SELECT_OPTIONS._replace(low=fewest))):
        place = form.at(index)
        for name, bounds in SELECT_OPTION_TEXTS.items():
            place.at(name).text(option.get(name), bounds, is_required=True)
        place.at("description").text(option.get("description"), SELECT_OPTION_DESCRIPTION)
        place.at("default").flag(option.get("default"))
        check_emoji(place.at("emoji"), option.get("emoji"))
        value = str(option.get("value"))
        if value in seen:
            message = "The specified option value is already used"
            place.at("value").wrong("SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message)
        seen.add(value)
