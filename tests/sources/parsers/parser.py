"""A parser with an answer it understands, and what must hold of every result."""

from collections.abc import Callable
from dataclasses import dataclass

from core.domain.money import AMOUNT_MAX, Amount
from core.domain.prices import Rate
from core.domain.rates import RATE_MAX
from core.domain.valuation import Evidence
from core.sources.base import LiveListing, Page
from core.sources.http import Fetched
from tests.sources.conftest import START
from tests.sources.payloads import (
    Json,
)


@dataclass(frozen=True)
class Parser:
    """One parse_* with an answer it understands."""

    name: str
    parse: Callable[[Fetched], object]
    answer: Json

    def __str__(self) -> str:
        return self.name


def assert_sound(result: object) -> None:
    """No amount in it is negative, not finite or too large to be kept."""
    if isinstance(result, Page):
        amounts = [amount for report in result.reports for amount in (report.ask, report.paid)]
        assert all(amount is None or is_sound(amount) for amount in amounts)
        assert all(len(report.event_id) <= 200 for report in result.reports)
    if isinstance(result, LiveListing):
        assert is_sound(result.ask)
    if isinstance(result, Rate):
        assert result.usd.is_finite()
        assert 0 < result.usd < RATE_MAX
        assert result.at <= START
    if isinstance(result, Evidence):
        assert 0 <= result.value_usd_micros <= AMOUNT_MAX
        assert 0 <= result.confidence <= 100
        bounds = (result.low_usd_micros, result.high_usd_micros)
        assert all(bound is None or 0 <= bound <= AMOUNT_MAX for bound in bounds)


def is_sound(amount: Amount) -> bool:
    return 0 < amount.value <= AMOUNT_MAX


def places(value: Json) -> list[tuple[Json, str | int]]:
    """Everywhere something stands, as (container, key)."""
    pairs = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    below = [place for _, item in pairs if isinstance(item, dict | list) for place in places(item)]
    return [(value, key) for key, _ in pairs] + below
