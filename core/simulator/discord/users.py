"""People and the bot, as accounts."""

from dataclasses import dataclass

from .wire import Json


@dataclass(slots=True, eq=False)
class User:
    """An account. avatar_color is for the demo page only.

    refuses_dms_with: 50007 or 50278, which the bot gets for writing to this person; None when it may.
    """

    id: int
    name: str
    display_name: str
    avatar_color: str
    is_bot: bool = False
    refuses_dms_with: int | None = None
    locale: str = "en-US"

    def to_json(self) -> Json:
        """As others see it."""
        return {
            "id": str(self.id),
            "username": self.name,
            "global_name": None if self.is_bot else self.display_name,
            "discriminator": "0",
            "avatar": None,
            "avatar_decoration_data": None,
            "public_flags": 0,
            "flags": 0,
            "bot": self.is_bot,
            "system": False,
            "banner": None,
            "accent_color": None,
            "primary_guild": None,
        }

    def to_own_json(self) -> Json:
        """As the account itself sees it."""
        own: Json = {"mfa_enabled": False, "verified": True, "email": None, "locale": self.locale}
        return self.to_json() | own
