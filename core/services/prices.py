"""Rates and prices: asking for rates, keeping them, and turning an ask into dollars."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec
import structlog

from core.clock import Clock
from core.domain.money import Amount, Unit, usd_micros
from core.domain.prices import RATE_AGE_MAX_S, Rate
from core.domain.rates import (
    RATE_AGE_MAX,
    RATE_AHEAD_MAX,
    SOL_USD,
    USDC_USD,
    Choice,
    Jump,
    choose,
    has_jumped,
    is_enough_alone,
    is_fresh,
    is_near,
    is_pegged,
)
from core.errors import SourceError, SourceUnavailable
from core.sources.base import RateSource
from db import prices
from db.engine import Database, Tx

POLLED = (SOL_USD, USDC_USD)
ALL_ARE_ASKED_EVERY = timedelta(minutes=5)
PAST_RATE_HOLDS = timedelta(hours=49)
"""Of the longest candles, which are of four days, one begins within this."""
_PAIRS = {Unit.LAMPORTS: SOL_USD}
_DOLLAR = Decimal(1)

log = structlog.get_logger(__name__)


class Dollars(msgspec.Struct, frozen=True):
    """An amount in dollars, with the rate it was converted by (None for dollars themselves)."""

    usd_micros: int
    rate_id: int | None


class Exchange(msgspec.Struct, frozen=True):
    """What amounts are in dollars at one moment: for each unit the rate and its id, None when unknown."""

    rates: dict[Unit, tuple[int | None, Decimal] | None]

    def dollars(self, amount: Amount) -> Dollars | None:
        known = self.rates.get(amount.unit)
        return None if known is None else Dollars(usd_micros(amount, known[1]), known[0])


class PriceService:
    """What a coin costs. `rates` are the sources in order of preference."""

    def __init__(self, db: Database, clock: Clock, rates: Sequence[RateSource]) -> None:
        self.db = db
        self.clock = clock
        self.rates = rates
        self._all_asked_at: dict[str, datetime] = {}
        self._ignored: dict[str, frozenset[str]] = {}
        self._jumps: dict[str, Jump | None] = {}

    async def poll_rates(self) -> None:
        """Ask for the rates the asks come in. Raises SourceError when one is not to be had."""
        outcomes = await asyncio.gather(*map(self._poll, POLLED), return_exceptions=True)
        for outcome in outcomes:
            if outcome is not None:
                raise outcome

    async def keep_rates_of(self, source: RateSource) -> tuple[Rate, ...]:
        """Ask one source by itself and keep what it says, as long as that goes on from a last good rate.

        Raises SourceError, also for a rate that is far from what was believed last.
        """
        kept = []
        for pair in POLLED:
            rate = await source.rate(pair)
            if rate is None:
                continue
            async with self.db.write() as tx:
                known = await self._latest(tx, pair)
                last = None if known is None else known[1]
                if not is_fresh(rate, self.clock.now()):
                    raise SourceUnavailable(source.name, f"says {rate.usd} for {pair} as of {rate.at}")
                if last is not None and self._is_far(rate, last):
                    reason = f"says {rate.usd} for {pair}, and {last.source} said {last.usd}"
                    raise SourceUnavailable(source.name, reason)
                await prices.add_rate(tx, rate, self.clock.now())
            kept.append(rate)
        return tuple(kept)

    def _is_far(self, rate: Rate, last: Rate) -> bool:
        """Whether a source that nobody stands beside is not to be believed."""
        is_off = is_fresh(last, self.clock.now()) and not is_near(rate, last.usd)
        return is_off or has_jumped(rate, last)

    async def exchange(self, tx: Tx, units: Collection[Unit]) -> Exchange:
        """Dollars for amounts in these units, as far as fresh rates are known."""
        return Exchange({unit: await self._rate_of(tx, unit) for unit in units})

    async def dollars(self, tx: Tx, amount: Amount) -> Dollars | None:
        """The amount in dollars, None when no fresh rate is known."""
        return (await self.exchange(tx, {amount.unit})).dollars(amount)

    async def _latest(self, tx: Tx, pair: str) -> tuple[int, Rate] | None:
        return await prices.latest_rate(tx, pair, self.clock.now() + RATE_AHEAD_MAX)

    async def _rate_of(self, tx: Tx, unit: Unit) -> tuple[int | None, Decimal] | None:
        """The rate of a unit and its id.

        Marketplaces' dollars are USDC: None, too, while it is known not to be worth one. Without any
        word about it, it is; a doubt lasts until a newer rate ends it.
        """
        if unit is Unit.USD_MICROS:
            usdc = await self._latest(tx, USDC_USD)
            return (None, _DOLLAR) if usdc is None or is_pegged(usdc[1]) else None
        pair = _PAIRS.get(unit)
        known = None if pair is None else await self._latest(tx, pair)
        if known is None or not is_fresh(known[1], self.clock.now()):
            return None
        return known[0], known[1].usd

    async def dollars_then(self, tx: Tx, amount: Amount, at: datetime) -> Dollars | None:
        """What the amount was in dollars at a time, by the rate that is nearest to it; None without one."""
        if self.clock.now() - at <= RATE_AGE_MAX:
            return await self.dollars(tx, amount)
        if amount.unit is Unit.USD_MICROS:
            usdc = await prices.rate_near(tx, USDC_USD, at, PAST_RATE_HOLDS)
            is_dollar = usdc is None or is_pegged(usdc[1])
            return Dollars(usd_micros(amount, _DOLLAR), None) if is_dollar else None
        pair = _PAIRS.get(amount.unit)
        known = None if pair is None else await prices.rate_near(tx, pair, at, PAST_RATE_HOLDS)
        return None if known is None else Dollars(usd_micros(amount, known[1].usd), known[0])

    async def dollars_or_wait(self, amount: Amount) -> Dollars:
        """The amount in dollars; an unknown rate is an outage, never a verdict."""
        async with self.db.read() as tx:
            dollars = await self.dollars(tx, amount)
        if dollars is not None:
            return dollars
        if amount.unit is Unit.USD_MICROS:
            raise SourceUnavailable("rates", "USDC is not worth a dollar now")
        raise SourceUnavailable("rates", f"no rate for {amount.unit} within {RATE_AGE_MAX_S // 60} minutes")

    async def _poll(self, pair: str) -> None:
        """The first source alone, or all of them when it is time for that or the first is in doubt."""
        async with self.db.read() as tx:
            known = await self._latest(tx, pair)
        last = None if known is None else known[1]
        answers = await _asked(self.rates[:1], pair)
        if not self._may_stand_alone(answers, pair, last):
            answers += await _asked(self.rates[1:], pair)
            self._all_asked_at[pair] = self.clock.now()
        told = [answer for answer in answers if isinstance(answer, Rate)]
        choice = choose(told, last, self.clock.now(), jump=self._jumps.get(pair))
        self._jumps[pair] = choice.jump
        self._note(pair, choice, last)
        if choice.rate is not None:
            async with self.db.write() as tx:
                await prices.add_rate(tx, choice.rate, self.clock.now())
            return
        errors = [answer for answer in answers if isinstance(answer, SourceError)]
        if told:
            raise SourceUnavailable("rates", f"no rate of {pair} can be believed: {_named(told)}")
        if errors:
            raise errors[0]

    def _may_stand_alone(
        self, answers: Sequence[Rate | SourceError | None], pair: str, last: Rate | None
    ) -> bool:
        now, first = self.clock.now(), answers[0] if answers else None
        asked_at = self._all_asked_at.get(pair)
        is_time_for_all = asked_at is None or now - asked_at >= ALL_ARE_ASKED_EVERY
        return isinstance(first, Rate) and not is_time_for_all and is_enough_alone(first, last, now)

    def _note(self, pair: str, choice: Choice, last: Rate | None) -> None:
        """One line when a source begins to be ignored, and when USDC leaves its dollar or comes back."""
        ignored = frozenset(rate.source for rate in choice.ignored)
        if ignored - self._ignored.get(pair, frozenset()):
            log.warning("a rate is ignored", pair=pair, ignored=_named(choice.ignored))
        self._ignored[pair] = ignored
        if pair != USDC_USD or choice.rate is None:
            return
        was_dollar, is_dollar = last is None or is_pegged(last), is_pegged(choice.rate)
        if was_dollar and not is_dollar:
            log.warning("USDC is not worth a dollar: asks in it wait", usd=str(choice.rate.usd))
        if is_dollar and not was_dollar:
            log.info("USDC is worth a dollar again", usd=str(choice.rate.usd))


async def _asked(sources: Iterable[RateSource], pair: str) -> list[Rate | SourceError | None]:
    """What each of them says, at the same time."""
    return list(await asyncio.gather(*(_answer(source, pair) for source in sources)))


async def _answer(source: RateSource, pair: str) -> Rate | SourceError | None:
    try:
        return await source.rate(pair)
    except SourceError as error:
        return error


def _named(rates: Iterable[Rate]) -> str:
    return ", ".join(f"{rate.source} {rate.usd}" for rate in rates)
