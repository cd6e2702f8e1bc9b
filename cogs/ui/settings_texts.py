"""What a server chose, in words: each choice, all of them, and what a draft would change."""

from collections.abc import Callable, Sequence

from cogs.ui.format import count, percent, usd
from cogs.ui.text import plain
from core.domain.catalog import Grader
from core.domain.deals import PINGS, DealTier, TierRule
from core.domain.guild_changes import WORDS, changed
from core.domain.guild_rules import ROUTED
from core.domain.guilds import ServerSettings
from core.domain.wording import folded

ARROW = "→"
_LISTED_MAX = 5
_WORD_LENGTH_MAX = 40


def channel(channel_id: int | None) -> str:
    return "nowhere" if channel_id is None else f"<#{channel_id}>"


def role(role_id: int | None) -> str:
    return "nobody" if role_id is None else f"<@&{role_id}>"


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def calls_shown(settings: ServerSettings) -> str:
    return ", ".join(tier.upper() for tier in ROUTED if tier not in settings.tiers_hidden)


def tier_channels(settings: ServerSettings) -> str:
    own = [f"{tier.upper()} {channel(id)}" for tier, id in settings.tier_channels.items()]
    return ", ".join(own) or "all to the channel for deals"


def pings(settings: ServerSettings) -> str:
    roles = {tier: settings.ping_roles.get(tier) for tier in DealTier if tier in PINGS}
    if len(set(roles.values())) == 1:
        only = next(iter(roles.values()))
        return role(only) + (" for GOLD and HIGH" if only else "")
    return ", ".join(f"{tier.upper()} {role(id)}" for tier, id in roles.items())


def rule(rule: TierRule) -> str:
    text = f"{rule.tier.upper()} from {percent(rule.discount_min_bps)}"
    least = rule.net_profit_min_usd_micros
    return text if least is None else f"{text} and {usd(least)} net profit"


def lowest(micros: int) -> str:
    return "no lower end" if micros <= 1 else f"from {usd(micros)}"


def highest(micros: int | None) -> str:
    return "no upper end" if micros is None else f"to {usd(micros)}"


def price_window(settings: ServerSettings) -> str:
    low, high = settings.policy.price_min_usd_micros, settings.policy.price_max_usd_micros
    return "any" if low <= 1 and high is None else f"{lowest(low)}, {highest(high)}"


def quiet(settings: ServerSettings) -> str:
    if settings.quiet is None:
        return "none"
    hours = settings.quiet
    return f"{clock(hours.starts_minute)} to {clock(hours.ends_minute)}, {hours.zone}"


def after(minutes: int) -> str:
    return (
        f"not within {count(minutes, 'minute')} of the post before" if minutes else "as often as that happens"
    )


def listed(words: Sequence[str], otherwise: str) -> str:
    """The first few, and how many more."""
    shown = ", ".join(plain(word, _WORD_LENGTH_MAX) for word in words[:_LISTED_MAX])
    more = len(words) - _LISTED_MAX
    return (f"{shown} and {more} more" if more > 0 else shown) or otherwise


def unseen(categories: Sequence[str], known: Sequence[str]) -> str:
    """A warning of categories that no card had yet; a misspelt one would leave everything out."""
    seen = {folded(name) for name in known}
    strange = [name for name in categories if folded(name) not in seen]
    if not strange or not known:
        return ""
    return f"I have not seen any card of {listed(strange, '')} yet. I know {listed(known, '')}."


def graders(chosen: Sequence[Grader]) -> str:
    return "all" if len(chosen) == len(Grader) else ", ".join(chosen)


SHOWN: dict[str, Callable[[ServerSettings], str]] = {
    "channel_id": lambda s: channel(s.channel_id),
    "tier_channels": tier_channels,
    "tiers_hidden": calls_shown,
    "ping_roles": pings,
    "trace_channel_id": lambda s: channel(s.trace_channel_id),
    "posts_per_hour": lambda s: f"{s.posts_per_hour} in a channel",
    "repeat_fall_bps": lambda s: f"when its price fell by {percent(s.repeat_fall_bps)}",
    "repeat_after_minutes": lambda s: after(s.repeat_after_minutes),
    "quiet": quiet,
    "confidence_min": lambda s: f"{s.policy.confidence_min} or more",
    "suspicious_bps": lambda s: f"from {percent(s.policy.suspicious_bps)}",
    "doubtful_bps": lambda s: f"from {percent(s.policy.doubtful_bps)}",
    "tiers": lambda s: ", ".join(map(rule, s.policy.tiers)),
    "look_bps": lambda s: f"from {percent(s.policy.look_bps)}",
    "payout_bps": lambda s: percent(s.policy.payout_bps),
    "fees_usd_micros": lambda s: usd(s.policy.fees_usd_micros),
    "graders": lambda s: graders(s.policy.graders),
    "categories": lambda s: listed(s.policy.categories, "all"),
    "keywords_blocked": lambda s: listed(s.policy.keywords_blocked, "none"),
    "sellers_blocked": lambda s: listed(s.policy.sellers_blocked, "none"),
    "price_min_usd_micros": lambda s: lowest(s.policy.price_min_usd_micros),
    "price_max_usd_micros": lambda s: highest(s.policy.price_max_usd_micros),
}
"""Each choice by its name, as its value reads."""


def differences(before: ServerSettings, after: ServerSettings) -> list[str]:
    """A line for each choice that differs."""
    return [
        f"**{WORDS[name]}**: {SHOWN[name](before)} {ARROW} {SHOWN[name](after)}"
        for name in changed(before, after)
    ]


def sections(settings: ServerSettings) -> list[tuple[str, str]]:
    """Everything, under a few headings."""
    said = {name: show(settings) for name, show in SHOWN.items()}
    return [
        (
            "Where",
            f"Deals: {said['channel_id']}\nBy call: {said['tier_channels']}\n"
            f"Trace (SUSPICIOUS, doubtful prices): {said['trace_channel_id']}",
        ),
        ("What", f"Posted: {said['tiers_hidden']}\nPinged: {said['ping_roles']}"),
        (
            "Calls, by how far under its value",
            f"{said['tiers']}\nLOOK {said['look_bps']} · UNDETERMINED {said['doubtful_bps']} · "
            f"SUSPICIOUS {said['suspicious_bps']}\n"
            f"GOLD, HIGH and INFO need a confidence of {said['confidence_min']}",
        ),
        ("Net profit counts", f"{said['payout_bps']} paid out, {said['fees_usd_micros']} fees"),
        (
            "Cards",
            f"Graders: {said['graders']}\nCategories: {said['categories']}\n"
            f"Price: {price_window(settings)}\n"
            f"Blocked words: {said['keywords_blocked']}\nBlocked sellers: {said['sellers_blocked']}",
        ),
        (
            "How often",
            f"Posts an hour: {said['posts_per_hour']}; GOLD is exempt\n"
            f"The same listing again: when its call rises, or {said['repeat_fall_bps']}, "
            f"{said['repeat_after_minutes']}\nQuiet hours: {said['quiet']}",
        ),
    ]
