"""What a server has chosen."""

import msgspec

from core.domain.deals import DEFAULT_POLICY, DealPolicy, DealTier

POSTS_PER_HOUR = 20
REPEAT_FALL_BPS = 500
REPEAT_AFTER_MINUTES = 60


class QuietHours(msgspec.Struct, frozen=True):
    """From one minute of the day to another in the server's own time zone; may pass midnight."""

    starts_minute: int
    ends_minute: int
    zone: str = "UTC"


class ServerSettings(msgspec.Struct, frozen=True):
    """Everything an admin chooses. Without `channel_id` nothing is posted.

    `tier_channels` are tiers that go elsewhere than to `channel_id`, `tiers_hidden` those that go nowhere.
    `trace_channel_id` is for what is too good to be true, and for prices in quarantine. The same listing is
    posted again when its tier rises, or when its price fell by `repeat_fall_bps` at least
    `repeat_after_minutes` after the post before.
    """

    policy: DealPolicy = DEFAULT_POLICY
    channel_id: int | None = None
    tier_channels: dict[DealTier, int] = {}
    ping_roles: dict[DealTier, int] = {}
    trace_channel_id: int | None = None
    posts_per_hour: int = POSTS_PER_HOUR
    repeat_fall_bps: int = REPEAT_FALL_BPS
    repeat_after_minutes: int = REPEAT_AFTER_MINUTES
    quiet: QuietHours | None = None
    tiers_hidden: tuple[DealTier, ...] = ()

    def channel_of(self, tier: DealTier) -> int | None:
        """Where a deal of the tier goes; None for nowhere."""
        if self.channel_id is None or tier in self.tiers_hidden:
            return None
        if tier is DealTier.SUSPICIOUS:
            return self.trace_channel_id
        return self.tier_channels.get(tier, self.channel_id)

    @property
    def traces_channel_id(self) -> int | None:
        """Where prices that cannot be meant are told; None for nowhere."""
        return None if self.channel_id is None else self.trace_channel_id

    @property
    def channels(self) -> frozenset[int]:
        """Every channel that is posted to."""
        chosen = (self.channel_id, self.trace_channel_id, *self.tier_channels.values())
        return frozenset(channel_id for channel_id in chosen if channel_id is not None)


DEFAULT_SETTINGS = ServerSettings()


class Guild(msgspec.Struct, frozen=True):
    """One server. Without a channel nothing is posted; `paused_because` says why posting stopped.

    `settings_n` is the number of the version of its settings; 0 before anything was chosen.
    """

    id: int
    name: str
    settings: ServerSettings = DEFAULT_SETTINGS
    paused_because: str | None = None
    settings_n: int = 0

    @property
    def policy(self) -> DealPolicy:
        return self.settings.policy

    @property
    def deals_channel_id(self) -> int | None:
        return self.settings.channel_id
