"""Who a message mentions and who is pinged by it, after allowed_mentions and permissions."""

import re
from dataclasses import dataclass
from typing import Final

from .guilds import Guild
from .wire import Json

_USER: Final = re.compile(r"<@!?(\d{15,20})>")
_ROLE: Final = re.compile(r"<@&(\d{15,20})>")
_EVERYONE: Final = re.compile(r"@(everyone|here)\b")


@dataclass(frozen=True, slots=True)
class Mentions:
    """What a text really mentions. Only these ping; a suppressed mention is just text."""

    user_ids: tuple[int, ...] = ()
    role_ids: tuple[int, ...] = ()
    is_everyone: bool = False


def find_mentions(
    content: str,
    allowed: Json | None,
    guild: Guild | None,
    *,
    may_mention_all: bool,
    replied_to: int | None = None,
) -> Mentions:
    """Parse a content. replied_to: the author of the message this one answers, None when it answers none."""
    users = [found for found in _ids(_USER, content) if _is_allowed("users", found, allowed)]
    if replied_to is not None and (allowed is None or allowed.get("replied_user", False)):
        users.append(replied_to)
    roles = [found for found in _ids(_ROLE, content) if _is_allowed("roles", found, allowed)]
    is_everyone = bool(_EVERYONE.search(content)) and _is_allowed("everyone", 0, allowed)
    return Mentions(
        user_ids=tuple(dict.fromkeys(users)),
        role_ids=tuple(role for role in roles if _may_ping(guild, role, may_mention_all)),
        is_everyone=is_everyone and guild is not None and may_mention_all,
    )


def pinged_people(mentions: Mentions, guild: Guild | None, author_id: int) -> tuple[int, ...]:
    """Everybody whose client would make a sound."""
    pinged = set(mentions.user_ids)
    if guild is not None:
        roles = set(mentions.role_ids)
        members = guild.members.values()
        pinged |= {
            member.user.id for member in members if mentions.is_everyone or roles & set(member.role_ids)
        }
    return tuple(sorted(pinged - {author_id}))


def _ids(pattern: re.Pattern[str], content: str) -> list[int]:
    return list(dict.fromkeys(int(found) for found in pattern.findall(content)))


def _is_allowed(kind: str, found: int, allowed: Json | None) -> bool:
    if allowed is None or kind in (allowed.get("parse") or []):
        return True
    return str(found) in {str(listed) for listed in allowed.get(kind) or []}


def _may_ping(guild: Guild | None, role_id: int, may_mention_all: bool) -> bool:
    role = guild.roles.get(role_id) if guild is not None else None
    return role is not None and (role.is_mentionable or may_mention_all)
