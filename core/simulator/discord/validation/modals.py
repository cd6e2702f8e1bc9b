"""The limits of modals."""

from ..limits import (
    CUSTOM_ID,
    INPUT_LABEL,
    INPUT_PLACEHOLDER,
    INPUT_VALUE_MAX,
    LABEL_DESCRIPTION,
    MODAL_ROWS,
    MODAL_TITLE,
    Length,
)
from ..wire import Json
from .components import LABEL, ROW, STRING_SELECT, TEXT_INPUT, check_custom_id_unique, check_options
from .forms import Form

_TEXT_DISPLAY = 10
_LABELLED = frozenset({TEXT_INPUT, STRING_SELECT, 5, 6, 7, 8, 19, 21, 22, 23})


def check_modal(form: Form, modal: Json) -> None:
    """Note everything that is wrong with a modal."""
    form.at("title").text(modal.get("title"), MODAL_TITLE, is_required=True)
    form.at("custom_id").text(modal.get("custom_id"), CUSTOM_ID, is_required=True)
    place = form.at("components")
    if not place.required(modal.get("components")):
        return
    seen: set[str] = set()
    for index, row in enumerate(place.items(modal.get("components"), MODAL_ROWS)):
        _check_row(place.at(index), row, seen)


def _check_row(form: Form, row: Json, seen: set[str]) -> None:
    kind = row.get("type")
    if not form.at("type").choice(kind, {ROW, _TEXT_DISPLAY, LABEL}) or kind == _TEXT_DISPLAY:
        return
    if kind == LABEL:
        form.at("label").text(row.get("label"), INPUT_LABEL, is_required=True)
        form.at("description").text(row.get("description"), LABEL_DESCRIPTION)
        place, item = form.at("component"), form.at("component").part(row.get("component"))
        if place.required(row.get("component")) and place.at("type").choice(item.get("type"), _LABELLED):
            _check_item(place, item, seen)
        return
    place = form.at("components")
    place.required(row.get("components"))
    for index, item in enumerate(place.items(row.get("components"), Length(1, 1))):
        if place.at(index, "type").choice(item.get("type"), {TEXT_INPUT, STRING_SELECT}):
            _check_item(place.at(index), item, seen)
            if item["type"] == TEXT_INPUT:
                place.at(index, "label").text(item.get("label"), INPUT_LABEL, is_required=True)


def _check_item(form: Form, item: Json, seen: set[str]) -> None:
    form.at("custom_id").text(item.get("custom_id"), CUSTOM_ID, is_required=True)
    check_custom_id_unique(form.at("custom_id"), item.get("custom_id"), seen)
    if item["type"] == STRING_SELECT:
        check_options(form.at("options"), item)
    form.at("required").flag(item.get("required"))
    if item["type"] == TEXT_INPUT:
        form.at("style").choice(item.get("style"), {1, 2})
        form.at("value").text(item.get("value"), Length(0, INPUT_VALUE_MAX))
        form.at("placeholder").text(item.get("placeholder"), INPUT_PLACEHOLDER)
        form.at("min_length").whole(item.get("min_length"), 0, INPUT_VALUE_MAX)
        form.at("max_length").whole(item.get("max_length"), 1, INPUT_VALUE_MAX)
