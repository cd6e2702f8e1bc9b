"""What a coin costs: a fresh rate decides, a stale one waits."""

import pytest

from core.domain.money import Amount, Unit
from core.domain.prices import RATE_AGE_MAX_S
from core.errors import SourceError, SourceUnavailable
from core.services.prices import Dollars
from db.prices import PricePointRow
from tests.services.house import House
from tests.services.reports import sol, usd


async def test_a_dollar_needs_no_rate(house: House) -> None:
    assert await house.prices.dollars_or_wait(usd(80)) == Dollars(80_000_000, None)


async def test_a_coin_is_turned_into_dollars_by_a_rate_that_is_named(house: House) -> None:
    await house.price_sol("142.37")
    [rate] = await house.rows(PricePointRow)
    assert await house.prices.dollars_or_wait(sol(2)) == Dollars(284_740_000, rate.id)


async def test_a_rate_decides_for_a_quarter_of_an_hour(house: House) -> None:
    await house.price_sol("142.37")
    house.pass_time(RATE_AGE_MAX_S)
    assert (await house.prices.dollars_or_wait(sol(1))).usd_micros == 142_370_000
    house.pass_time(1)
    with pytest.raises(SourceUnavailable, match="no rate for lamports within 15 minutes"):
        await house.prices.dollars_or_wait(sol(1))


async def test_the_newest_rate_counts_and_the_same_one_twice_is_one(house: House) -> None:
    await house.price_sol("146")
    await house.prices.poll_rates()
    house.pass_time(60)
    await house.price_sol("150")
    assert len(await house.rows(PricePointRow)) == 2
    assert (await house.prices.dollars_or_wait(sol(1))).usd_micros == 150_000_000


async def test_an_older_rate_that_arrives_late_decides_nothing(house: House) -> None:
    await house.price_sol("150")
    await house.price_sol("146", age_s=60)
    assert (await house.prices.dollars_or_wait(sol(1))).usd_micros == 150_000_000


async def test_a_rate_keeps_every_digit(house: House) -> None:
    await house.price_sol("142.370000000000000000000000000000000001")
    [rate] = await house.rows(PricePointRow)
    assert str(rate.rate) == "142.370000000000000000000000000000000001"


async def test_a_unit_whose_rate_nobody_tells_waits(house: House) -> None:
    with pytest.raises(SourceUnavailable):
        await house.prices.dollars_or_wait(Amount(1, Unit.EUR_MICROS))


async def test_a_source_that_does_not_answer_fails_the_poll_and_one_without_a_rate_does_not(
    house: House,
) -> None:
    await house.prices.poll_rates()
    house.rates.down = SourceUnavailable("coingecko", "does not answer")
    with pytest.raises(SourceError):
        await house.prices.poll_rates()
    assert await house.rows(PricePointRow) == []
