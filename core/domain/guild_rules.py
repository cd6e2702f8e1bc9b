"""What a server may choose: the bounds, in words, and the one form in which equal choices are equal."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from core.domain import blocking
from core.domain.catalog import Grader
from core.domain.deals import BPS, PINGS, DealPolicy, DealTier
from core.domain.guilds import QuietHours, ServerSettings
from core.domain.money import USD_MICROS
from core.domain.zones import is_zone
from core.errors import InvalidInput

POSTS_PER_HOUR_MAX = 60
REPEAT_AFTER_MINUTES_MAX = 7 * 24 * 60
MINUTES_A_DAY = 24 * 60
KEYWORDS_MAX = 50
KEYWORD_LENGTH = (2, 40)
SELLERS_MAX = 100
SELLER_LENGTH = (2, 64)
CATEGORIES_MAX = 25
CATEGORY_LENGTH = (2, 40)
MONEY_MAX_USD_MICROS = 10_000_000 * USD_MICROS
ROUTED = tuple(tier for tier in DealTier if tier is not DealTier.SUSPICIOUS)
"""The calls that may have a channel of their own or be left out; SUSPICIOUS has the trace channel."""
_ID_MAX = 2**63 - 1


def checked(settings: ServerSettings, before: ServerSettings | None = None) -> ServerSettings:
    """The settings in their one form. Raises InvalidInput with the first thing that makes no sense.

    What makes none in `before` either is no reason to refuse a change of something else: a time zone
    can vanish from a machine, a bound can move with a version of ours.
    """
    policy = settings.policy
    settings = msgspec.structs.replace(
        settings,
        policy=msgspec.structs.replace(
            policy,
            graders=tuple(grader for grader in Grader if grader in policy.graders),
            categories=_tidy(policy.categories),
            keywords_blocked=_tidy(map(blocking.in_one_form, policy.keywords_blocked)),
            sellers_blocked=_tidy(map(_address, policy.sellers_blocked)),
        ),
        tier_channels=_in_order(settings.tier_channels),
        ping_roles=_in_order(settings.ping_roles),
        tiers_hidden=tuple(tier for tier in DealTier if tier in settings.tiers_hidden),
    )
    old = set() if before is None else set(_faults(before))
    for wrong in _faults(settings):
        if wrong not in old:
            raise InvalidInput(wrong)
    return settings


def _tidy(words: Sequence[str] | Iterator[str]) -> tuple[str, ...]:
    return tuple(sorted({" ".join(word.split()) for word in words} - {""}))


def _address(seller: str) -> str:
    """As listings have it: on Polygon capitals are only there to notice slips of the pen."""
    word = seller.strip()
    return word.lower() if word[:2] in {"0x", "0X"} else word


def _in_order(of_tiers: dict[DealTier, int]) -> dict[DealTier, int]:
    return {tier: of_tiers[tier] for tier in DealTier if tier in of_tiers}


def _faults(settings: ServerSettings) -> Iterator[str]:
    yield from _place_faults(settings)
    yield from _rhythm_faults(settings)
    yield from _call_faults(settings.policy)
    yield from _filter_faults(settings.policy)


def _place_faults(settings: ServerSettings) -> Iterator[str]:
    ids = [settings.channel_id, settings.trace_channel_id]
    ids += [*settings.tier_channels.values(), *settings.ping_roles.values()]
    if any(id is not None and not 0 < id <= _ID_MAX for id in ids):
        yield "That is no channel or role of Discord."
    if not set(settings.tier_channels) <= set(ROUTED):
        yield "SUSPICIOUS goes to the trace channel and nowhere else."
    if not set(settings.ping_roles) <= PINGS:
        yield "Only GOLD and HIGH can ping a role."
    if set(settings.tiers_hidden) - set(ROUTED):
        yield "SUSPICIOUS is shown in the trace channel or nowhere: leave the trace channel out to hide it."
    if set(settings.tiers_hidden) >= set(ROUTED):
        yield "Show at least one call, or nothing would ever be posted."


def _rhythm_faults(settings: ServerSettings) -> Iterator[str]:
    if not 1 <= settings.posts_per_hour <= POSTS_PER_HOUR_MAX:
        yield f"Posts an hour must be between 1 and {POSTS_PER_HOUR_MAX}."
    if not 100 <= settings.repeat_fall_bps <= 9_000:
        yield "The fall of the price after which a listing is posted again must be between 1 % and 90 %."
    if not 0 <= settings.repeat_after_minutes <= REPEAT_AFTER_MINUTES_MAX:
        yield "The wait before a listing is posted again must be between 0 minutes and 7 days."
    if settings.quiet is not None:
        yield from _quiet_faults(settings.quiet)


def _quiet_faults(quiet: QuietHours) -> Iterator[str]:
    minutes = (quiet.starts_minute, quiet.ends_minute)
    if not all(0 <= minute < MINUTES_A_DAY for minute in minutes):
        yield "Quiet hours begin and end between 00:00 and 23:59."
    if minutes[0] == minutes[1]:
        yield "Quiet hours must end at another time than they begin."
    if not is_zone(quiet.zone):
        yield "Quiet hours: that time zone is not known."


def _call_faults(policy: DealPolicy) -> Iterator[str]:
    tiers = [rule.tier for rule in policy.tiers]
    if (
        tiers != [tier for tier in (DealTier.GOLD, DealTier.HIGH, DealTier.INFO) if tier in tiers]
        or not tiers
    ):
        yield "The calls are GOLD, HIGH and INFO, in this order."
    discounts = [policy.suspicious_bps, *(rule.discount_min_bps for rule in policy.tiers)]
    if not all(100 <= bps < BPS for bps in (*discounts, policy.look_bps, policy.doubtful_bps)):
        yield "Every discount must be between 1 % and 99.99 %."
    if any(below >= above for above, below in pairwise(discounts)):
        yield "The discounts must go down: SUSPICIOUS above GOLD, GOLD above HIGH, HIGH above INFO."
    if policy.look_bps >= policy.suspicious_bps:
        yield "LOOK must begin below SUSPICIOUS."
    if not 1 <= policy.confidence_min <= 100:
        yield "The confidence must be between 1 and 100."
    if not 100 <= policy.payout_bps <= BPS:
        yield "The payout must be between 1 % and 100 %."
    least = [rule.net_profit_min_usd_micros or 0 for rule in policy.tiers]
    if not all(0 <= money <= MONEY_MAX_USD_MICROS for money in (policy.fees_usd_micros, *least)):
        yield "Fees and net profits must be between $0 and $10,000,000."


def _filter_faults(policy: DealPolicy) -> Iterator[str]:
    if not policy.graders:
        yield "Choose at least one grader."
    if any(blocking.is_empty(word) for word in policy.keywords_blocked):
        yield "A blocked word must say something: a star alone blocks nothing, `mew*` blocks Mew and Mewtwo."
    blocked = tuple(map(blocking.letters_of, policy.keywords_blocked))
    if any("*" in letters for letters in blocked):
        yield "A star may begin or end a blocked word, as in `mew*`, and stand nowhere else."
    lists = (
        ("categories", policy.categories, CATEGORIES_MAX, CATEGORY_LENGTH),
        ("blocked words", blocked, KEYWORDS_MAX, KEYWORD_LENGTH),
        ("blocked sellers", policy.sellers_blocked, SELLERS_MAX, SELLER_LENGTH),
    )
    for name, words, count_max, (shortest, longest) in lists:
        if len(words) > count_max:
            yield f"At most {count_max} {name} fit; these are {len(words)}."
        if not all(shortest <= len(word) <= longest for word in words):
            yield f"The {name} must have {shortest} to {longest} letters each."
    low, high = policy.price_min_usd_micros, policy.price_max_usd_micros
    if not 1 <= low <= MONEY_MAX_USD_MICROS or (high is not None and not 1 <= high <= MONEY_MAX_USD_MICROS):
        yield "A price must be above $0, and at most $10,000,000."
    if high is not None and high <= low:
        yield "The highest price must be above the lowest."
