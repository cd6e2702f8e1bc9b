"""The parts of a server's settings that are changed together: the form of each, and what it chooses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import discord
import msgspec

from cogs.ui.entries import dollars, minute, percent, whole, words
from cogs.ui.forms import Entries, Field, channel_field, choice_field, list_field, role_field, text_field
from cogs.ui.settings_texts import clock
from cogs.ui.text import clean
from core.domain.catalog import Grader
from core.domain.deals import DealPolicy, DealTier, TierRule
from core.domain.guild_rules import KEYWORDS_MAX, ROUTED, SELLERS_MAX
from core.domain.guilds import QuietHours, ServerSettings
from core.domain.money import USD_MICROS
from core.domain.zones import zone_named
from core.errors import InvalidInput

GOLD, HIGH = DealTier.GOLD, DealTier.HIGH
BEST = (GOLD, HIGH, DealTier.INFO)
NO_CHANNEL = "Leave empty for the channel for deals"
NO_ROLE = "Leave empty to ping nobody"
UNDER_VALUE = "Percent under the value, at least"
HINT_LENGTH_MAX = 100
CARDS = "cards"


@dataclass(frozen=True, slots=True)
class Part:
    """What one form changes: `fields` shows what holds, `choose` is what was entered."""

    key: str
    title: str
    description: str
    fields: Callable[[ServerSettings], Sequence[Field]]
    choose: Callable[[ServerSettings, Entries], ServerSettings]


def _places(settings: ServerSettings) -> list[Field]:
    trace = "For what is too good to be true; leave empty for none"
    return [
        channel_field("deals", "Deals", settings.channel_id, hint="Leave empty to post nothing"),
        channel_field("trace", "Trace", settings.trace_channel_id, hint=trace),
    ]


def _choose_places(settings: ServerSettings, given: Entries) -> ServerSettings:
    deals, trace = _id(given["deals"]), _id(given["trace"])
    return msgspec.structs.replace(settings, channel_id=deals, trace_channel_id=trace)


def _tier_channels(settings: ServerSettings) -> list[Field]:
    of_tier = settings.tier_channels.get
    return [channel_field(tier, tier.upper(), of_tier(tier), hint=NO_CHANNEL) for tier in ROUTED]


def _choose_tier_channels(settings: ServerSettings, given: Entries) -> ServerSettings:
    chosen = {tier: _id(given[tier]) for tier in ROUTED}
    own = {tier: id for tier, id in chosen.items() if id is not None}
    return msgspec.structs.replace(settings, tier_channels=own)


def _calls(settings: ServerSettings) -> list[Field]:
    shown = [
        discord.SelectOption(label=tier.upper(), value=tier, default=tier not in settings.tiers_hidden)
        for tier in ROUTED
    ]
    of_tier = settings.ping_roles.get
    return [
        choice_field("shown", "Posted", shown, hint="The calls that are posted at all"),
        role_field(GOLD, "Pinged for GOLD", of_tier(GOLD), hint=NO_ROLE),
        role_field(HIGH, "Pinged for HIGH", of_tier(HIGH), hint=NO_ROLE),
    ]


def _choose_calls(settings: ServerSettings, given: Entries) -> ServerSettings:
    hidden = tuple(tier for tier in ROUTED if tier not in given["shown"])
    chosen = {tier: _id(given[tier]) for tier in (GOLD, HIGH)}
    roles = {tier: id for tier, id in chosen.items() if id is not None}
    return msgspec.structs.replace(settings, tiers_hidden=hidden, ping_roles=roles)


def _discounts(settings: ServerSettings) -> list[Field]:
    policy = settings.policy
    least = {rule.tier: rule.discount_min_bps for rule in policy.tiers}
    least |= {DealTier.LOOK: policy.look_bps, DealTier.SUSPICIOUS: policy.suspicious_bps}
    tiers = (*BEST, DealTier.LOOK, DealTier.SUSPICIOUS)
    return [text_field(tier, f"{tier.upper()} %", _bps(least.get(tier)), hint=UNDER_VALUE) for tier in tiers]


def _choose_discounts(settings: ServerSettings, given: Entries) -> ServerSettings:
    policy = settings.policy
    money = {rule.tier: rule.net_profit_min_usd_micros for rule in policy.tiers}
    tiers = tuple(TierRule(tier, _percent(given, tier), money.get(tier)) for tier in BEST)
    look, suspicious = _percent(given, DealTier.LOOK), _percent(given, DealTier.SUSPICIOUS)
    return _with(settings, tiers=tiers, look_bps=look, suspicious_bps=suspicious)


def _profits(settings: ServerSettings) -> list[Field]:
    hint = "Dollars left after fees, at least; leave empty to ask for none"
    of_tier = {rule.tier: rule.net_profit_min_usd_micros for rule in settings.policy.tiers}
    return [
        text_field(tier, f"{tier.upper()} $", _usd(of_tier.get(tier)), hint=hint, is_required=False)
        for tier in BEST
    ]


def _choose_profits(settings: ServerSettings, given: Entries) -> ServerSettings:
    least = {tier: _dollars(given, tier) for tier in BEST}
    tiers = tuple(
        msgspec.structs.replace(rule, net_profit_min_usd_micros=least[rule.tier])
        for rule in settings.policy.tiers
    )
    return _with(settings, tiers=tiers)


def _trust(settings: ServerSettings) -> list[Field]:
    doubt = "From this far under the value, differing variant words are UNDETERMINED"
    policy = settings.policy
    return [
        text_field("confidence", "Confidence", str(policy.confidence_min), hint="1 to 100; below it: LOOK"),
        text_field("doubtful", "UNDETERMINED %", _bps(policy.doubtful_bps), hint=doubt),
    ]


def _choose_trust(settings: ServerSettings, given: Entries) -> ServerSettings:
    confidence = whole(given["confidence"][0], "Confidence")
    return _with(
        settings, confidence_min=confidence, doubtful_bps=_percent(given, "doubtful", "UNDETERMINED")
    )


def _costs(settings: ServerSettings) -> list[Field]:
    policy = settings.policy
    paid = "What is left of a sale at the value, before the fees"
    return [
        text_field("payout", "Payout %", _bps(policy.payout_bps), hint=paid),
        text_field("fees", "Fees $", _usd(policy.fees_usd_micros), hint="A fixed sum for each card"),
    ]


def _choose_costs(settings: ServerSettings, given: Entries) -> ServerSettings:
    payout, fees = _percent(given, "payout", "Payout"), _dollars(given, "fees", "Fees")
    return _with(settings, payout_bps=payout, fees_usd_micros=fees or 0)


def card_fields(settings: ServerSettings, known: Sequence[str] = ()) -> list[Field]:
    """The form of the cards; `known` are the categories that were seen, to be named in it."""
    policy = settings.policy
    seen = (
        f"One a line; leave empty for all. Seen: {', '.join(known)}" if known else "One a line, empty for all"
    )
    graders = [
        discord.SelectOption(label=grader, value=grader, default=grader in policy.graders)
        for grader in Grader
    ]
    low = "" if policy.price_min_usd_micros <= 1 else _usd(policy.price_min_usd_micros)
    any_price = "Dollars; leave empty for any"
    return [
        choice_field("graders", "Graders", graders, hint="Only their grades are looked at"),
        list_field("categories", "Categories", policy.categories, hint=clean(seen, HINT_LENGTH_MAX)),
        text_field("low", "Lowest price $", low, hint=any_price, is_required=False),
        text_field(
            "high", "Highest price $", _usd(policy.price_max_usd_micros), hint=any_price, is_required=False
        ),
    ]


def _choose_cards(settings: ServerSettings, given: Entries) -> ServerSettings:
    return _with(
        settings,
        graders=tuple(grader for grader in Grader if grader in given["graders"]),
        categories=words(given["categories"][0]),
        price_min_usd_micros=_dollars(given, "low", "Lowest price") or 1,
        price_max_usd_micros=_dollars(given, "high", "Highest price"),
    )


def _blocks(settings: ServerSettings) -> list[Field]:
    of_words = f"One a line, at most {KEYWORDS_MAX}: whole words of a title; mew* is Mew and Mewtwo"
    of_sellers = f"One address a line, at most {SELLERS_MAX}"
    policy = settings.policy
    return [
        list_field("words", "Blocked words", policy.keywords_blocked, hint=of_words),
        list_field("sellers", "Blocked sellers", policy.sellers_blocked, hint=of_sellers),
    ]


def _choose_blocks(settings: ServerSettings, given: Entries) -> ServerSettings:
    blocked = words(given["words"][0])
    return _with(settings, keywords_blocked=blocked, sellers_blocked=words(given["sellers"][0]))


def _rhythm(settings: ServerSettings) -> list[Field]:
    fall = "The same listing again when its price fell by so much"
    wait = "Minutes after the post before; a rise of its call never waits"
    return [
        text_field("hourly", "Posts an hour", str(settings.posts_per_hour), hint="1 to 60 in a channel"),
        text_field("fall", "Price fall %", _bps(settings.repeat_fall_bps), hint=fall),
        text_field("wait", "Wait", str(settings.repeat_after_minutes), hint=wait),
    ]


def _choose_rhythm(settings: ServerSettings, given: Entries) -> ServerSettings:
    return msgspec.structs.replace(
        settings,
        posts_per_hour=whole(given["hourly"][0], "Posts an hour"),
        repeat_fall_bps=percent(given["fall"][0], "Price fall"),
        repeat_after_minutes=whole(given["wait"][0], "Wait"),
    )


def _quiet(settings: ServerSettings) -> list[Field]:
    hours = settings.quiet
    none = "Such as 22:00; leave both times empty for no quiet hours"
    begins, ends = ("", "") if hours is None else (clock(hours.starts_minute), clock(hours.ends_minute))
    return [
        text_field("begins", "Begin", begins, hint=none, is_required=False),
        text_field("ends", "End", ends, hint="Such as 7:30 or 7 am", is_required=False),
        text_field(
            "zone", "Time zone", hours.zone if hours else "", hint="A city such as Berlin", is_required=False
        ),
    ]


def _choose_quiet(settings: ServerSettings, given: Entries) -> ServerSettings:
    begins, ends, zone = (given[name][0] for name in ("begins", "ends", "zone"))
    if not begins and not ends:
        return msgspec.structs.replace(settings, quiet=None)
    if not zone:
        raise InvalidInput("Type the time zone as well: the nearest large city, such as Berlin or New York.")
    hours = QuietHours(minute(begins, "Begin"), minute(ends, "End"), zone_named(zone))
    return msgspec.structs.replace(settings, quiet=hours)


PARTS: tuple[Part, ...] = (
    Part("places", "Channels", "For deals, and for what is too good to be true", _places, _choose_places),
    Part("routes", "Channels by call", "GOLD here, LOOK there", _tier_channels, _choose_tier_channels),
    Part("calls", "What is posted, who is pinged", "Calls that are shown, and roles", _calls, _choose_calls),
    Part("discounts", "Discounts", "How far under its value for each call", _discounts, _choose_discounts),
    Part("profits", "Net profit", "The least that must be left for each call", _profits, _choose_profits),
    Part("trust", "Confidence", "How sure a value must be", _trust, _choose_trust),
    Part("costs", "Payout and fees", "What net profit is reckoned with", _costs, _choose_costs),
    Part(CARDS, "Cards", "Graders, categories, price window", card_fields, _choose_cards),
    Part("blocks", "Blocked words and sellers", "What is never shown", _blocks, _choose_blocks),
    Part("rhythm", "How often", "Posts an hour, the same listing again", _rhythm, _choose_rhythm),
    Part("quiet", "Quiet hours", "When INFO and LOOK wait for one digest", _quiet, _choose_quiet),
)


def part_of(key: str) -> Part:
    """Raises InvalidInput for a form of another version of ours."""
    found = next((part for part in PARTS if part.key == key), None)
    if found is None:
        raise InvalidInput("This form is no longer in use: open /settings again.")
    return found


def _with(settings: ServerSettings, **changes: object) -> ServerSettings:
    policy: DealPolicy = msgspec.structs.replace(settings.policy, **changes)
    return msgspec.structs.replace(settings, policy=policy)


def _id(values: Sequence[str]) -> int | None:
    return int(values[0]) if values and values[0] else None


def _percent(given: Entries, name: str, label: str = "") -> int:
    return percent(given[name][0], label or name.upper())


def _dollars(given: Entries, name: str, label: str = "") -> int | None:
    text = given[name][0]
    return dollars(text, label or name.upper()) if text else None


def _bps(bps: int | None) -> str:
    return "" if bps is None else f"{bps / 100:g}"


def _usd(micros: int | None) -> str:
    return "" if micros is None else f"{micros / USD_MICROS:.2f}".removesuffix(".00")
