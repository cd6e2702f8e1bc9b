"""Slabs, listings and their prices as tests of inspections and traces show them."""

from datetime import timedelta
from typing import Any

import msgspec

from core.domain.catalog import Grade, Grader, SlabFacts
from core.domain.deals import Deal, Rejection
from core.domain.listings import Reported, Venue
from core.domain.traces import Judged, ListingTrace, Told, VersionTrace
from core.domain.valuation import Evidence, EvidenceKind, Valuation
from tests.cogs.deal_posts import DOLLAR, GOOD_DEAL, NOW

VALUATION = Valuation(
    160 * DOLLAR, 150 * DOLLAR, 180 * DOLLAR, 82, (Evidence(EvidenceKind.ALT, 160 * DOLLAR, 82, said_at=NOW),)
)


def a_slab() -> SlabFacts:
    return SlabFacts(Grader.PSA, "12345678", Grade(100), GOOD_DEAL.title, None, "Pokemon")


def a_version(result: Deal | Rejection | None = None, **otherwise: Any) -> VersionTrace:
    """Seen 0.8 s after it was listed, and judged so 0.4 s later."""
    judged = None
    if result is not None:
        tier = result.tier if isinstance(result, Deal) else None
        reason = result.reason if isinstance(result, Rejection) else None
        judged = Judged(tier, reason, result.discount_bps, "collectorcrypt", NOW, 400, None, VALUATION)
    seen_at = NOW - timedelta(seconds=10)
    listed_at = seen_at - timedelta(milliseconds=800)
    when = (listed_at, seen_at, seen_at, None)
    is_judged = result is not None
    version = VersionTrace(1, 1, GOOD_DEAL.price, "collectorcrypt", *when, False, is_judged, judged)
    return msgspec.structs.replace(version, **otherwise)


def a_line(*versions: VersionTrace, **otherwise: Any) -> ListingTrace:
    """An open listing at Collector Crypt with these prices."""
    told = Told("collectorcrypt", Reported.LISTED, NOW, NOW, "opens")
    return msgspec.structs.replace(
        ListingTrace(Venue.CC, "seller", True, None, NOW, versions, (told,)), **otherwise
    )
