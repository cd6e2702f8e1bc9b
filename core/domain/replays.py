"""Replays: what other settings would have posted of the days that were, from what was known at the time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from core.domain.catalog import Grade, Grader
from core.domain.deals import RANK, Candidate, Deal, DealPolicy, DealTier, TierRule, appraise, screen
from core.domain.fanout import Last, is_worth_repeating
from core.domain.guild_rules import checked
from core.domain.guilds import ServerSettings
from core.domain.listings import Venue
from core.domain.outcomes import Called, Outcome
from core.domain.scorecard import TierScore, every_tier, score_of
from core.domain.valuation import Valuation

DAYS_MAX = 90
VERSIONS_MAX = 20_000
EXAMPLES_MAX = 5
_ANY_CHANNEL = 1


class Quick(msgspec.Struct, frozen=True):
    """A few choices to try without drafting them; None leaves what there is.

    Discounts in basis points, by tier; the least net profit, in micro-dollars, holds for every tier.
    """

    confidence_min: int | None = None
    discounts_bps: Mapping[DealTier, int] = {}
    net_profit_min_usd_micros: int | None = None


class Judged(msgspec.Struct, frozen=True):
    """A version that some settings could call a deal, as the line found it.

    `valuation` is the first one that was made for it; without any the filters of the time let nobody ask.
    """

    version_id: int
    listing_id: int
    slab_id: int
    mint: str
    venue: Venue
    at: datetime
    candidate: Candidate
    valuation: Valuation | None = None


class Would(msgspec.Struct, frozen=True):
    """A version that settings would have called a deal."""

    version_id: int
    listing_id: int
    slab_id: int
    mint: str
    venue: Venue
    at: datetime
    title: str
    grader: Grader
    grade: Grade
    price_usd_micros: int
    value_usd_micros: int
    deal: Deal

    def called(self, policy: DealPolicy) -> Called:
        """As the call that it would have been."""
        return Called(
            self.at, self.price_usd_micros, self.value_usd_micros, policy.payout_bps, policy.fees_usd_micros
        )


class Example(msgspec.Struct, frozen=True):
    """A post that would have been made, or not have been, and what became of it."""

    would: Would
    outcome: Outcome


class Side(msgspec.Struct, frozen=True):
    """What one choice of settings would have posted. Every tier is in it."""

    tiers: tuple[TierScore, ...]

    @property
    def posted(self) -> int:
        return sum(score.posted for score in self.tiers)


class Replay(msgspec.Struct, frozen=True):
    """Changed settings against the present ones, over the versions that were seen within the days.

    `not_valued`: the changed filter lets them through, but nothing had them valued then. `not_judged`: they
    were gone, or waited for a vendor, before the line had an answer. `is_cut`: older ones were left out.
    """

    days: int
    since: datetime
    looked_at: int
    not_valued: int
    not_judged: int
    is_cut: bool
    is_changed: bool
    present: Side
    changed: Side
    gained: int
    lost: int
    best_gained: tuple[Example, ...] = ()
    best_lost: tuple[Example, ...] = ()


def with_quick(settings: ServerSettings, quick: Quick) -> ServerSettings:
    """The settings with these choices. Raises InvalidInput for what makes no sense."""
    policy = settings.policy
    rules = tuple(_rule(rule, quick) for rule in policy.tiers)
    changes: dict[str, object] = {"tiers": rules}
    if quick.confidence_min is not None:
        changes["confidence_min"] = quick.confidence_min
    return checked(msgspec.structs.replace(settings, policy=msgspec.structs.replace(policy, **changes)))


def _rule(rule: TierRule, quick: Quick) -> TierRule:
    bps = quick.discounts_bps.get(rule.tier, rule.discount_min_bps)
    least = quick.net_profit_min_usd_micros
    return TierRule(rule.tier, bps, rule.net_profit_min_usd_micros if least is None else least)


def would_call(judged: Judged, policy: DealPolicy) -> Would | None:
    """The deal a policy would have made of a version; None for none."""
    if judged.valuation is None:
        return None
    deal = appraise(judged.candidate, judged.valuation, policy)
    if not isinstance(deal, Deal):
        return None
    slab = judged.candidate.slab
    return Would(
        version_id=judged.version_id,
        listing_id=judged.listing_id,
        slab_id=judged.slab_id,
        mint=judged.mint,
        venue=judged.venue,
        at=judged.at,
        title=slab.title,
        grader=slab.grader,
        grade=slab.grade,
        price_usd_micros=judged.candidate.price_usd_micros,
        value_usd_micros=judged.valuation.value_usd_micros,
        deal=deal,
    )


def is_unvalued(judged: Judged, policy: DealPolicy) -> bool:
    """Whether a policy would have had it valued, and nobody did."""
    return judged.valuation is None and screen(judged.candidate, policy) is None


def would_post(calls: Iterable[Would], settings: ServerSettings) -> list[Would]:
    """Those a server would have been shown, by its rule for repeats; given and returned in order of time.

    When they are shown is left out: the hour's limit and quiet hours move a deal into a digest.
    """
    shown: list[Would] = []
    last: dict[int, Last] = {}
    place = settings if settings.channel_id is not None else _with_some_channel(settings)
    for would in calls:
        offer = Last(would.deal.tier, would.price_usd_micros, would.at)
        before = last.get(would.listing_id)
        is_news = before is None or is_worth_repeating(before, offer, settings, would.at)
        if is_news and place.channel_of(would.deal.tier) is not None:
            last[would.listing_id] = offer
            shown.append(would)
    return shown


def _with_some_channel(settings: ServerSettings) -> ServerSettings:
    """A server that has not chosen a channel yet is asking what it would get if it did."""
    return msgspec.structs.replace(settings, channel_id=_ANY_CHANNEL)


def side(posted: Sequence[Would], outcomes: Mapping[int, Outcome], policy: DealPolicy) -> Side:
    """The figures of what would have been posted. `outcomes` by version."""
    by_tier: dict[DealTier, list[tuple[Called, Outcome]]] = {}
    for would in posted:
        call = (would.called(policy), outcomes[would.version_id])
        by_tier.setdefault(would.deal.tier, []).append(call)
    return Side(every_tier([score_of(tier, calls) for tier, calls in by_tier.items()]))


def only_in(these: Sequence[Would], those: Sequence[Would]) -> list[Would]:
    """The versions that one side posts and the other does not, the best first."""
    known = {would.version_id for would in those}
    return best(would for would in these if would.version_id not in known)


def best(posted: Iterable[Would]) -> list[Would]:
    """By tier, then by what they would have brought."""
    return sorted(
        posted,
        key=lambda would: (-RANK[would.deal.tier], -would.deal.net_profit_usd_micros, would.version_id),
    )
