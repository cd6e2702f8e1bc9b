"""What a value rests on, a line for each piece of evidence, and what keeps it from being surer."""

from collections.abc import Collection, Iterable

from cogs.ui.errors import VENDORS
from cogs.ui.format import count, relative, usd
from cogs.ui.text import plain
from core.domain.confidence import SALES_MIN_FOR_CONFIDENCE
from core.domain.listings import SourceName
from core.domain.valuation import Evidence, EvidenceKind, Valuation

NAME_LENGTH_MAX = 80
_KINDS: dict[EvidenceKind, str] = {
    EvidenceKind.OVERRIDE: "Set by hand",
    EvidenceKind.ALT: "ALT",
    EvidenceKind.PRICECHARTING: "PriceCharting",
    EvidenceKind.SALES: "Our own record",
    EvidenceKind.AVERAGE: "Cartel average",
    EvidenceKind.INSURED: "Insured value",
}
_WOULD_ADD: dict[SourceName, str] = {
    SourceName.ALT: "a valuation of this very grade",
    SourceName.PRICECHARTING: "a price of this card in this grade",
    SourceName.PSA: "what a certificate of PSA's is",
}


def worth_line(valuation: Valuation | None) -> str:
    """The value, its range and how sure it is, in one line."""
    if valuation is None:
        return "**Nothing is known of its worth**: no sale of this grade, and no valuation."
    low, high = valuation.low_usd_micros, valuation.high_usd_micros
    between = f" ({usd(low)} – {usd(high)})" if low < high else ""
    value = usd(valuation.value_usd_micros)
    return f"Worth **{value}**{between}, confidence {valuation.confidence} of 100"


def evidence_lines(evidence: Iterable[Evidence]) -> list[str]:
    """One line each, the best first, with what was valued and when it was said."""
    return [_line(item) for item in evidence]


def weakness_lines(valuation: Valuation | None) -> list[str]:
    """What keeps a value from being surer, in the words of somebody who wonders about it."""
    if valuation is None or not valuation.is_thin:
        return []
    sales = {0: "No sale", 1: "Only 1 sale"}.get(valuation.sales, f"Only {valuation.sales} sales")
    wanted = f"{SALES_MIN_FOR_CONFIDENCE} sales or a valuation are needed for more than a LOOK"
    return [f"{sales} of this grade in 90 days: {wanted}."]


def absent_lines(absent: Collection[SourceName]) -> list[str]:
    """What would be known with vendors that nobody has configured."""
    return [f"{VENDORS[name]} is not configured; it would add {_WOULD_ADD[name]}." for name in absent]


def _line(item: Evidence) -> str:
    parts = [f"{_KINDS[item.kind]}: **{usd(item.value_usd_micros)}**", f"confidence {item.confidence}"]
    if item.sales:
        parts.append(f"{count(item.sales, 'sale')} in 90 days")
    if item.low_usd_micros and item.high_usd_micros:
        parts.append(f"{usd(item.low_usd_micros)} – {usd(item.high_usd_micros)}")
    if item.asset_name:
        parts.append(plain(item.asset_name, NAME_LENGTH_MAX))
    if item.said_at is not None:
        parts.append(f"said {relative(item.said_at)}")
    return " · ".join(parts)
