"""What the line found out about a version, and the price and the post that come of it."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from core.domain.deals import Deal, Rejection
from core.domain.posts import DealPost
from core.domain.prices import PricePoint, PriceType
from core.domain.quarantine import Suspicion
from core.domain.valuation import EvidenceKind, Valuation
from core.services.identity import Identity
from core.services.prices import Dollars
from db.listings import Version


class Finding(msgspec.Struct, frozen=True):
    """What is known of a version, and the result of each policy by its hash."""

    version: Version
    identity: Identity
    price: Dollars
    valuation: Valuation | None = None
    suspicion: Suspicion | None = None
    results: Mapping[str, Deal | Rejection] = {}

    @property
    def valued_subject(self) -> str | None:
        """What a valuation of it is kept for: the kind, or the slab alone; None without one."""
        slab = self.identity.slab
        if slab is None or self.valuation is None:
            return None
        return f"slab:{slab.id}" if self.valuation.kinds == {EvidenceKind.INSURED} else slab.subject

    @property
    def alt_asset_id(self) -> str:
        """ALT's own name for the card, as ALT says it now or as it is known; empty when nobody ever told."""
        told = self.valuation.alt_asset_id if self.valuation is not None else ""
        slab = self.identity.slab
        return told or (slab.alt_asset_id if slab is not None else None) or ""

    def ask(self, now: datetime) -> PricePoint | None:
        """What was asked, as a price of the kind; None while nobody knows what it is."""
        version, slab = self.version, self.identity.slab
        if slab is None:
            return None
        return PricePoint(
            subject=slab.subject,
            source=version.source,
            type=PriceType.ASK,
            at=version.listed_at or version.first_seen_at,
            known_at=now,
            amount=version.ask,
            usd_micros=self.price.usd_micros,
            key=ask_key(version.id),
        )


def ask_key(version_id: int) -> str:
    """Names the price that a version asks."""
    return f"ask:{version_id}"


def deal_post(finding: Finding, deal: Deal, *, was_revised: bool = False) -> DealPost:
    """What a post of this deal shows."""
    version, valuation = finding.version, finding.valuation
    assert finding.identity.slab is not None, "a deal has a slab"
    assert valuation is not None, "a deal has a value"
    slab = finding.identity.slab.facts
    return DealPost(
        tier=deal.tier,
        title=slab.title,
        grader=slab.grader,
        grade=slab.grade,
        certificate=slab.certificate,
        mint=version.key.mint,
        venue=version.key.venue,
        seller=version.key.seller,
        price=version.ask,
        price_usd_micros=finding.price.usd_micros,
        value_usd_micros=valuation.value_usd_micros,
        low_usd_micros=valuation.low_usd_micros,
        high_usd_micros=valuation.high_usd_micros,
        confidence=valuation.confidence,
        discount_bps=deal.discount_bps,
        net_profit_usd_micros=deal.net_profit_usd_micros,
        evidence=valuation.evidence,
        observed_at=version.first_seen_at,
        listed_at=version.listed_at,
        insured_usd_micros=slab.insured_usd_micros,
        image_url=slab.image_url,
        alt_asset_id=finding.alt_asset_id,
        missing=deal.missing,
        was_revised=was_revised,
        silent=valuation.silent,
        category=slab.category,
    )
