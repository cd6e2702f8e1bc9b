"""Evidence becomes one valuation with a confidence that is ours."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.valuation import (
    SALES_WINDOW,
    Evidence,
    EvidenceKind,
    Sale,
    combine,
    insured_evidence,
    sales_evidence,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)

evidence = st.builds(
    Evidence,
    st.sampled_from(EvidenceKind),
    st.integers(-5, 10**12),
    st.integers(-10, 200),
    sales=st.integers(0, 20),
)


def sales(*prices: int) -> list[Sale]:
    """One sale a day, the last one today."""
    return [Sale(NOW - DAY * (len(prices) - n), price) for n, price in enumerate(prices, 1)]


@pytest.mark.parametrize(("count", "confidence"), [(1, 40), (2, 50), (3, 60), (9, 60), (10, 75), (30, 75)])
def test_more_sales_are_trusted_more(count: int, confidence: int) -> None:
    found = sales_evidence(sales(*[100] * count), NOW)
    assert found is not None
    assert (found.confidence, found.sales, found.value_usd_micros) == (confidence, count, 100)


def test_the_last_four_sales_decide_by_their_middle() -> None:
    found = sales_evidence(sales(9_000, 100, 110, 130, 120), NOW)
    assert found is not None
    assert (found.value_usd_micros, found.low_usd_micros, found.high_usd_micros) == (115, 100, 130)


@pytest.mark.parametrize(
    ("prices", "confidence"), [((100, 100, 400), 60), ((100, 100, 401), 50), ((401, 100), 50)]
)
def test_sales_that_scatter_are_trusted_less(prices: tuple[int, ...], confidence: int) -> None:
    found = sales_evidence(sales(*prices), NOW)
    assert found is not None
    assert found.confidence == confidence


def test_a_sale_counts_for_exactly_90_days_and_never_before_it_happens() -> None:
    instant = timedelta(microseconds=1)
    assert sales_evidence([Sale(NOW - SALES_WINDOW, 100)], NOW) is not None
    assert sales_evidence([Sale(NOW - SALES_WINDOW - instant, 100)], NOW) is None
    assert sales_evidence([Sale(NOW + instant, 100)], NOW) is None
    assert sales_evidence([], NOW) is None


@pytest.mark.parametrize("insured", [None, 0])
def test_nothing_insured_is_no_evidence(insured: int | None) -> None:
    assert insured_evidence(insured) is None


def test_an_insured_value_alone_is_a_hint_and_thin() -> None:
    hint = insured_evidence(50)
    assert hint is not None
    value = combine([hint])
    assert value is not None
    assert (value.value_usd_micros, value.confidence, value.is_thin) == (50, 40, True)
    assert (value.low_usd_micros, value.high_usd_micros) == (50, 50)


def test_the_most_trusted_evidence_speaks_and_the_others_stand_beside_it() -> None:
    alt = Evidence(EvidenceKind.ALT, 200, 82, 150, 250)
    sold = Evidence(EvidenceKind.SALES, 100, 75, 90, 110, sales=12)
    value = combine([sold, alt])
    assert value is not None
    assert (value.value_usd_micros, value.low_usd_micros, value.high_usd_micros) == (200, 150, 250)
    assert value.evidence == (alt, sold)
    assert (value.sales, value.is_thin) == (12, False)


def test_among_equally_trusted_evidence_the_vendor_goes_before_our_sales() -> None:
    sold, alt = Evidence(EvidenceKind.SALES, 100, 75, sales=10), Evidence(EvidenceKind.ALT, 200, 75)
    value = combine([sold, alt])
    assert value is not None
    assert value.evidence[0] is alt


@pytest.mark.parametrize(
    ("found", "is_thin"),
    [
        (Evidence(EvidenceKind.SALES, 100, 50, sales=2), True),
        (Evidence(EvidenceKind.SALES, 100, 60, sales=3), False),
        (Evidence(EvidenceKind.ALT, 100, 10), False),
        (Evidence(EvidenceKind.PRICECHARTING, 100, 70), False),
        (Evidence(EvidenceKind.OVERRIDE, 100, 100), False),
        (Evidence(EvidenceKind.INSURED, 100, 40), True),
    ],
)
def test_thin_means_no_vendor_and_fewer_than_three_sales(found: Evidence, is_thin: bool) -> None:
    value = combine([found])
    assert value is not None
    assert value.is_thin is is_thin


def test_worthless_evidence_is_none() -> None:
    assert combine([Evidence(EvidenceKind.ALT, 0, 90)]) is None
    assert combine([]) is None


@given(st.lists(evidence, max_size=6))
def test_a_valuation_is_positive_sure_between_0_and_100_and_named_by_its_best(found: list[Evidence]) -> None:
    value = combine(found)
    if value is None:
        assert all(item.value_usd_micros <= 0 for item in found)
    else:
        assert value.value_usd_micros == value.evidence[0].value_usd_micros > 0
        assert 0 <= value.confidence <= 100
        assert value.evidence[0].confidence == max(item.confidence for item in value.evidence)


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=12))
def test_the_value_of_sales_lies_between_the_lowest_and_the_highest(prices: list[int]) -> None:
    found = sales_evidence(sales(*prices), NOW)
    assert found is not None
    assert found.low_usd_micros is not None
    assert found.high_usd_micros is not None
    assert found.low_usd_micros <= found.value_usd_micros <= found.high_usd_micros
