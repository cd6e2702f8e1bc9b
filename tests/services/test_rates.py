"""Several sources of one rate: the first while it goes on as before, all of them when that is in doubt."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from structlog.testing import capture_logs

from core.domain.listings import SourceName
from core.domain.prices import Rate
from core.domain.rates import SOL_USD, USDC_USD
from core.errors import SourceUnavailable
from core.services.prices import ALL_ARE_ASKED_EVERY, Dollars, PriceService
from db.prices import PricePointRow, add_rate
from tests.services.fakes import Rates
from tests.services.house import House
from tests.services.reports import sol, usd

GECKO, COINBASE, JUPITER = SourceName.COINGECKO, SourceName.COINBASE, SourceName.JUPITER
DOWN = SourceUnavailable("a source", "does not answer")


@dataclass
class Exchange:
    """A house with three sources of rates."""

    house: House
    sources: Mapping[SourceName, Rates]
    prices: PriceService

    def say(self, pair: str = SOL_USD, **dollars: str) -> None:
        """What each says from now on, at the time that it is."""
        for name, said in dollars.items():
            source = self.sources[SourceName(name)]
            source.now[pair] = Rate(pair, Decimal(said), source.name, self.house.clock.now())

    async def poll(self, *, after_s: float = 60, pair: str = SOL_USD, **dollars: str) -> set[str]:
        """Who was asked for the pair at the next poll."""
        self.house.pass_time(after_s)
        self.say(pair, **dollars)
        before = {name: source.asked.count(pair) for name, source in self.sources.items()}
        await self.prices.poll_rates()
        return {
            name.value for name, source in self.sources.items() if source.asked.count(pair) > before[name]
        }

    async def one_sol(self) -> int:
        return (await self.prices.dollars_or_wait(sol(1))).usd_micros // 10**6


@pytest.fixture
def exchange(house: House) -> Exchange:
    sources = {name: Rates(name) for name in (GECKO, COINBASE, JUPITER)}
    return Exchange(house, sources, PriceService(house.db, house.clock, tuple(sources.values())))


async def test_the_first_is_asked_every_minute_and_all_of_them_every_five(exchange: Exchange) -> None:
    asked = [await exchange.poll(coingecko="100", coinbase="101", jupiter="99") for _ in range(11)]
    everybody = {"coingecko", "coinbase", "jupiter"}
    assert ALL_ARE_ASKED_EVERY.total_seconds() == 300
    assert [polled == everybody for polled in asked] == [number % 5 == 0 for number in range(11)]
    assert all(polled == {"coingecko"} for number, polled in enumerate(asked) if number % 5)
    assert await exchange.one_sol() == 100


async def test_all_are_asked_at_once_when_the_first_jumps_and_the_jump_is_believed_if_they_saw_it(
    exchange: Exchange,
) -> None:
    await exchange.poll(coingecko="100", coinbase="100", jupiter="100")
    assert len(await exchange.poll(coingecko="106", coinbase="100", jupiter="100")) == 3
    assert await exchange.one_sol() == 100
    assert len(await exchange.poll(coingecko="107", coinbase="107", jupiter="106")) == 3
    assert await exchange.one_sol() == 107


async def test_the_others_stand_in_at_once_for_a_first_that_does_not_answer(exchange: Exchange) -> None:
    await exchange.poll(coingecko="100", coinbase="100", jupiter="100")
    exchange.say(USDC_USD, coinbase="1", jupiter="1")
    exchange.sources[GECKO].down = DOWN
    assert len(await exchange.poll(coinbase="102", jupiter="103")) == 3
    assert await exchange.one_sol() == 102
    exchange.sources[COINBASE].down = DOWN
    await exchange.poll(jupiter="104")
    assert await exchange.one_sol() == 104
    kept = [row for row in await exchange.house.rows(PricePointRow) if row.subject == "pair:SOL/USD"]
    assert [row.source for row in kept] == ["coingecko", "coinbase", "jupiter"]


async def test_a_rate_that_all_sources_keep_silent_about_lasts_a_quarter_of_an_hour(
    exchange: Exchange,
) -> None:
    await exchange.poll(coingecko="100", coinbase="100", jupiter="100")
    for source in exchange.sources.values():
        source.down = DOWN
    with pytest.raises(SourceUnavailable, match="does not answer"):
        await exchange.poll(after_s=900)
    assert await exchange.one_sol() == 100
    exchange.house.pass_time(1)
    with pytest.raises(SourceUnavailable, match="no rate for lamports"):
        await exchange.one_sol()


async def test_a_lone_source_that_jumps_waits_until_it_has_said_so_for_ten_minutes(
    exchange: Exchange,
) -> None:
    await exchange.poll(coingecko="100", coinbase="100", jupiter="100")
    exchange.sources[COINBASE].down = exchange.sources[JUPITER].down = DOWN
    exchange.say(USDC_USD, coingecko="1")
    with capture_logs() as lines:
        for _ in range(10):
            with pytest.raises(SourceUnavailable, match="can be believed: coingecko 130"):
                await exchange.poll(coingecko="130")
            assert await exchange.one_sol() == 100
        await exchange.poll(coingecko="130")
    assert await exchange.one_sol() == 130
    assert [line["event"] for line in lines] == ["a rate is ignored"]


async def test_two_that_differ_are_not_believed_without_a_last_good_rate(exchange: Exchange) -> None:
    exchange.sources[JUPITER].down = DOWN
    with pytest.raises(SourceUnavailable, match="can be believed: coingecko 100, coinbase 120"):
        await exchange.poll(coingecko="100", coinbase="120")
    assert await exchange.house.rows(PricePointRow) == []


async def test_a_source_that_is_ignored_is_named_once(exchange: Exchange) -> None:
    with capture_logs() as lines:
        for _ in range(12):
            await exchange.poll(coingecko="150", coinbase="100", jupiter="100")
    assert await exchange.one_sol() == 100
    ignored = [line for line in lines if line["event"] == "a rate is ignored"]
    assert [(line["pair"], line["ignored"]) for line in ignored] == [(SOL_USD, "coingecko 150")]


async def test_an_answer_too_old_to_decide_is_not_kept(exchange: Exchange) -> None:
    exchange.say(coingecko="100")
    with pytest.raises(SourceUnavailable, match="can be believed: coingecko 100"):
        await exchange.poll(after_s=901)
    assert await exchange.house.rows(PricePointRow) == []


async def test_a_rate_that_a_wrong_clock_dated_tomorrow_decides_nothing_today(exchange: Exchange) -> None:
    tomorrow = exchange.house.clock.now() + timedelta(days=1)
    async with exchange.house.db.write() as tx:
        await add_rate(tx, Rate(SOL_USD, Decimal(9), GECKO, tomorrow), tomorrow)
    with pytest.raises(SourceUnavailable, match="no rate for lamports"):
        await exchange.one_sol()
    await exchange.poll(coingecko="100", coinbase="100", jupiter="100")
    assert await exchange.one_sol() == 100
    exchange.say(coinbase="100")
    exchange.house.pass_time(901)
    with pytest.raises(SourceUnavailable, match="says 100 for SOL/USD as of"):
        await exchange.prices.keep_rates_of(exchange.sources[COINBASE])


async def test_asks_in_usdc_wait_while_it_is_no_dollar_and_both_changes_are_told_once(
    exchange: Exchange,
) -> None:
    poll, dollars = exchange.poll, exchange.prices.dollars_or_wait
    with capture_logs() as lines:
        await poll(pair=USDC_USD, coingecko="0.9999", coinbase="1", jupiter="1")
        assert await dollars(usd(80)) == Dollars(80_000_000, None)
        for _ in range(3):
            await poll(pair=USDC_USD, coingecko="0.97", coinbase="1", jupiter="0.971")
            with pytest.raises(SourceUnavailable, match="USDC is not worth a dollar now"):
                await dollars(usd(80))
        for _ in range(2):
            await poll(pair=USDC_USD, coingecko="1", coinbase="1", jupiter="1")
            assert await dollars(usd(80)) == Dollars(80_000_000, None)
    told = [line["event"] for line in lines if "USDC is" in line["event"]]
    assert told == ["USDC is not worth a dollar: asks in it wait", "USDC is worth a dollar again"]


async def test_a_doubt_about_usdc_lasts_until_a_newer_rate_ends_it(exchange: Exchange) -> None:
    await exchange.poll(pair=USDC_USD, coingecko="0.97", coinbase="0.97", jupiter="0.97")
    exchange.house.pass_time(86_400)
    async with exchange.house.db.read() as tx:
        assert await exchange.prices.dollars(tx, usd(80)) is None


async def test_one_source_by_itself_is_kept_as_long_as_it_goes_on_from_what_was_believed(
    exchange: Exchange,
) -> None:
    exchange.say(coinbase="100")
    exchange.say(USDC_USD, coinbase="1.0")
    kept = await exchange.prices.keep_rates_of(exchange.sources[COINBASE])
    assert [(rate.pair, rate.usd) for rate in kept] == [(SOL_USD, Decimal(100)), (USDC_USD, Decimal(1))]
    assert await exchange.one_sol() == 100
    exchange.say(jupiter="120")
    with pytest.raises(SourceUnavailable, match=r"jupiter: says 120 for SOL/USD, and coinbase said 100"):
        await exchange.prices.keep_rates_of(exchange.sources[JUPITER])
    assert await exchange.one_sol() == 100
    assert await exchange.prices.keep_rates_of(exchange.sources[GECKO]) == ()


async def test_one_source_by_itself_that_jumped_is_not_kept_however_long_nobody_looked(
    exchange: Exchange,
) -> None:
    exchange.say(coinbase="100")
    await exchange.prices.keep_rates_of(exchange.sources[COINBASE])
    exchange.house.pass_time(86_400)
    exchange.say(jupiter="200")
    with pytest.raises(SourceUnavailable, match="says 200 for SOL/USD, and coinbase said 100"):
        await exchange.prices.keep_rates_of(exchange.sources[JUPITER])
    exchange.say(jupiter="140")
    kept = await exchange.prices.keep_rates_of(exchange.sources[JUPITER])
    assert [rate.usd for rate in kept] == [Decimal(140)]
