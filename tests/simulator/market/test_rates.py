"""What coins cost: one series each, that follows from the seed and moves about as it does in life."""

import math
from itertools import pairwise
from statistics import pstdev

import pytest

from core.simulator.market.rates import Coin, Rates
from core.simulator.market.things import Currency
from core.simulator.market.values import DAY_MS
from core.simulator.market.world import World

FREE = (Coin.SOL, Coin.ETH, Coin.POL)


def year_of(coin: Coin, seed: int, since_ms: int, step_ms: int = DAY_MS) -> list[int]:
    rates = Rates(seed)
    return [rates.usd_micros(coin, since_ms + number * step_ms) for number in range(365)]


@pytest.mark.parametrize("coin", Coin)
def test_the_seed_and_nothing_else_decides_what_a_coin_costs(world: World, coin: Coin) -> None:
    since_ms = world.born_ms
    assert year_of(coin, 3, since_ms) == year_of(coin, 3, since_ms)
    assert year_of(coin, 3, since_ms) != year_of(coin, 4, since_ms)
    assert world.rates.usd_micros(coin, since_ms) == Rates(world.settings.seed).usd_micros(coin, since_ms)


def test_coins_do_not_move_together(world: World) -> None:
    changes = [
        [after > before for before, after in pairwise(year_of(coin, 3, world.born_ms))] for coin in FREE
    ]
    assert len({tuple(change) for change in changes}) == len(FREE)


@pytest.mark.parametrize("seed", range(5))
def test_sol_costs_about_what_it_costs(world: World, seed: int) -> None:
    year = year_of(Coin.SOL, seed, world.born_ms)
    assert 90_000_000 < min(year) < max(year) < 250_000_000


@pytest.mark.parametrize("coin", FREE)
def test_coins_move_within_days_and_hours_about_as_they_do_in_life(world: World, coin: Coin) -> None:
    for step_ms, least, most in ((DAY_MS, 0.01, 0.06), (DAY_MS // 24, 0.002, 0.012)):
        year = year_of(coin, world.settings.seed, world.born_ms, step_ms)
        assert least < pstdev(math.log(after / before) for before, after in pairwise(year)) < most


def test_a_usdc_is_nearly_a_dollar(world: World) -> None:
    year = year_of(Coin.USDC, 3, world.born_ms)
    assert 999_000 < min(year) < 1_000_000 < max(year) < 1_001_000


def test_a_euro_is_worth_about_what_it_is_worth_and_not_the_same_in_every_world(world: World) -> None:
    euros = [Rates(seed).eur_micros(1_000_000, world.born_ms) for seed in range(9)]
    assert len(set(euros)) == 9
    assert all(850_000 < euro < 1_000_000 for euro in euros)


def test_people_ask_for_round_prices(world: World) -> None:
    rates, at_ms = world.rates, world.born_ms
    assert rates.asked_atoms(57_340_000, Currency.USDC, at_ms) == 57_000_000
    assert rates.asked_atoms(12_345_678, Currency.USDC, at_ms) == 12_340_000
    assert rates.asked_atoms(57_340_000, Currency.SOL, at_ms) % 1_000_000 == 0
    assert rates.asked_atoms(1, Currency.SOL, at_ms) == 1_000_000
    assert rates.lamports(5, Currency.SOL, at_ms) == 5
