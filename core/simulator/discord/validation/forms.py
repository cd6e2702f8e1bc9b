"""Collects what is wrong with a request body, at the place where it is wrong, in Discord's nested form."""

from collections.abc import Collection, Iterable
from typing import Any

from ..errors import ApiError, Code
from ..limits import URL, Length
from ..wire import Json


class Form:
    """One place in a body. `at` goes deeper; all places of a body share one collection of errors."""

    def __init__(self, path: tuple[str, ...] = (), errors: Json | None = None) -> None:
        self._path = path
        self.errors: Json = {} if errors is None else errors

    def at(self, *steps: str | int) -> "Form":
        """The place further down."""
        return Form((*self._path, *map(str, steps)), self.errors)

    def wrong(self, code: str, message: str) -> None:
        """Note an error here."""
        node = self.errors
        for step in self._path:
            node = node.setdefault(step, {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def refuse(self) -> None:
        """Raise 50035 when anything was wrong."""
        if self.errors:
            raise ApiError(Code.INVALID_FORM, self.errors)

    def required(self, value: object) -> bool:
        """False, and noted, when the value is missing."""
        if value is None:
            self.wrong("BASE_TYPE_REQUIRED", "This field is required")
        return value is not None

    def text(self, value: object, bounds: Length, *, is_required: bool = False) -> bool:
        """True when this is a text within bounds, or absent and optional."""
        if value is None:
            return not is_required or self.required(value)
        if not isinstance(value, str):
            self.wrong("STRING_TYPE_CONVERT", "Could not interpret value as string.")
            return False
        if not value and bounds.low == 1:
            return self.required(None)
        return self.length(len(value), bounds)

    def length(self, size: int, bounds: Length) -> bool:
        """True when the size is within bounds."""
        low, high = bounds
        if low and not low <= size <= high:
            self.wrong("BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")
        elif size > high:
            self.wrong("BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length.")
        else:
            return True
        return False

    def items(self, value: object, bounds: Length) -> list[Json]:
        """The objects of a list within bounds; empty, and noted, when it is anything else."""
        found = self.values(value, bounds)
        for index, item in enumerate(found):
            if not isinstance(item, dict):
                self.at(index).wrong("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
                return []
        return [item for item in found if isinstance(item, dict)]

    def flag(self, value: object) -> bool:
        """True when this is yes or no, or absent."""
        if value is None or isinstance(value, bool):
            return True
        self.wrong("BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
        return False

    def part(self, value: object) -> Json:
        """The object; empty when absent and, noted, when it is anything else."""
        if value is None or isinstance(value, dict):
            return value or {}
        self.wrong("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        return {}

    def id(self, value: object) -> bool:
        """True when this is an id. Numbers are taken too, as Discord does."""
        is_number = isinstance(value, int) and not isinstance(value, bool) and value >= 0
        if is_number or (isinstance(value, str) and value.isdecimal() and len(value) <= 20):
            return True
        self.wrong("NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')
        return False

    def values(self, value: object, bounds: Length) -> list[object]:
        """What a list within bounds holds; empty when absent and, noted, when it is anything else."""
        if value is None:
            return []
        if not isinstance(value, list):
            self.wrong("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        return value if self.length(len(value), bounds) else []

    def choices(self, value: object, allowed: Collection[Any], *, low: int = 0) -> None:
        """Note what of a list is none of these, or when there are fewer than low."""
        for index, item in enumerate(self.values(value, Length(low, 100))):
            self.at(index).choice(item, allowed)

    def choice(self, value: object, allowed: Collection[Any]) -> bool:
        """True when the value is one of these."""
        if isinstance(value, int | str) and not isinstance(value, bool) and value in allowed:
            return True
        listed = ", ".join(map(str, sorted(allowed)))
        self.wrong("BASE_TYPE_CHOICES", f"Value must be one of {{{listed}}}.")
        return False

    def whole(self, value: object, low: int, high: int) -> bool:
        """True when this is an integer within bounds, or absent."""
        if value is None:
            return True
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong("NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        elif value < low:
            self.wrong("NUMBER_TYPE_MIN", f"int value should be greater than or equal to {low}.")
        elif value > high:
            self.wrong("NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}.")
        else:
            return True
        return False

    def url(self, value: object, schemes: Iterable[str]) -> bool:
        """True when this is an address with one of the schemes, or absent."""
        if value is None:
            return True
        if isinstance(value, str) and not self.length(len(value), URL):
            return False
        if not isinstance(value, str) or ":" not in value:
            self.wrong("URL_TYPE_INVALID_URL", "Not a well formed URL.")
            return False
        scheme, _, rest = value.partition(":")
        if scheme not in schemes:
            names = ", ".join(repr(name) for name in schemes)
            self.wrong("URL_TYPE_INVALID_SCHEME", f'Scheme "{scheme}" must be one of ({names}).')
            return False
        if not rest.startswith("//") or not rest.strip("/") or " " in rest:
            self.wrong("URL_TYPE_INVALID_URL", "Not a well formed URL.")
            return False
        return True
