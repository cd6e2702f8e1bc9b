"""When a listing is worth showing: the tiers, the policy, and one pure verdict."""

import hashlib
from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

import msgspec

from core.domain.blocking import is_blocked
from core.domain.catalog import Grader, SlabFacts
from core.domain.valuation import EvidenceKind, Valuation
from core.domain.wording import folded, words_of

BPS = 10_000
DISCOUNT_MIN_BPS = -(10**9)
"""Dearer than this is just dear: a listing for a fortune must fit where discounts are kept."""
VARIANT_WORDS = frozenset(
    {"center", "staff", "prerelease", "stamp", "stamped", "promo", "1st", "shadowless"}
    | {"reverse", "error", "trophy", "prize"}
)


class DealTier(StrEnum):
    """Best first, as people are offered them; see RANK."""

    GOLD = "gold"
    HIGH = "high"
    INFO = "info"
    LOOK = "look"
    UNDETERMINED = "undetermined"
    SUSPICIOUS = "suspicious"


RANK: dict[DealTier, int] = {
    DealTier.SUSPICIOUS: 0,
    DealTier.UNDETERMINED: 0,
    DealTier.LOOK: 1,
    DealTier.INFO: 2,
    DealTier.HIGH: 3,
    DealTier.GOLD: 4,
}
PINGS = frozenset({DealTier.GOLD, DealTier.HIGH})
AUTOMATABLE = frozenset({DealTier.GOLD, DealTier.HIGH, DealTier.INFO})
AUTOMATION_CONFIDENCE_MIN = 75


class Reason(StrEnum):
    """Why a listing is not a deal, as a fact one can count."""

    CATEGORY = "category"
    GRADER = "grader"
    KEYWORD = "keyword"
    PRICE_WINDOW = "price_window"
    SELLER = "seller"
    NOT_A_SLAB = "not_a_slab"
    MISMATCH = "mismatch"
    NO_VALUE = "no_value"
    TOO_DEAR = "too_dear"
    PROFIT = "profit"
    QUARANTINED = "quarantined"


class TierRule(msgspec.Struct, frozen=True):
    """The least a listing must offer for a tier. Bounds are inclusive."""

    tier: DealTier
    discount_min_bps: int
    net_profit_min_usd_micros: int | None = None


class DealPolicy(msgspec.Struct, frozen=True):
    """What a server wants to see. Content-addressed: equal policies are one row."""

    confidence_min: int = 60
    suspicious_bps: int = 8_500
    doubtful_bps: int = 1_500
    tiers: tuple[TierRule, ...] = (
        TierRule(DealTier.GOLD, 3_000),
        TierRule(DealTier.HIGH, 2_000),
        TierRule(DealTier.INFO, 1_500),
    )
    look_bps: int = 1_500
    payout_bps: int = 8_500
    fees_usd_micros: int = 0
    graders: tuple[Grader, ...] = tuple(Grader)
    categories: tuple[str, ...] = ()
    keywords_blocked: tuple[str, ...] = ()
    sellers_blocked: tuple[str, ...] = ()
    price_min_usd_micros: int = 1
    price_max_usd_micros: int | None = None


DEFAULT_POLICY = DealPolicy()


class Candidate(msgspec.Struct, frozen=True):
    """A listing as the verdict sees it."""

    price_usd_micros: int
    seller: str
    slab: SlabFacts


class Deal(msgspec.Struct, frozen=True):
    """Worth showing, at this tier. `missing` says what keeps a LOOK from being more.

    `confidence` is that of the value it rests on.
    """

    tier: DealTier
    discount_bps: int
    net_profit_usd_micros: int
    missing: tuple[str, ...] = ()
    confidence: int = 0


class Rejection(msgspec.Struct, frozen=True):
    """Not worth showing, and why."""

    reason: Reason
    discount_bps: int | None = None


def canonical(policy: DealPolicy) -> bytes:
    """The one form of a policy's content that is stored and hashed."""
    return msgspec.json.encode(policy, order="sorted")


def policy_hash(policy: DealPolicy) -> str:
    """The policy's name: the hash of its content."""
    return hashlib.sha256(canonical(policy)).hexdigest()[:32]


def screen(candidate: Candidate, policy: DealPolicy) -> Rejection | None:
    """The filter: what a policy never looks at, whatever it is worth. None lets it through."""
    slab, price = candidate.slab, candidate.price_usd_micros
    categories = {folded(name) for name in policy.categories}
    ceiling = policy.price_max_usd_micros
    checks = (
        (Reason.CATEGORY, bool(policy.categories) and folded(slab.category) not in categories),
        (Reason.GRADER, slab.grader not in policy.graders),
        (Reason.KEYWORD, is_blocked(slab.title, policy.keywords_blocked)),
        (
            Reason.PRICE_WINDOW,
            price < policy.price_min_usd_micros or (ceiling is not None and price > ceiling),
        ),
        (Reason.SELLER, candidate.seller in policy.sellers_blocked),
    )
    return next((Rejection(reason) for reason, applies in checks if applies), None)


def appraise(candidate: Candidate, valuation: Valuation | None, policy: DealPolicy) -> Deal | Rejection:
    """Say which tier a verified listing earns, or why it earns none. First match wins."""
    screened = screen(candidate, policy)
    if screened is not None:
        return screened
    if valuation is None:
        return Rejection(Reason.NO_VALUE)
    price, value = candidate.price_usd_micros, valuation.value_usd_micros
    bps = discount_bps(price, value)
    profit = net_profit_usd_micros(price, value, policy)
    offer = Deal(DealTier.SUSPICIOUS, bps, profit, confidence=valuation.confidence)
    if earns(price, value, policy.suspicious_bps):
        return offer
    if earns(price, value, policy.doubtful_bps) and _is_doubtful(candidate, valuation):
        return msgspec.structs.replace(offer, tier=DealTier.UNDETERMINED)
    missing = _missing(valuation, policy)
    if missing:
        is_look = earns(price, value, policy.look_bps)
        look = msgspec.structs.replace(offer, tier=DealTier.LOOK, missing=missing)
        return look if is_look else Rejection(Reason.TOO_DEAR, bps)
    return _tier(offer, [rule for rule in policy.tiers if earns(price, value, rule.discount_min_bps)])


class Rated(Protocol):
    """What has a tier and rests on a value of some confidence."""

    @property
    def tier(self) -> DealTier: ...

    @property
    def confidence(self) -> int: ...


def is_automatable(deal: Rated) -> bool:
    """Whether anything may act on it without a person looking at it first."""
    return deal.tier in AUTOMATABLE and deal.confidence >= AUTOMATION_CONFIDENCE_MIN


def earns(price: int, value: int, bps: int) -> bool:
    """Whether (value − price) / value reaches bps, by cross-multiplication: no rounding decides."""
    return (value - price) * BPS >= bps * value


def discount_bps(price: int, value: int) -> int:
    """The discount for showing, rounded down; negative when the price is above the value."""
    return max((value - price) * BPS // value, DISCOUNT_MIN_BPS)


def net_profit_usd_micros(price: int, value: int, policy: DealPolicy) -> int:
    """What would be left after selling at the value: payout − price − fees."""
    return value * policy.payout_bps // BPS - price - policy.fees_usd_micros


def _tier(offer: Deal, earned: Sequence[TierRule]) -> Deal | Rejection:
    for rule in earned:
        least = rule.net_profit_min_usd_micros
        if least is None or offer.net_profit_usd_micros >= least:
            return msgspec.structs.replace(offer, tier=rule.tier)
    return Rejection(Reason.PROFIT if earned else Reason.TOO_DEAR, offer.discount_bps)


def _missing(valuation: Valuation, policy: DealPolicy) -> tuple[str, ...]:
    missing = []
    if valuation.confidence < policy.confidence_min:
        missing.append(f"confidence is {valuation.confidence}, {policy.confidence_min} is asked for")
    if valuation.is_thin:
        few = {0: "no sales", 1: "only 1 sale"}.get(valuation.sales, f"only {valuation.sales} sales")
        missing.append(f"{few} of this grade in 90 days")
    return tuple(missing)


def _is_doubtful(candidate: Candidate, valuation: Valuation) -> bool:
    """The valued thing may not be the listed thing."""
    best = valuation.evidence[0]
    if best.asset_name:
        return variant_words(candidate.slab.title) != variant_words(best.asset_name)
    is_vendors = best.kind in {EvidenceKind.ALT, EvidenceKind.PRICECHARTING}
    return is_vendors and valuation.value_usd_micros > 2 * candidate.price_usd_micros


def variant_words(name: str) -> frozenset[str]:
    """The words of a name that tell one variant from another."""
    return VARIANT_WORDS & words_of(name)
