"""Which of the open deals a person wants to see."""

import msgspec

from core.domain.catalog import Grader
from core.domain.deals import DealTier
from core.domain.listings import Venue
from core.domain.posts import DealPost
from core.domain.wording import words_of

TEXT_LENGTH_MAX = 100


class DealFilter(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything that is set must be so; bounds are inclusive."""

    tier: DealTier | None = None
    grader: Grader | None = None
    category: str = ""
    price_max_usd_micros: int | None = None
    discount_min_bps: int | None = None
    venue: Venue | None = None
    text: str = ""

    @property
    def is_narrow(self) -> bool:
        """Whether anything but the tier is asked for."""
        return self != DealFilter(tier=self.tier)

    def admits(self, deal: DealPost) -> bool:
        """The text is found word by word, in any order and without accents; the tier is not looked at."""
        wanted = (
            self.grader in {None, deal.grader},
            self.venue in {None, deal.venue},
            not self.category or deal.category.casefold() == self.category.casefold(),
            self.price_max_usd_micros is None or deal.price_usd_micros <= self.price_max_usd_micros,
            self.discount_min_bps is None or deal.discount_bps >= self.discount_min_bps,
            self._is_named(deal.title),
        )
        return all(wanted)

    def _is_named(self, title: str) -> bool:
        """Every word begins one of the title's words: "char" finds "Charizard"."""
        said = words_of(title)
        return all(any(word.startswith(part) for word in said) for part in words_of(self.text))


EVERYTHING = DealFilter()
