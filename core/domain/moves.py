"""Where a post that nobody saw belongs by the settings of now."""

from core.domain.guilds import ServerSettings
from core.domain.notices import TracePost
from core.domain.posts import DealPost, DigestPost, Payload


def places_of(payload: Payload, settings: ServerSettings) -> frozenset[int | None]:
    """The channels that the settings name for what the post shows; None among them for nowhere.

    Empty for what no settings place: notices, and what somebody asked for in a channel.
    """
    match payload:
        case DealPost():
            return frozenset({settings.channel_of(payload.tier)})
        case DigestPost():
            return frozenset(settings.channel_of(line.tier) for line in payload.lines)
        case TracePost():
            return frozenset({settings.traces_channel_id})
        case _:
            return frozenset()
