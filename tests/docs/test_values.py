"""What docs/values.md says of evidence and confidence is what the code does: its tables are read here."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.domain import accuracy, averages, confidence, deals, quarantine, rates, valuation
from core.domain.averages import sales_evidence
from core.domain.deals import DEFAULT_POLICY, DealTier
from core.domain.prices import RATE_AGE_MAX_S
from core.domain.valuation import Evidence, EvidenceKind, Sale, Valuation, combine, insured_evidence
from core.services import evidence
from core.sources import pricecharting
from tests.docs import markdown

VALUES = (Path(__file__).parents[2] / "docs" / "values.md").read_text(encoding="utf-8")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
DOLLAR = 1_000_000
STATED = range(1, 100, 7)


def valued(*evidence: Evidence | None) -> Valuation:
    value = combine([item for item in evidence if item is not None])
    assert value is not None
    return value


def sales(*dollars: float, age: timedelta = timedelta(0)) -> Evidence | None:
    """One sale a day; `age` is that of the newest."""
    days = enumerate(dollars)
    return sales_evidence([Sale(NOW - age - timedelta(days=n), round(d * DOLLAR)) for n, d in days], NOW)


def of_sales(*counts: int) -> str:
    """The confidence that all these numbers of sales have in common."""
    (found,) = {valued(sales(*[100.0] * count)).confidence for count in counts}
    return str(found)


def as_stated(kind: EvidenceKind, words: str) -> str:
    """These words, when a valuation is as sure as the evidence says it is."""
    is_so = all(valued(Evidence(kind, DOLLAR, level)).confidence == level for level in STATED)
    return words if is_so else "something else"


def less(times: float) -> str:
    """What it costs when two values lie just more than so many times apart; at the bound it costs less."""
    low, at, beyond = (
        Evidence(EvidenceKind.ALT, round(t * 100 * DOLLAR), 80) for t in (1, times, times + 0.01)
    )
    other = Evidence(EvidenceKind.PRICECHARTING, low.value_usd_micros, 70)
    cost = 80 - valued(beyond, other).confidence
    assert 80 - valued(at, other).confidence < cost
    return f"{cost} less"


def old(days: int) -> str:
    at, beyond = (valued(sales(100, age=timedelta(days=days, seconds=s))).confidence for s in (0, 1))
    return f"{at - beyond} less"


def scattered() -> str:
    most = [valued(sales(401, *[100.0] * count)).confidence for count in range(1, 30)]
    assert valued(sales(400, *[100.0] * 20)).confidence > max(most)
    return f"{max(most)} at most"


ROWS: Mapping[str, Callable[[], str]] = {
    "set by hand": lambda: as_stated(EvidenceKind.OVERRIDE, "as entered"),
    "ALT": lambda: as_stated(EvidenceKind.ALT, "ALT's own"),
    "PriceCharting": lambda: str(pricecharting.CONFIDENCE),
    "10 sales or more": lambda: of_sales(10, 11, 50),
    "8 or 9 sales": lambda: of_sales(8, 9),
    "5 to 7 sales": lambda: of_sales(5, 6, 7),
    "3 or 4 sales": lambda: of_sales(3, 4),
    "2 sales": lambda: of_sales(2),
    "1 sale": lambda: of_sales(1),
    "sales that scatter": scattered,
    "the newest sale older than 45 days": lambda: old(45),
    "insured value alone": lambda: str(valued(insured_evidence(DOLLAR)).confidence),
    "values more than 1.25 times apart": lambda: less(1.25),
    "values more than 1.5 times apart": lambda: less(1.5),
    "values more than 2 times apart": lambda: less(2),
}


def test_the_table_of_confidence_is_what_the_code_gives() -> None:
    table = dict(markdown.rows(markdown.section(VALUES, "Confidence")))
    assert table == {row: given() for row, given in ROWS.items()}


def test_the_table_of_widths_and_doubts_is_that_of_the_code() -> None:
    table = {
        name: (off, doubt)
        for name, off, doubt in markdown.rows(markdown.section(VALUES, "One value of many"))
    }
    kinds = {"ALT": EvidenceKind.ALT, "PriceCharting": EvidenceKind.PRICECHARTING}
    kinds |= {
        "sales": EvidenceKind.SALES,
        "average": EvidenceKind.AVERAGE,
        "insured value": EvidenceKind.INSURED,
    }
    assert {kinds[name]: doubt for name, (_, doubt) in table.items()} == {
        kind: f"{doubt:.0%}".replace("%", " %") for kind, doubt in valuation.DOUBTS.items()
    }
    for name in ("ALT", "PriceCharting", "insured value"):
        assert table[name][0].partition(" %")[0] == f"{100 * valuation.SPREADS[kinds[name]]:g}"


def test_every_kind_of_evidence_is_described() -> None:
    assert len(markdown.rows(markdown.section(VALUES, "Evidence"))) == len(EvidenceKind)


def test_the_table_of_calls_is_that_of_the_default_policy() -> None:
    table = {row[0]: row[1] for row in markdown.rows(markdown.section(VALUES, "The call"))}
    bounds = {rule.tier: rule.discount_min_bps for rule in DEFAULT_POLICY.tiers} | {
        DealTier.SUSPICIOUS: DEFAULT_POLICY.suspicious_bps,
        DealTier.UNDETERMINED: DEFAULT_POLICY.doubtful_bps,
        DealTier.LOOK: DEFAULT_POLICY.look_bps,
    }
    assert table == {tier.name: f"{bps // 100} %" for tier, bps in bounds.items()}


def test_the_numbers_of_values_are_those_of_the_code() -> None:
    said = (
        f"in the last {confidence.SALES_WINDOW.days} days",
        f"fewer than {confidence.SALES_MIN_FOR_CONFIDENCE} sales",
        f"more than {averages.OUTLIER_DEVIATIONS} median absolute deviations",
        f"the mean of the last {averages.LAST} sales",
        f"a population of more than {averages.POPULATION_LARGE}",
        f"daily means of the last {averages.DAILY_WINDOW.days} days",
        f"more than {confidence.SCATTER_LIMIT} times the cheapest",
        f"a confidence of {confidence.CONTRADICTS_FROM} or more",
        f"off by more than {100 * valuation.HEARD_SPREAD_MAX:g} %",
        f"the newest {evidence.COMPARED_MAX} valuations",
        f"At least {accuracy.COMPARED_MIN} comparisons",
        f"{DEFAULT_POLICY.payout_bps // 100} % of it",
        f"older than {RATE_AGE_MAX_S // 60} minutes",
        f"a confidence of {deals.AUTOMATION_CONFIDENCE_MIN} or more",
        f"more than {quarantine.OFF_MIN} times off the value",
        f"no more than {quarantine.FITS_WITHIN} times off",
        f"more than {quarantine.SLIP_MIN} times too low",
        f"more than {quarantine.OFF_MIN} times below what",
        f"{int(100 * rates.OFF_MAX)} % in {rates.DRIFT_PER.seconds // 60} minutes",
        f"has said so for {rates.CONFIRMED_AFTER.seconds // 60} minutes",
    )
    assert markdown.unsaid(VALUES, said) == []
