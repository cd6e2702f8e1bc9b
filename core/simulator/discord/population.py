"""The people, the server and the bot that every look-alike starts with. The ids never change."""

from datetime import UTC, datetime
from typing import Final

from .guilds import Channel, Guild, Member, Overwrite, Role
from .permissions import BOT, PEOPLE, READING, Permission
from .users import User

_BASE: Final = 1_100_000_000_000_000_000
BOT_ID: Final = _BASE + 1  # also the application's id, as with every newer application
ADA_ID: Final = _BASE + 11
TOM_ID: Final = _BASE + 12
WES_ID: Final = _BASE + 13
GUILD_ID: Final = _BASE + 100
DEALS_ID: Final = _BASE + 101
GENERAL_ID: Final = _BASE + 102
TRACE_ID: Final = _BASE + 103
ADMIN_ROLE_ID: Final = _BASE + 201
TRADER_ROLE_ID: Final = _BASE + 202
DEAL_PINGS_ROLE_ID: Final = _BASE + 203
BOT_ROLE_ID: Final = _BASE + 204
_FOUNDED: Final = datetime(2024, 1, 15, 12, tzinfo=UTC)


def demo_users() -> dict[int, User]:
    """Ada runs the server, Tom trades, Wes only watches; the bot serves them."""
    users = (
        User(BOT_ID, "cards-cartel", "Cards Cartel", "#e0a526", is_bot=True),
        User(ADA_ID, "ada", "Ada", "#8b5cf6"),
        User(TOM_ID, "tom", "Tom", "#10b981"),
        User(WES_ID, "wes", "Wes", "#3b82f6"),
    )
    return {user.id: user for user in users}


def demo_guild(users: dict[int, User]) -> Guild:
    """The one server of the demo."""
    guild = Guild(GUILD_ID, "Cards Cartel Demo", owner_id=ADA_ID)
    guild.roles = {role.id: role for role in _roles()}
    guild.channels = {channel.id: channel for channel in _channels()}
    roles = {
        BOT_ID: [BOT_ROLE_ID],
        ADA_ID: [ADMIN_ROLE_ID],
        TOM_ID: [TRADER_ROLE_ID, DEAL_PINGS_ROLE_ID],
        WES_ID: [],
    }
    guild.members = {
        user_id: Member(users[user_id], role_ids, _FOUNDED) for user_id, role_ids in roles.items()
    }
    return guild


def _roles() -> tuple[Role, ...]:
    watching = READING | Permission.USE_APPLICATION_COMMANDS
    return (
        Role(GUILD_ID, "@everyone", watching, 0),
        Role(DEAL_PINGS_ROLE_ID, "Deal pings", 0, 1, color=0xE0A526, is_mentionable=True),
        Role(TRADER_ROLE_ID, "Trader", PEOPLE, 2, color=0x10B981),
        Role(ADMIN_ROLE_ID, "Admin", Permission.ADMINISTRATOR, 3, color=0x8B5CF6),
        Role(BOT_ROLE_ID, "Cards Cartel", BOT, 4, is_managed=True),
    )


def _channels() -> tuple[Channel, ...]:
    hidden = {
        GUILD_ID: Overwrite(GUILD_ID, is_member=False, deny=Permission.VIEW_CHANNEL),
        BOT_ROLE_ID: Overwrite(BOT_ROLE_ID, is_member=False, allow=Permission.VIEW_CHANNEL),
    }
    return (
        Channel(DEALS_ID, "deals", GUILD_ID, 0, topic="Under-priced cards, as they are listed"),
        Channel(GENERAL_ID, "general", GUILD_ID, 1, topic="Talk, and commands"),
        Channel(TRACE_ID, "trace", GUILD_ID, 2, topic="What the bot looked at and why", overwrites=hidden),
    )
