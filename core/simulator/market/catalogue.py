"""What the world is made from: games, sets, names, graders, habits. Kept in catalogue.json, typed here."""

from functools import cache
from importlib import resources
from random import Random
from typing import Protocol, TypeVar

import msgspec


class Weighted(Protocol):
    """Anything that is drawn more or less often."""

    @property
    def weight(self) -> int: ...


class CardSet(msgspec.Struct, frozen=True):
    """One printed set. `brand_value` multiplies what its cards are worth.

    Only the first `names_known` names of the game existed when it was printed (0: all).
    """

    name: str
    year: int
    size: int
    language: str
    brand_value: float
    names_known: int = 0
    suffixes: tuple[str, ...] = ("",)


class Parallel(msgspec.Struct, frozen=True):
    """One printing of a card, made in these years. `value` multiplies its worth."""

    name: str
    weight: int
    value: float
    since: int = 0
    until: int = 9999


class Game(msgspec.Struct, frozen=True):
    """One game. `prefix` is what vendors write before a set's name; `share` its part of all cards."""

    category: str
    prefix: str
    share: int
    sets: list[CardSet]
    names: list[str]
    parallels: list[Parallel]
    stamps: list[str]

    @property
    def weight(self) -> int:
        """Drawn in proportion to its share."""
        return self.share


class GradeForm(msgspec.Struct, frozen=True):
    """One grade: tenths, label and the vendor's words. `value` multiplies the worth of the card."""

    tenths: int
    label: str
    text: str
    weight: int
    value: float


class GraderForm(msgspec.Struct, frozen=True):
    """One grading company, with ALT's code for it and the length of its certificate numbers."""

    company: str
    alt_code: str
    weight: int
    certificate_digits: int
    value: float
    grades: list[GradeForm]


class Habit(msgspec.Struct, frozen=True):
    """How a seller asks: above or below the fair value, and how a price is moved later."""

    name: str
    weight: int
    markup_bps: tuple[int, int]
    reprice_bps: tuple[int, int]


class AuctionHouse(msgspec.Struct, frozen=True):
    """Where sales outside the marketplaces happen."""

    name: str
    weight: int


class Catalogue(msgspec.Struct, frozen=True):
    """Everything in catalogue.json."""

    games: list[Game]
    graders: list[GraderForm]
    habits: list[Habit]
    auction_houses: list[AuctionHouse]
    nicknames: list[str]


_W = TypeVar("_W", bound=Weighted)


@cache
def load_catalogue() -> Catalogue:
    """Read catalogue.json once."""
    raw = resources.files(__package__).joinpath("catalogue.json").read_bytes()
    return msgspec.json.decode(raw, type=Catalogue)


def draw(rng: Random, choices: list[_W]) -> _W:
    """One of them, the heavier the likelier."""
    return rng.choices(choices, [choice.weight for choice in choices])[0]
