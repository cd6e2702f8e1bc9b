"""What each policy made of a finding: the verdict, the fact and the call that come of it."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from core.domain.deals import RANK, Deal, DealTier, Rejection
from core.domain.posts import DealPost
from core.events import DealFound, ListingRejected, VerdictRevised
from core.services.fanout import Call
from core.services.findings import Finding, deal_post
from db.deals import Standing, Verdict
from db.events import Fact

Judged = Mapping[tuple[int, str], Standing]
"""The verdicts there are, by version and policy."""


class Ruling(msgspec.Struct, frozen=True):
    """What one policy made of the finding. `is_anew`: of a version that had its verdict before."""

    finding: Finding
    digest: str
    result: Deal | Rejection
    valuation_id: int | None
    at: datetime
    is_anew: bool = False

    @property
    def key(self) -> tuple[int, str]:
        return self.finding.version.id, self.digest

    @property
    def tier(self) -> DealTier | None:
        return self.result.tier if isinstance(self.result, Deal) else None

    @property
    def deal(self) -> DealPost | None:
        """What a post of it would show."""
        if isinstance(self.result, Rejection):
            return None
        return deal_post(self.finding, self.result, was_revised=self.is_anew)

    def verdict(self) -> Verdict:
        result, finding = self.result, self.finding
        ours = self.at - finding.version.first_seen_at
        return Verdict(
            version_id=finding.version.id,
            policy_hash=self.digest,
            valuation_id=self.valuation_id,
            tier=self.tier and self.tier.value,
            reason=result.reason.value if isinstance(result, Rejection) else None,
            discount_bps=result.discount_bps,
            verified_by=finding.identity.verified_by,
            deal=self.deal,
            decided_at=self.at,
            ours_ms=max(0, min(int(ours.total_seconds() * 1000), 2**31 - 1)),
        )


class Ruled(msgspec.Struct, frozen=True):
    """A stored ruling. `before` is the verdict that was revised; None for a new one."""

    ruling: Ruling
    verdict_id: int
    before: Standing | None = None

    @property
    def call(self) -> Call | None:
        """What fan-out is asked for: new deals, and of what is valued anew those whose tier rose."""
        ruling, deal = self.ruling, self.ruling.deal
        if deal is None or (ruling.is_anew and not self._has_risen(deal.tier)):
            return None
        return Call(self.verdict_id, ruling.digest, ruling.finding.version, deal, is_revision=ruling.is_anew)

    @property
    def fact(self) -> Fact | None:
        """What happened; None for a revision to the same tier."""
        ruling, version, result = self.ruling, self.ruling.finding.version, self.ruling.result
        ids = self.verdict_id, version.id, version.key.mint
        if self.before is not None:
            is_same = ruling.tier == self.before.tier
            return None if is_same else self._told(VerdictRevised(*ids, ruling.tier, result.discount_bps))
        if isinstance(result, Rejection):
            return self._told(ListingRejected(*ids, result.reason))
        return self._told(DealFound(*ids, result.tier, result.discount_bps))

    def _has_risen(self, tier: DealTier) -> bool:
        if self.before is None:  # by a policy that is newer than the version's first verdicts
            return False
        return self.before.tier is None or RANK[tier] > RANK[DealTier(self.before.tier)]

    def _told(self, payload: DealFound | ListingRejected | VerdictRevised) -> Fact:
        return Fact("market", f"verdict:{self.verdict_id}", payload)
