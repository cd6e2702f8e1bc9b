"""What a server has chosen."""

import msgspec

from core.domain.deals import DEFAULT_POLICY, DealPolicy


class Guild(msgspec.Struct, frozen=True):
    """One server. Without a channel nothing is posted; `paused_because` says why posting stopped."""

    id: int
    name: str
    deals_channel_id: int | None = None
    policy: DealPolicy = DEFAULT_POLICY
    paused_because: str | None = None
