"""What disagreement costs, and how wide the range is that belongs to a confidence."""

from math import exp, log
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.confidence import agree, lowered, range_around

VALUE = 10**9
spreads = st.floats(0.01, 2)
confidences = st.integers(0, 100)


@pytest.mark.parametrize(
    ("dearest", "left"), [(100, 80), (125, 80), (126, 70), (150, 70), (151, 60), (200, 60), (201, 50)]
)
def test_values_that_lie_apart_cost_confidence_and_the_bounds_are_free(dearest: int, left: int) -> None:
    assert lowered(80, [110, dearest, 100]) == left
    assert agree([dearest, 100]) is (left == 80)


def test_a_confidence_is_never_below_zero_and_nothing_contradicts_a_lone_value() -> None:
    assert lowered(20, [100, 1_000]) == 0
    assert lowered(80, [100]) == lowered(80, []) == 80


@pytest.mark.parametrize("confidence", [40, 60, 75, 90])
def test_the_range_holds_that_share_of_what_may_be_true(confidence: int) -> None:
    low, high = range_around(VALUE, 0.1, confidence)
    spread = NormalDist(sigma=0.1)
    assert spread.cdf(log(high / VALUE)) - spread.cdf(log(low / VALUE)) == pytest.approx(confidence / 100)


@given(spreads, confidences, st.floats(0.01, 1))
def test_a_range_surrounds_its_value(spread: float, confidence: int, probability: float) -> None:
    low, high = range_around(VALUE, spread, confidence, probability=probability)
    assert 0 < low <= VALUE <= high


@given(spreads, confidences, confidences)
def test_who_wants_to_be_surer_needs_a_wider_range(spread: float, one: int, other: int) -> None:
    sure, unsure = range_around(VALUE, spread, max(one, other)), range_around(VALUE, spread, min(one, other))
    assert sure[0] <= unsure[0] <= unsure[1] <= sure[1]


def test_a_doubtful_side_needs_a_wider_range_and_none_is_endless() -> None:
    sure, doubtful = range_around(VALUE, 0.1, 60), range_around(VALUE, 0.1, 60, probability=0.7)
    assert doubtful[1] > sure[1]
    assert range_around(VALUE, 0.1, 100)[1] < VALUE * exp(0.3)
