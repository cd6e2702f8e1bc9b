"""What sellers ask: which token is put on sale, where, in which currency and at which price."""

import math
from random import Random
from typing import Final

from core.simulator.market.book import Book, Order
from core.simulator.market.rates import Coin, Rates
from core.simulator.market.scenery import Scenery
from core.simulator.market.things import Asset, Currency, Listing, Mood, Token, Venue
from core.simulator.market.values import BPS, discounted, fair_usd_micros

TRIES: Final = 60
ME_SHARE: Final = 0.4
SOL_SHARE_ON_ME: Final = 0.35
DEAL_BPS: Final = (2000, 6000, 2600)
NEAR_DEAL_BPS: Final = (700, 1400)
TRAP_BPS: Final = {Mood.HONEYPOT: (8800, 9500), Mood.WRONG_GRADE: (2500, 4500), Mood.VARIANT: (-800, 800)}
WASH_BPS: Final = (-30_000, -4000)
TROLL_TIMES: Final = (10, 100, 1000, 10_000)
ACCEPTED_OFF: Final = (0.015, 0.045)  # the logarithm of paid over fair: middle and spread


class Asks:
    """Draws orders for tokens that are not on sale."""

    def __init__(self, rng: Random, scenery: Scenery, book: Book, rates: Rates) -> None:
        self._rng = rng
        self._scenery = scenery
        self._book = book
        self.rates = rates

    def order(
        self,
        mood: Mood,
        at_ms: int,
        *,
        discount_bps: int | None = None,
        venue: Venue | None = None,
        currency: Currency | None = None,
        token: Token | None = None,
    ) -> Order | None:
        """A new order in this mood; None when every suitable token tried is on sale already."""
        token = token or self._token(mood)
        if token is None:
            return None
        place = venue or self._venue(mood)
        currency = currency or self._currency(place, mood)
        price = self._price(token, mood, at_ms, discount_bps)
        if mood is Mood.UNIT_FLIP and discount_bps is None:
            price = flipped(price, currency, self.rates.usd_micros(Coin.SOL, at_ms))
        return Order(
            token.mint,
            self.owner(token),
            place,
            currency,
            self.rates.asked_atoms(price, currency, at_ms),
            mood,
        )

    def accepted_offer(self, at_ms: int) -> Order | None:
        """What an owner takes for a token that is not on sale: about the fair value; None as with `order`."""
        token = self._token(Mood.ORDINARY)
        if token is None:
            return None
        venue = self._venue(Mood.ORDINARY)
        currency = self._currency(venue, Mood.ORDINARY)
        paid = int(self.fair(token, at_ms) * math.exp(self._rng.gauss(*ACCEPTED_OFF)))
        price = self.rates.asked_atoms(paid, currency, at_ms)
        return Order(token.mint, self.owner(token), venue, currency, price)

    def owner(self, asset: Asset) -> str:
        """The wallet that owns it now."""
        return self._book.owners.get(asset.mint, asset.first_owner)

    def fair(self, token: Token, at_ms: int) -> int:
        """What the token is really worth, in millionths of a dollar."""
        return fair_usd_micros(self._scenery.kind(token), at_ms)

    def price_bps(self, listing: Listing, at_ms: int) -> int:
        """The price in basis points of the fair value: 10,000 is exactly fair."""
        token = self._scenery.token(listing.mint)
        if token is None:
            raise LookupError(listing.mint)
        price = self.rates.dollars(listing.price_atoms, listing.currency, at_ms)
        return price * BPS // self.fair(token, at_ms)

    def changed_atoms(self, listing: Listing, change_bps: int, at_ms: int) -> int:
        """The price of an order moved by so many basis points, as a person would type it."""
        price = self.rates.dollars(listing.price_atoms, listing.currency, at_ms)
        return self.rates.asked_atoms(price * (BPS + change_bps) // BPS, listing.currency, at_ms)

    def bargain_atoms(self, listing: Listing, at_ms: int) -> int | None:
        """A price that makes a bargain of an open order; None for what no one could value."""
        token = self._scenery.token(listing.mint)
        if token is None or not self._scenery.is_deal_material(token):
            return None
        price = discounted(self.fair(token, at_ms), self._deal_bps())
        return self.rates.asked_atoms(price, listing.currency, at_ms)

    def _token(self, mood: Mood) -> Token | None:
        suitable = {
            Mood.DEAL: self._scenery.deal_tokens,
            Mood.NEAR_DEAL: self._scenery.deal_tokens,
            Mood.HONEYPOT: self._scenery.deal_tokens,
            Mood.WRONG_GRADE: self._scenery.mislabelled,
            Mood.VARIANT: self._scenery.confused,
        }.get(mood, self._scenery.tokens)
        for _ in range(TRIES if suitable else 0):
            token = self._rng.choice(suitable)
            if token.mint not in self._book:
                return token
        return None

    def _venue(self, mood: Mood) -> Venue:
        if mood in (Mood.WRONG_GRADE, Mood.UNIT_FLIP):
            return Venue.ME
        return Venue.ME if self._rng.random() < ME_SHARE else Venue.CC

    def _currency(self, venue: Venue, mood: Mood) -> Currency:
        if venue is Venue.CC or mood is Mood.WRONG_GRADE:
            return Currency.USDC
        return Currency.SOL if self._rng.random() < SOL_SHARE_ON_ME else Currency.USDC

    def _price(self, token: Token, mood: Mood, at_ms: int, discount_bps: int | None) -> int:
        rng = self._rng
        fair = self.fair(token, at_ms)
        if discount_bps is not None:
            return discounted(fair, discount_bps)
        if mood is Mood.DEAL:
            return discounted(fair, self._deal_bps())
        if mood is Mood.NEAR_DEAL:
            return discounted(fair, rng.randint(*NEAR_DEAL_BPS))
        if mood is Mood.TROLL:
            return fair * rng.choice(TROLL_TIMES)
        if mood is Mood.WRONG_GRADE:
            fair = fair_usd_micros(self._scenery.kinds[token.me_kind_id], at_ms)
        if mood is Mood.WASH:
            return discounted(fair, rng.randint(*WASH_BPS))
        if mood in TRAP_BPS:
            return discounted(fair, rng.randint(*TRAP_BPS[mood]))
        habit = self._scenery.habit(self.owner(token))
        return discounted(fair, -rng.randint(*habit.markup_bps))

    def _deal_bps(self) -> int:
        return int(self._rng.triangular(*DEAL_BPS))


def flipped(wanted_usd_micros: int, currency: Currency, sol_usd_micros: int) -> int:
    """The dollars asked by who types the right number into the field of the other currency."""
    if currency is Currency.SOL:
        return wanted_usd_micros * sol_usd_micros // 1_000_000
    return wanted_usd_micros * 1_000_000 // sol_usd_micros
