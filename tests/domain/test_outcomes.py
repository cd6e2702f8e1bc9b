"""When a call was a hit, and what is known of it as time passes."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.outcomes import (
    JUDGED_AFTER,
    LATE_WORD,
    PROFIT_MAX_USD_MICROS,
    Called,
    Ending,
    JudgedBy,
    Judgement,
    Known,
    OwnSale,
    next_look,
    outcome_of,
    profit,
)
from tests.databases import NOW

DOLLAR = 1_000_000
DAY = timedelta(days=1)
CALLED = Called(
    NOW, price_usd_micros=85 * DOLLAR, value_usd_micros=160 * DOLLAR, payout_bps=8_500, fees_usd_micros=0
)


def after(
    days: float, sales: dict[float, int] | None = None, values: dict[float, int] | None = None
) -> Judgement | None:
    """What a call at $85 is judged to be after so many days, by sales and values (days to dollars)."""
    known = Known(
        sales=[(NOW + day * DAY, usd * DOLLAR) for day, usd in (sales or {}).items()],
        values=[(NOW + day * DAY, usd * DOLLAR) for day, usd in (values or {}).items()],
    )
    return outcome_of(CALLED, known, NOW + days * DAY).judgement


@pytest.mark.parametrize(
    ("days", "sales", "values", "hit", "by"),
    [
        (1, {0.5: 100}, {}, True, JudgedBy.SALE),  # 100 × 85 % is exactly the price
        (30, {0.5: 99}, {}, False, JudgedBy.SALE),
        (30, {0: 100}, {}, True, JudgedBy.SALE),
        (30, {30: 100}, {}, True, JudgedBy.SALE),
        (30, {5: 90, 29: 101}, {5: 1}, True, JudgedBy.SALE),  # one sale that pays is enough
        (30, {5: 99}, {5: 500}, False, JudgedBy.SALE),  # what people paid outranks what we think
        (30, {}, {}, True, JudgedBy.VALUATION),  # nothing newer: the value of the call itself
        (30, {}, {29: 100}, True, JudgedBy.VALUATION),
        (30, {}, {2: 500, 29: 99}, False, JudgedBy.VALUATION),
        (45, {31: 500}, {30: 99, 31: 500}, False, JudgedBy.VALUATION),  # what came later changes nothing
    ],
)
def test_a_hit_pays_within_thirty_days(
    days: float, sales: dict[float, int], values: dict[float, int], hit: bool, by: JudgedBy
) -> None:
    judged = after(days, sales, values)
    assert judged is not None
    assert (judged.is_hit, judged.by) == (hit, by)


@pytest.mark.parametrize("sales", [{}, {0.5: 99}])
def test_what_is_no_hit_yet_is_open_until_thirty_days_have_passed(sales: dict[float, int]) -> None:
    assert after(29.99, sales, {1: 500}) is None
    assert after(30, sales, {1: 500}) is not None


def test_fees_count_against_a_hit() -> None:
    dearer = Called(NOW, 85 * DOLLAR, 160 * DOLLAR, 8_500, fees_usd_micros=1)
    found = outcome_of(dearer, Known(sales=[(NOW, 100 * DOLLAR)]), NOW + JUDGED_AFTER)
    assert found.judgement == Judgement(False, JudgedBy.SALE, 100 * DOLLAR, -1)


def test_the_profit_is_that_of_a_middling_sale_and_the_proof_the_best_one() -> None:
    judged = after(30, {1: 90, 2: 120, 3: 200})
    assert judged == Judgement(True, JudgedBy.SALE, 200 * DOLLAR, 17 * DOLLAR)  # 120 × 0.85 − 85


def test_an_absurd_profit_is_cut() -> None:
    assert profit(CALLED, 2**62) == PROFIT_MAX_USD_MICROS


def test_each_value_is_the_one_that_was_known_at_its_time_however_late_one_looks() -> None:
    values = [(NOW + day * DAY, usd) for day, usd in ((0.5, 1), (1, 2), (6, 3), (8, 4), (30, 5), (31, 6))]
    found = outcome_of(CALLED, Known(values=values), NOW + 90 * DAY)
    assert found.values_usd_micros == (2, 3, 5)
    early = outcome_of(CALLED, Known(values=values), NOW + 7 * DAY)
    assert early.values_usd_micros == (2, 3, None)


def test_a_call_is_looked_at_daily_then_once_for_late_word_and_then_no_more() -> None:
    looks, now = [], NOW
    while (due := next_look(CALLED, now)) is not None:
        looks.append(due - NOW)
        now = due
    assert looks == [DAY * day for day in range(1, 31)] + [JUDGED_AFTER + LATE_WORD]


def test_a_sale_before_anybody_saw_the_post_took_no_time() -> None:
    found = outcome_of(CALLED, Known(Ending.SOLD, sale=OwnSale(NOW - DAY)), NOW)
    assert found.sold_after_s(NOW) == 0
    assert outcome_of(CALLED, Known(), NOW).sold_after_s(NOW) is None


amounts = st.integers(1, 400 * DOLLAR)
told = st.lists(st.tuples(st.floats(-5, 60).map(lambda day: NOW + day * DAY), amounts), max_size=8)


@given(sales=told, values=told.map(sorted), days=st.floats(0, 100), later=st.floats(0, 100))
def test_a_judgement_once_it_is_a_hit_or_thirty_days_old_stays(
    sales: list[tuple[object, int]], values: list[tuple[object, int]], days: float, later: float
) -> None:
    whole = Known(sales=sales, values=values)  # type: ignore[arg-type]  # times and amounts
    first, then = (NOW + days * DAY, NOW + (days + later) * DAY)
    known = Known(
        sales=[sale for sale in whole.sales if sale[0] <= first],
        values=[value for value in whole.values if value[0] <= first],
    )
    before, after_it = outcome_of(CALLED, known, first).judgement, outcome_of(CALLED, whole, then).judgement
    if before is not None:
        assert after_it is not None
        assert before.is_hit == after_it.is_hit
    if then >= NOW + JUDGED_AFTER:
        assert after_it is not None
