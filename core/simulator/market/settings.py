"""What can be chosen about a world before it begins."""

from enum import StrEnum
from typing import Final

import msgspec

CARDS_MAX: Final = 20_000


class InsuredNoise(StrEnum):
    """How well the insured value tells the fair value: within a tenth or so, within half, not at all."""

    INFORMATIVE = "informative"
    NOISY = "noisy"
    USELESS = "useless"


class WorldSettings(msgspec.Struct, frozen=True):
    """The same settings, birth time and calls give the same world."""

    seed: int = 7
    cards: int = 2400
    people: int = 140
    listings: int = 320
    past_days: int = 120
    insured_noise: InsuredNoise = InsuredNoise.INFORMATIVE

    def __post_init__(self) -> None:
        if not 1 <= self.cards <= CARDS_MAX:
            raise ValueError(f"a world has 1 to {CARDS_MAX} cards")
