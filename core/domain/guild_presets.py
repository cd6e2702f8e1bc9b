"""What a newcomer is offered: which calls are posted, as three choices in place of many."""

from enum import StrEnum

import msgspec

from core.domain.deals import DealTier
from core.domain.guilds import ServerSettings


class Preset(StrEnum):
    """Quietest first."""

    BEST = "best"
    BALANCED = "balanced"
    EVERYTHING = "everything"


HIDDEN: dict[Preset, tuple[DealTier, ...]] = {
    Preset.BEST: (DealTier.INFO, DealTier.LOOK, DealTier.UNDETERMINED),
    Preset.BALANCED: (DealTier.UNDETERMINED,),
    Preset.EVERYTHING: (),
}


def with_preset(settings: ServerSettings, preset: Preset) -> ServerSettings:
    """The settings showing the calls of the preset; everything else stays."""
    return msgspec.structs.replace(settings, tiers_hidden=HIDDEN[preset])


def with_ping(settings: ServerSettings, role_id: int | None) -> ServerSettings:
    """One role for everything that may ping; None pings nobody."""
    roles = {} if role_id is None else {DealTier.GOLD: role_id, DealTier.HIGH: role_id}
    return msgspec.structs.replace(settings, ping_roles=roles)
