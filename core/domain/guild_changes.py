"""How the choices of a server change: what differs, how two changes at once become one, the audit."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from core.domain.guilds import Guild, ServerSettings

WORDS: dict[str, str] = {
    "channel_id": "channel for deals",
    "tier_channels": "channels by call",
    "tiers_hidden": "calls shown",
    "ping_roles": "ping roles",
    "trace_channel_id": "trace channel",
    "posts_per_hour": "posts an hour",
    "repeat_fall_bps": "repeat rule",
    "repeat_after_minutes": "repeat rule",
    "quiet": "quiet hours",
    "confidence_min": "confidence",
    "suspicious_bps": "SUSPICIOUS",
    "doubtful_bps": "UNDETERMINED",
    "tiers": "GOLD, HIGH and INFO",
    "look_bps": "LOOK",
    "payout_bps": "payout",
    "fees_usd_micros": "fees",
    "graders": "graders",
    "categories": "categories",
    "keywords_blocked": "blocked words",
    "sellers_blocked": "blocked sellers",
    "price_min_usd_micros": "price window",
    "price_max_usd_micros": "price window",
}
"""What each choice is called in the audit."""


class Change(msgspec.Struct, frozen=True):
    """One version in the audit; `by` is None where nobody knows any more. `what` names what it changed."""

    n: int
    by: int | None
    at: datetime
    what: str
    settings: ServerSettings


class Draft(msgspec.Struct, frozen=True):
    """What an admin is about to choose: `settings`, begun from `base`, which is version `base_n`.

    `guild` is the server as it is now.
    """

    base_n: int
    base: ServerSettings
    settings: ServerSettings
    guild: Guild

    @property
    def result(self) -> ServerSettings:
        """What would hold after saving."""
        return merged(self.base, self.settings, self.guild.settings)

    @property
    def disputed(self) -> str:
        """What somebody else changed meanwhile, and otherwise; empty when nothing."""
        both = set(changed(self.base, self.settings)) & set(changed(self.base, self.guild.settings))
        return in_words(name for name in changed(self.settings, self.guild.settings) if name in both)


def flat(settings: ServerSettings) -> dict[str, object]:
    """Every choice by its name, those of the policy among them."""
    own = {name: getattr(settings, name) for name in settings.__struct_fields__ if name != "policy"}
    return own | {name: getattr(settings.policy, name) for name in settings.policy.__struct_fields__}


def changed(before: ServerSettings, after: ServerSettings) -> tuple[str, ...]:
    """The names of the choices that differ."""
    old, new = flat(before), flat(after)
    return tuple(name for name in old if old[name] != new[name])


def what_changed(before: ServerSettings, after: ServerSettings) -> str:
    """The choices that differ in words, each once; empty when there are none."""
    return in_words(changed(before, after))


def in_words(names: Iterable[str]) -> str:
    """The choices of these names, each once."""
    return ", ".join(dict.fromkeys(WORDS[name] for name in names))


def merged(base: ServerSettings, mine: ServerSettings, theirs: ServerSettings) -> ServerSettings:
    """What differs between `base` and `mine`, applied to `theirs`."""
    values = {name: value for name, value in flat(mine).items() if name in changed(base, mine)}
    of_policy = {name: values.pop(name) for name in mine.policy.__struct_fields__ if name in values}
    policy = msgspec.structs.replace(theirs.policy, **of_policy)
    return msgspec.structs.replace(theirs, policy=policy, **values)
