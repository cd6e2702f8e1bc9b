"""Guilds with their channels, roles and members, and private channels."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from .users import User
from .wire import Json, iso

TEXT: Final = 0
PRIVATE: Final = 1


@dataclass(slots=True, eq=False)
class Role:
    """Permissions under a name. A managed role belongs to the bot."""

    id: int
    name: str
    permissions: int
    position: int
    color: int = 0
    is_mentionable: bool = False
    is_managed: bool = False

    def to_json(self) -> Json:
        """Discord's role object."""
        return {
            "id": str(self.id),
            "name": self.name,
            "permissions": str(int(self.permissions)),
            "position": self.position,
            "color": self.color,
            "colors": {"primary_color": self.color, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": self.is_managed,
            "mentionable": self.is_mentionable,
            "icon": None,
            "unicode_emoji": None,
            "flags": 0,
        }


@dataclass(frozen=True, slots=True)
class Overwrite:
    """What a channel changes for a role or a member."""

    target_id: int
    is_member: bool
    allow: int = 0
    deny: int = 0

    def to_json(self) -> Json:
        """Discord's overwrite object."""
        return {
            "id": str(self.target_id),
            "type": int(self.is_member),
            "allow": str(int(self.allow)),
            "deny": str(int(self.deny)),
        }


@dataclass(slots=True, eq=False)
class Channel:
    """A text channel of a guild, or a private channel: then guild_id is None and recipient is set."""

    id: int
    name: str
    guild_id: int | None
    position: int = 0
    topic: str | None = None
    recipient: User | None = None
    last_message_id: int | None = None
    overwrites: dict[int, Overwrite] = field(default_factory=dict)

    @property
    def type(self) -> int:
        """Discord's channel type."""
        return PRIVATE if self.guild_id is None else TEXT

    def to_json(self) -> Json:
        """Discord's channel object."""
        last = None if self.last_message_id is None else str(self.last_message_id)
        shared: Json = {"id": str(self.id), "type": self.type, "flags": 0, "last_message_id": last}
        if self.guild_id is None:
            return shared | {"recipients": [self.recipient.to_json()] if self.recipient else []}
        return shared | {
            "guild_id": str(self.guild_id),
            "name": self.name,
            "position": self.position,
            "topic": self.topic,
            "nsfw": False,
            "parent_id": None,
            "rate_limit_per_user": 0,
            "permission_overwrites": [overwrite.to_json() for overwrite in self.overwrites.values()],
        }


@dataclass(slots=True, eq=False)
class Member:
    """A user's place in a guild."""

    user: User
    role_ids: list[int]
    joined_at: datetime

    def to_partial_json(self) -> Json:
        """Without the user, as it rides along with messages."""
        return {
            "roles": [str(role_id) for role_id in self.role_ids],
            "nick": None,
            "avatar": None,
            "banner": None,
            "joined_at": iso(self.joined_at),
            "premium_since": None,
            "communication_disabled_until": None,
            "deaf": False,
            "mute": False,
            "pending": False,
            "flags": 0,
        }

    def to_json(self) -> Json:
        """Discord's member object."""
        return self.to_partial_json() | {"user": self.user.to_json()}


@dataclass(slots=True, eq=False)
class Guild:
    """A server. The role with the guild's own id is @everyone."""

    id: int
    name: str
    owner_id: int
    roles: dict[int, Role] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    locale: str = "en-US"

    def to_partial_json(self) -> Json:
        """As `GET /users/@me/guilds` and interactions show it."""
        return {"id": str(self.id), "name": self.name, "icon": None, "banner": None, "features": []}

    def to_json(self) -> Json:
        """Discord's guild object."""
        return (
            self.to_partial_json()
            | _SETTINGS
            | {
                "owner_id": str(self.owner_id),
                "preferred_locale": self.locale,
                "roles": [role.to_json() for role in self.roles.values()],
                "approximate_member_count": len(self.members),
            }
        )


_SETTINGS: Final[Json] = {
    "description": None,
    "home_header": None,
    "splash": None,
    "discovery_splash": None,
    "application_id": None,
    "region": "deprecated",
    "afk_channel_id": None,
    "afk_timeout": 300,
    "system_channel_id": None,
    "system_channel_flags": 0,
    "widget_enabled": False,
    "widget_channel_id": None,
    "verification_level": 0,
    "default_message_notifications": 1,
    "mfa_level": 0,
    "explicit_content_filter": 0,
    "max_presences": None,
    "max_members": 500000,
    "max_stage_video_channel_users": 50,
    "max_video_channel_users": 25,
    "vanity_url_code": None,
    "premium_tier": 0,
    "premium_subscription_count": 0,
    "premium_progress_bar_enabled": False,
    "rules_channel_id": None,
    "safety_alerts_channel_id": None,
    "public_updates_channel_id": None,
    "nsfw": False,
    "nsfw_level": 0,
    "emojis": [],
    "stickers": [],
    "incidents_data": None,
}
