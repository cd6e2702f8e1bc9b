"""A candidate and its value as tests of verdicts need them: one ordinary slab, and whatever differs."""

from core.domain.catalog import Grade, Grader, SlabFacts
from core.domain.deals import Candidate
from core.domain.valuation import Evidence, EvidenceKind, Valuation, combine

TITLE = "2024 #017 Nico Robin PSA 10 One Piece"
VALUE = 1_000_000_000
"""A thousand dollars, in micros: a basis point of it is a whole number."""

SLAB = SlabFacts(Grader.PSA, "12345678", Grade(100), TITLE, None, category="One Piece")


def offered(price_usd_micros: int, title: str = TITLE) -> Candidate:
    slab = SlabFacts(Grader.PSA, "12345678", Grade(100), title, None, category="One Piece")
    return Candidate(price_usd_micros, "seller", slab)


def discounted(bps: int, value: int = VALUE) -> Candidate:
    """Offered this many basis points below the value."""
    return offered(value * (10_000 - bps) // 10_000)


def valued(*evidence: Evidence) -> Valuation:
    value = combine(evidence)
    assert value is not None
    return value


def by_alt(confidence: int = 80, *, value: int = VALUE, name: str = TITLE) -> Evidence:
    return Evidence(EvidenceKind.ALT, value, confidence, asset_name=name)


def by_sales(sales: int, confidence: int = 75, *, value: int = VALUE) -> Evidence:
    return Evidence(EvidenceKind.SALES, value, confidence, sales=sales)


def insured(value: int = VALUE) -> Evidence:
    return Evidence(EvidenceKind.INSURED, value, 40)
