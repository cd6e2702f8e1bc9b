"""Evidence becomes one valuation with a confidence that is ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core.domain.valuation import (
    HEARD_SPREAD_MAX,
    Evidence,
    EvidenceKind,
    Valuation,
    combine,
    insured_evidence,
)

DOLLAR = 1_000_000
evidence = st.builds(
    Evidence,
    st.sampled_from(EvidenceKind),
    st.integers(-5, 10**12),
    st.integers(-10, 200),
    sales=st.integers(0, 20),
    spread=st.none() | st.floats(0.01, 2),
    vendor=st.none() | st.just("alt"),
)


def says(kind: EvidenceKind, dollars: float, confidence: int = 60, **more: object) -> Evidence:
    return replace(Evidence(kind, round(dollars * DOLLAR), confidence), **more)


def alt(dollars: float, confidence: int = 80) -> Evidence:
    return says(EvidenceKind.ALT, dollars, confidence)


def charting(dollars: float) -> Evidence:
    return says(EvidenceKind.PRICECHARTING, dollars, 70)


def sold(dollars: float, confidence: int = 60, sales: int = 3) -> Evidence:
    return says(EvidenceKind.SALES, dollars, confidence, sales=sales)


def average(dollars: float, *, vendor: str | None = None) -> Evidence:
    return says(EvidenceKind.AVERAGE, dollars, 60, vendor=vendor, sales=3)


def insured(dollars: float) -> Evidence:
    return says(EvidenceKind.INSURED, dollars, 40)


def valued(*evidence: Evidence) -> Valuation:
    value = combine(evidence)
    assert value is not None
    return value


def dollars(value: Valuation) -> float:
    return round(value.value_usd_micros / DOLLAR, 1)


@pytest.mark.parametrize("none", [None, 0])
def test_nothing_insured_is_no_evidence(none: int | None) -> None:
    assert insured_evidence(none) is None


def test_an_insured_value_alone_is_a_hint_and_thin() -> None:
    hint = insured_evidence(50 * DOLLAR)
    assert hint is not None
    value = valued(hint)
    assert (dollars(value), value.confidence, value.is_thin) == (50, 40, True)
    assert value.low_usd_micros < 45 * DOLLAR < 55 * DOLLAR < value.high_usd_micros


def test_what_alt_says_alone_stays_its_value_with_a_range_of_ours() -> None:
    value = valued(replace(alt(200), low_usd_micros=100 * DOLLAR, high_usd_micros=400 * DOLLAR))
    assert (dollars(value), value.confidence) == (200, 80)
    assert 180 * DOLLAR < value.low_usd_micros < value.high_usd_micros < 220 * DOLLAR


def test_sources_that_agree_meet_nearer_to_the_surer() -> None:
    value = valued(alt(200), charting(210))
    assert 200 < dollars(value) < 205
    assert value.confidence == 80


def test_sources_that_disagree_cost_confidence_and_one_of_them_is_believed() -> None:
    value = valued(alt(400), charting(205), average(200))
    assert 198 < dollars(value) < 207
    assert value.confidence == 60
    assert value.evidence[0].kind is EvidenceKind.ALT


def test_a_value_set_by_hand_decides_alone_and_as_entered() -> None:
    by_hand = says(EvidenceKind.OVERRIDE, 500, 30, low_usd_micros=450 * DOLLAR, high_usd_micros=600 * DOLLAR)
    value = valued(by_hand, alt(200), charting(210))
    assert (dollars(value), value.confidence) == (500, 30)
    assert (value.low_usd_micros, value.high_usd_micros) == (450 * DOLLAR, 600 * DOLLAR)
    assert [item.kind for item in value.evidence] == ["override", "alt", "pricecharting"]


def test_our_sales_and_their_average_are_one_voice() -> None:
    alone = valued(sold(100))
    assert valued(sold(100), average(101)) == replace(alone, evidence=(sold(100), average(101)))


def test_our_sales_speak_beside_an_average_of_a_vendors_sales_only_against_it() -> None:
    theirs = average(100, vendor="alt")
    agreeing, against = valued(theirs, sold(120)), valued(theirs, sold(126))
    assert (dollars(agreeing), agreeing.confidence) == (100, 60)
    assert (against.value_usd_micros > agreeing.value_usd_micros, against.confidence) == (True, 50)


def test_a_vendors_value_and_its_sales_do_not_outvote_another() -> None:
    """When ALT takes the certificate for another card, its sales are that card's too."""
    mistaken = (alt(400, 70), average(400, vendor="alt"))
    value = valued(*mistaken, charting(200), sold(205))
    assert 198 < dollars(value) < 207


def test_a_wild_guess_has_no_say_beside_better_evidence() -> None:
    wild = replace(insured(100), spread=HEARD_SPREAD_MAX + 0.01)
    assert dollars(valued(alt(200), wild)) == 200
    assert dollars(valued(wild)) == 100


def test_a_good_insured_value_has_a_say() -> None:
    value = combine([sold(100), insured(110)], {EvidenceKind.INSURED: 0.09})
    assert value is not None
    assert 103 < dollars(value) < 107
    assert value.evidence == (sold(100), insured(110))


def test_sales_that_were_learnt_to_be_bargains_neither_pull_nor_contradict() -> None:
    learnt = {EvidenceKind.SALES: 0.4, EvidenceKind.AVERAGE: 0.4}
    value = combine([alt(200), sold(130), average(130)], learnt)
    assert value is not None
    assert (dollars(value), value.confidence) == (200, 80)


def test_among_equally_trusted_evidence_the_vendor_goes_before_our_sales() -> None:
    assert valued(sold(100, 75), alt(200, 75)).evidence[0].kind is EvidenceKind.ALT


@pytest.mark.parametrize(
    ("found", "is_thin"),
    [
        (sold(100, 50, sales=2), True),
        (sold(100, 60, sales=3), False),
        (alt(100, 10), False),
        (charting(100), False),
        (says(EvidenceKind.OVERRIDE, 100, 100), False),
        (insured(100), True),
    ],
)
def test_thin_means_no_vendor_and_fewer_than_three_sales(found: Evidence, is_thin: bool) -> None:
    assert valued(found).is_thin is is_thin


def test_worthless_evidence_is_none() -> None:
    assert combine([Evidence(EvidenceKind.ALT, 0, 90)]) is None
    assert combine([], silent=["magiceden"]) is None


def test_a_valuation_names_who_gave_no_answer() -> None:
    value = combine([alt(200)], silent=["magiceden"])
    assert value is not None
    assert value.silent == ("magiceden",)


@given(st.lists(evidence, max_size=6))
def test_a_valuation_lies_among_its_evidence_within_its_range(found: list[Evidence]) -> None:
    value = combine(found)
    if value is None:
        assert all(item.value_usd_micros <= 0 for item in found)
        return
    prices = [item.value_usd_micros for item in value.evidence]
    assert 0.99 * min(prices) - 1 <= value.value_usd_micros <= 1.01 * max(prices) + 1
    assert 0 <= value.low_usd_micros <= value.value_usd_micros <= value.high_usd_micros
    assert 0 <= value.confidence <= 100
    best = [item for item in value.evidence if item.kind is EvidenceKind.OVERRIDE] or value.evidence
    assert value.evidence[0].confidence == max(item.confidence for item in best)
