"""How far off evidence is, learnt from past valuations."""

from math import exp
from random import Random

import pytest

from core.domain.accuracy import COMPARED_MIN, SPREAD_MAX, SPREAD_MIN, learnt_spreads
from core.domain.valuation import Evidence, EvidenceKind

FAIR = 10**9
ALT, SALES, INSURED = EvidenceKind.ALT, EvidenceKind.SALES, EvidenceKind.INSURED


def off(rng: Random, kind: EvidenceKind, spread: float, *, bias: float = 0.0) -> Evidence:
    """A value that is off by this, and says it is a tenth where it is of sales."""
    value = round(FAIR * exp(rng.gauss(bias, spread)))
    said = 0.1 if kind is SALES else None
    return Evidence(kind, value, 40 if kind is INSURED else 80, spread=said)


def past(
    spread: float, *, kind: EvidenceKind = INSURED, bias: float = 0.0, count: int = 400
) -> list[list[Evidence]]:
    """Valuations with ALT's value and this beside it."""
    rng = Random(1)
    return [[off(rng, ALT, 0.03), off(rng, kind, spread, bias=bias)] for _ in range(count)]


@pytest.mark.parametrize("spread", [0.09, 0.45, 1.2])
def test_what_insured_values_are_worth_is_learnt(spread: float) -> None:
    assert learnt_spreads(past(spread))[INSURED] == pytest.approx(spread, rel=0.15)


def test_they_are_neither_believed_nor_doubted_without_bound() -> None:
    assert learnt_spreads(past(0.0))[INSURED] == SPREAD_MIN
    assert learnt_spreads(past(4.0))[INSURED] == SPREAD_MAX


def test_too_few_comparisons_tell_nothing() -> None:
    assert learnt_spreads(past(0.45, count=COMPARED_MIN - 1)) == {}
    assert INSURED in learnt_spreads(past(0.45, count=COMPARED_MIN))
    assert learnt_spreads([[off(Random(1), INSURED, 0.1)]] * 400) == {}


def test_sales_that_are_off_as_far_as_they_say_are_believed() -> None:
    assert learnt_spreads(past(0.1, kind=SALES)) == {}


def test_sales_that_lie_far_below_a_vendors_values_are_doubted() -> None:
    """Where bargains sell first, sales agree with each other and not with the market."""
    assert learnt_spreads(past(0.1, kind=SALES, bias=-0.4))[SALES] == pytest.approx(0.6, rel=0.2)
