"""Which rate is believed: the first that agrees, two that differ neither, an old one not at all."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.prices import Rate
from core.domain.rates import (
    CONFIRMED_AFTER,
    OFF_MAX,
    RATE_AGE_MAX,
    RATE_MAX,
    SOL_USD,
    USDC_USD,
    Jump,
    choose,
    has_jumped,
    is_enough_alone,
    is_pegged,
    rate_of,
)

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
SOURCES = ("coingecko", "coinbase", "jupiter", "pyth")


def rate(usd: str, source: str = "coingecko", *, age_s: float = 0, pair: str = SOL_USD) -> Rate:
    return Rate(pair, Decimal(usd), source, NOW - timedelta(seconds=age_s))


def answers(*dollars: str, pair: str = SOL_USD) -> list[Rate]:
    return [rate(usd, source, pair=pair) for usd, source in zip(dollars, SOURCES, strict=False)]


def chosen(rates: list[Rate], last: Rate | None = None) -> tuple[str | None, list[str]]:
    choice = choose(rates, last, NOW)
    return choice.rate.source if choice.rate else None, [ignored.source for ignored in choice.ignored]


@pytest.mark.parametrize(
    ("dollars", "expected", "ignored"),
    [
        (["100"], "coingecko", []),
        (["100", "105"], "coingecko", []),
        (["100", "105.01"], None, ["coingecko", "coinbase"]),
        (["100", "101", "102"], "coingecko", []),
        (["150", "100", "101"], "coinbase", ["coingecko"]),
        (["100", "150", "101"], "coingecko", ["coinbase"]),
        (["105", "100", "99"], "coingecko", []),
        (["94.9", "100", "101"], "coinbase", ["coingecko"]),
        (["100", "200", "300"], "coinbase", ["coingecko", "jupiter"]),
        (["200", "100", "101", "102"], "coinbase", ["coingecko"]),
        (["100", "100", "200", "200"], None, ["coingecko", "coinbase", "jupiter", "pyth"]),
        ([], None, []),
    ],
)
def test_the_first_that_agrees_with_the_others_is_believed(
    dollars: list[str], expected: str | None, ignored: list[str]
) -> None:
    assert chosen(answers(*dollars)) == (expected, ignored)


@pytest.mark.parametrize(
    ("last", "expected"), [("101", "coingecko"), ("119", "coinbase"), ("110", None), ("50", None)]
)
def test_of_two_that_differ_the_last_good_rate_decides(last: str, expected: str | None) -> None:
    assert chosen(answers("100", "120"), rate(last, age_s=900))[0] == expected
    assert chosen(answers("100", "120"), rate(last, age_s=901))[0] is None


def test_a_last_rate_near_two_that_differ_decides_nothing() -> None:
    assert chosen(answers("96", "104"), rate("100")) == (None, ["coingecko", "coinbase"])


def test_a_rate_too_old_to_decide_has_no_say() -> None:
    old = rate("100", "coingecko", age_s=901)
    assert chosen([old]) == (None, [])
    assert chosen([old, rate("200", "coinbase")]) == ("coinbase", [])


def test_a_rate_from_the_future_has_no_say_but_for_a_clock_that_is_a_little_fast() -> None:
    assert chosen([rate("100", "coingecko", age_s=-60)]) == ("coingecko", [])
    assert chosen([rate("100", "coingecko", age_s=-61)]) == (None, [])


def test_usdc_is_held_to_its_dollar_more_closely_than_coins_to_each_other() -> None:
    assert chosen(answers("1", "0.98", "0.981", pair=USDC_USD)) == ("coinbase", ["coingecko"])
    assert chosen(answers("1", "0.98", pair=USDC_USD))[0] is None
    assert chosen(answers("1", "0.996", pair=USDC_USD))[0] == "coingecko"


def test_the_first_alone_is_enough_while_it_goes_on_from_a_fresh_rate() -> None:
    assert is_enough_alone(rate("105"), rate("100", age_s=900), NOW)
    assert not is_enough_alone(rate("105.1"), rate("100"), NOW)
    assert not is_enough_alone(rate("100"), rate("100", age_s=901), NOW)
    assert not is_enough_alone(rate("100", age_s=901), rate("100"), NOW)
    assert not is_enough_alone(rate("100"), None, NOW)


@pytest.mark.parametrize(
    ("usd", "expected"), [("1", True), ("0.995", True), ("1.005", True), ("0.9949", False), ("1.0051", False)]
)
def test_half_a_cent_off_is_no_dollar(usd: str, *, expected: bool) -> None:
    assert is_pegged(rate(usd, pair=USDC_USD)) is expected


@pytest.mark.parametrize("usd", ["0", "-1", "NaN", "sNaN", "Infinity", str(RATE_MAX)])
def test_what_cannot_be_dollars_is_no_rate(usd: str) -> None:
    with pytest.raises(ValueError, match="not a rate"):
        rate_of(SOL_USD, Decimal(usd), "x", NOW)


PRICES = st.decimals(min_value="0.000001", max_value=RATE_MAX, places=6).map(str)
AGES = st.floats(min_value=0, max_value=2_000)


@pytest.mark.parametrize(
    ("usd", "last", "age_s", "is_jump"),
    [
        ("105", "100", 900, False),
        ("105.01", "100", 900, True),
        ("95.23", "100", 900, True),
        ("95.24", "100", 900, False),
        ("110", "100", 3_600, False),
        ("110.01", "100", 3_600, True),
        ("148", "100", 86_400, False),
        ("149", "100", 86_400, True),
        ("100", "100", -60, False),
    ],
)
def test_a_coin_moves_further_the_longer_nobody_looked(
    usd: str, last: str, age_s: float, is_jump: bool
) -> None:
    assert has_jumped(rate(usd), rate(last, age_s=age_s)) is is_jump


def test_a_lone_rate_that_jumped_is_believed_when_it_was_said_for_a_while() -> None:
    before = rate("100", age_s=1_800)
    first = choose([rate("130")], before, NOW)
    assert (first.rate, first.jump) == (None, Jump(rate("130"), NOW))
    soon, later = NOW + CONFIRMED_AFTER - timedelta(seconds=1), NOW + CONFIRMED_AFTER
    said_again = msgspec.structs.replace(rate("131"), at=soon)
    second = choose([said_again], before, soon, jump=first.jump)
    assert (second.rate, second.jump) == (None, Jump(said_again, NOW))
    third = choose([msgspec.structs.replace(rate("132"), at=later)], before, later, jump=second.jump)
    assert third.rate is not None
    assert third.jump is None


def test_a_lone_rate_that_jumps_to_and_fro_is_never_believed() -> None:
    jump, before = None, rate("100", age_s=1_800)
    for minute in range(60):
        now = NOW + timedelta(minutes=minute)
        said = msgspec.structs.replace(rate("130" if minute % 2 else "200"), at=now)
        choice = choose([said], before, now, jump=jump)
        assert choice.rate is None
        jump = choice.jump


def test_a_jump_that_a_second_source_sees_is_believed_at_once() -> None:
    assert chosen(answers("130", "131"), rate("100", age_s=60))[0] == "coingecko"


def test_a_lone_word_that_usdc_left_its_dollar_is_believed_at_once() -> None:
    assert chosen(answers("0.9", pair=USDC_USD), rate("1", age_s=60, pair=USDC_USD))[0] == "coingecko"


@given(told=st.lists(st.tuples(PRICES, AGES), max_size=4), last=st.none() | st.tuples(PRICES, AGES))
def test_what_is_believed_is_fresh_told_and_not_among_the_ignored(
    told: list[tuple[str, float]], last: tuple[str, float] | None
) -> None:
    rates = [rate(usd, source, age_s=age) for (usd, age), source in zip(told, SOURCES, strict=False)]
    choice = choose(rates, rate(last[0], "before", age_s=last[1]) if last else None, NOW)
    fresh = [told for told in rates if NOW - told.at <= RATE_AGE_MAX]
    assert choice.rate is None or choice.rate in fresh
    assert choice.rate not in choice.ignored
    assert set(choice.ignored) <= set(fresh)


@given(true=st.integers(1, 10**6), off=st.lists(st.integers(-100, 100), min_size=3, max_size=4), wrong=PRICES)
def test_one_wrong_source_among_honest_ones_is_never_far_off(true: int, off: list[int], wrong: str) -> None:
    honest = [str(Decimal(true) * (10_000 + share) / 10_000) for share in off]
    choice = choose(answers(wrong, *honest[:3]), None, NOW)
    assert choice.rate is not None
    assert abs(choice.rate.usd / true - 1) <= OFF_MAX + Decimal("0.02")
