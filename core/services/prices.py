"""Rates and prices: keeping them, and turning an ask into dollars."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import msgspec

from core.clock import Clock
from core.domain.money import Amount, Unit, usd_micros
from core.domain.prices import RATE_AGE_MAX_S
from core.errors import SourceUnavailable
from core.sources.base import RateSource
from db import prices
from db.engine import Database, Tx

SOL_USD = "SOL/USD"
_PAIRS = {Unit.LAMPORTS: SOL_USD}
_DOLLAR = Decimal(1)


class Dollars(msgspec.Struct, frozen=True):
    """An amount in dollars, with the rate it was converted by (None for dollars themselves)."""

    usd_micros: int
    rate_id: int | None


class PriceService:
    """What a coin costs."""

    def __init__(self, db: Database, clock: Clock, rates: Sequence[RateSource]) -> None:
        self.db = db
        self.clock = clock
        self.rates = rates

    async def poll_rates(self) -> None:
        """Ask for the rates the asks come in. Raises SourceError when no source answers."""
        for source in self.rates:
            rate = await source.rate(SOL_USD)
            if rate is not None:
                async with self.db.write() as tx:
                    await prices.add_rate(tx, rate, self.clock.now())
                return

    async def dollars(self, tx: Tx, amount: Amount) -> Dollars | None:
        """The amount in dollars, None when no fresh rate is known."""
        if amount.unit is Unit.USD_MICROS:
            return Dollars(usd_micros(amount, _DOLLAR), None)
        pair = _PAIRS.get(amount.unit)
        known = None if pair is None else await prices.latest_rate(tx, pair)
        if known is None:
            return None
        rate_id, rate = known
        if self.clock.now() - rate.at > timedelta(seconds=RATE_AGE_MAX_S):
            return None
        return Dollars(usd_micros(amount, rate.usd), rate_id)

    async def dollars_or_wait(self, amount: Amount) -> Dollars:
        """The amount in dollars; an unknown rate is an outage, never a verdict."""
        async with self.db.read() as tx:
            dollars = await self.dollars(tx, amount)
        if dollars is None:
            raise SourceUnavailable(
                "rates", f"no rate for {amount.unit} within {RATE_AGE_MAX_S // 60} minutes"
            )
        return dollars
