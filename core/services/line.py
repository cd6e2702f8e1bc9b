"""The line from a version to a finding: filter, verify, value and decide."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from core.domain.deals import Candidate, Deal, DealPolicy, Reason, Rejection, appraise, screen
from core.services.evidence import EvidenceService
from core.services.findings import Finding
from core.services.identity import IdentityService
from core.services.prices import PriceService
from core.services.quarantine import QuarantineService
from core.services.stages import Stage, Stages
from db.listings import Version
from db.work import Priority, Task

PASSED = "passed"
FILTERED = "filtered"
NOTHING = "nothing"

Policies = Mapping[str, DealPolicy]
Results = Mapping[str, Deal | Rejection]


@dataclass(frozen=True, slots=True)
class Line:
    """The parts that a version passes through. Each raises SourceError for an outage: no verdict then."""

    stages: Stages
    identity: IdentityService
    evidence: EvidenceService
    prices: PriceService
    quarantine: QuarantineService

    async def find(self, task: Task, version: Version, policies: Policies) -> Finding:
        """What every policy makes of the version; valued only when one of them lets it through."""
        since = task.created_at
        finding, wanted = await self._filter(version, policies, since)
        if wanted:
            finding = await self._verify(finding, wanted, since)
        if wanted and finding.identity.slab is not None:
            finding = await self._value(finding, task)
            finding = self._decide(finding, {digest: policies[digest] for digest in wanted}, since)
        return finding

    async def _filter(
        self, version: Version, policies: Policies, since: datetime
    ) -> tuple[Finding, Collection[str]]:
        """What it is and costs, and the policies that let it through."""
        with self.stages.passing(Stage.FILTER, since) as passage:
            identity = await self.identity.stated(version)
            finding = Finding(version, identity, await self.prices.dollars_or_wait(version.ask))
            if identity.slab is None:
                passage.outcome = reason = identity.reason or Reason.NOT_A_SLAB
                return _rejected(finding, policies, reason), ()
            candidate = candidate_of(finding)
            screened = {digest: screen(candidate, policy) for digest, policy in policies.items()}
            against = {digest: found for digest, found in screened.items() if found is not None}
            passage.outcome = PASSED if len(against) < len(policies) else FILTERED
            return _with(finding, against), policies.keys() - against.keys()

    async def _verify(self, finding: Finding, wanted: Collection[str], since: datetime) -> Finding:
        """Whether the reporter says the same of the token."""
        with self.stages.passing(Stage.VERIFY, since) as passage:
            stated = finding.identity.slab
            assert stated is not None, "what is nothing is not verified"
            identity = await self.identity.verified(finding.version, stated)
            finding = msgspec.structs.replace(finding, identity=identity)
            if identity.slab is not None:
                passage.outcome = PASSED
                return finding
            passage.outcome = reason = identity.reason or Reason.MISMATCH
            return _rejected(finding, wanted, reason)

    async def _value(self, finding: Finding, task: Task) -> Finding:
        """What it is worth, and whether its price can be meant."""
        with self.stages.passing(Stage.VALUE, task.created_at) as passage:
            slab = finding.identity.slab
            assert slab is not None, "what is not verified is not valued"
            since = task.created_at if task.priority == Priority.RECHECK else None
            valuation = await self.evidence.value(slab, since=since)
            finding = msgspec.structs.replace(finding, valuation=valuation)
            suspicion = await self.quarantine.suspicion(finding)
            passage.outcome = Reason.QUARANTINED if suspicion else PASSED if valuation else NOTHING
            return msgspec.structs.replace(finding, suspicion=suspicion)

    def _decide(self, finding: Finding, policies: Policies, since: datetime) -> Finding:
        """One evaluation for each policy, however many servers share it."""
        if finding.suspicion is not None:
            return _rejected(finding, policies, Reason.QUARANTINED)
        candidate, results = candidate_of(finding), dict[str, Deal | Rejection]()
        for digest, policy in policies.items():
            with self.stages.passing(Stage.DECIDE, since) as passage:
                result = appraise(candidate, finding.valuation, policy)
                passage.outcome = result.tier if isinstance(result, Deal) else result.reason
                results[digest] = result
        return _with(finding, results)


def candidate_of(finding: Finding) -> Candidate:
    """The listing as a verdict sees it."""
    slab = finding.identity.slab
    assert slab is not None, "what is nothing is no candidate"
    return Candidate(finding.price.usd_micros, finding.version.key.seller, slab.facts)


def judged_by(finding: Finding, policy: DealPolicy) -> Deal | Rejection:
    """What a policy makes of it that was chosen since. The default one filters nothing: it had it valued."""
    if finding.identity.slab is None:
        return Rejection(finding.identity.reason or Reason.NOT_A_SLAB)
    candidate = candidate_of(finding)
    if finding.suspicion is not None:
        return screen(candidate, policy) or Rejection(Reason.QUARANTINED)
    return appraise(candidate, finding.valuation, policy)


def _rejected(finding: Finding, policies: Collection[str], reason: Reason) -> Finding:
    return _with(finding, dict.fromkeys(policies, Rejection(reason)))


def _with(finding: Finding, results: Results) -> Finding:
    return msgspec.structs.replace(finding, results={**finding.results, **results})
