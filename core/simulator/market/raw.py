"""Ungraded copies: what they are worth, and the codes by which price sites know sets and cards."""

import math
import re
from typing import Final

from core.simulator.market.scenery import Scenery
from core.simulator.market.things import Card
from core.simulator.market.values import DAY_MS

RAW_SHARE: Final = 0.13
PERIOD_DAYS: Final = 75
SWING: Final = 0.07
CODE_LENGTH: Final = 10


def raw_usd_micros(card: Card, at_ms: int) -> int:
    """What an ungraded copy in good condition is worth."""
    turn = at_ms / DAY_MS / PERIOD_DAYS * math.tau
    return max(20_000, int(card.worth_usd_micros * RAW_SHARE * math.exp(SWING * math.sin(turn + card.id))))


def cents(micros: int) -> int:
    """Millionths in hundredths, cut off."""
    return micros // 10_000


def money(micros: int) -> float:
    """Millionths as a JSON number with two places."""
    return cents(micros) / 100


def money_text(micros: int) -> str:
    """Millionths as text with two places: "12.30"."""
    whole, rest = divmod(cents(micros), 100)
    return f"{whole}.{rest:02d}"


def slug(text: str) -> str:
    """A name as addresses carry it: "Base Set" is "base-set"."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def set_code(set_name: str) -> str:
    """A short code of a set, unique within its game."""
    return slug(set_name).replace("-", "")[:CODE_LENGTH]


class Shelf:
    """The cards of one game in the order of their ids."""

    def __init__(self, scenery: Scenery, category: str) -> None:
        names = [game.category for game in scenery.catalogue.games]
        self.game = names.index(category)
        self.sets = scenery.catalogue.games[self.game].sets
        self.cards = [card for card in scenery.cards if card.game == self.game]

    def numbered(self) -> dict[tuple[str, str], Card]:
        """One card for each set code and number: of several printings only the first."""
        found: dict[tuple[str, str], Card] = {}
        for card in self.cards:
            found.setdefault((set_code(card.set_name), card.number), card)
        return found
