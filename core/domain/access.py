"""People as Discord knows them, and what they may do in their servers."""

import msgspec

_ADMINISTRATOR = 1 << 3
_MANAGE_GUILD = 1 << 5


class Person(msgspec.Struct, frozen=True):
    """Somebody's account; `name` is the one shown."""

    id: int
    name: str


class Membership(msgspec.Struct, frozen=True):
    """A server that somebody is in. `permissions` are Discord's bits, as they were when it was asked."""

    guild_id: int
    guild_name: str
    is_owner: bool
    permissions: int

    @property
    def is_admin(self) -> bool:
        """May they change how the bot behaves there?"""
        return self.is_owner or bool(self.permissions & (_ADMINISTRATOR | _MANAGE_GUILD))
