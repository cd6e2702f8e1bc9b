"""What may be set by hand: everything within its limits, and in order."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from core.domain.overrides import DAYS_MAX, USD_MAX, Wanted, checked, override_evidence
from core.domain.valuation import combine, insured_evidence
from core.errors import InvalidInput

NOW = datetime(2026, 3, 1, tzinfo=UTC)
GOOD = Wanted(160, "seen at an auction")


def wanted(**otherwise: object) -> Wanted:
    return msgspec.structs.replace(GOOD, **otherwise)


@pytest.mark.parametrize(
    "good",
    [
        GOOD,
        wanted(usd=0.01),
        wanted(usd=USD_MAX),
        wanted(low_usd=160, high_usd=160),
        wanted(low_usd=1),
        wanted(confidence=1, days=1),
        wanted(confidence=100, days=DAYS_MAX),
        wanted(reason="abc"),
        wanted(reason="x" * 300),
    ],
)
def test_what_is_within_its_limits_may_stand(good: Wanted) -> None:
    setting = checked(good, NOW)
    assert setting.value_usd_micros == round(good.usd * 1_000_000)
    assert setting.expires_at == NOW + timedelta(days=good.days)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (wanted(usd=0), "between"),
        (wanted(usd=-1), "between"),
        (wanted(usd=USD_MAX + 1), "between"),
        (wanted(usd=float("nan")), "between"),
        (wanted(usd=float("inf")), "between"),
        (wanted(low_usd=161), "lowest"),
        (wanted(high_usd=159), "highest"),
        (wanted(low_usd=0), "between"),
        (wanted(confidence=0), "1 to 100"),
        (wanted(confidence=101), "1 to 100"),
        (wanted(days=0), "days"),
        (wanted(days=DAYS_MAX + 1), "days"),
        (wanted(reason=""), "reason"),
        (wanted(reason=" \n a "), "reason"),
        (wanted(reason="x" * 301), "reason"),
    ],
)
def test_anything_else_is_refused_with_a_sentence(bad: Wanted, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        checked(bad, NOW)


def test_it_decides_alone_with_its_own_range() -> None:
    by_hand = override_evidence(checked(wanted(low_usd=150, high_usd=170, confidence=55), NOW))
    insured = insured_evidence(10_000_000)
    assert insured is not None
    valuation = combine([insured, by_hand])
    assert valuation is not None
    assert (valuation.value_usd_micros, valuation.confidence) == (160_000_000, 55)
    assert (valuation.low_usd_micros, valuation.high_usd_micros) == (150_000_000, 170_000_000)
    assert not valuation.is_thin
