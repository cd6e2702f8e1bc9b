"""Who somebody is, by an account that they have elsewhere."""

from datetime import datetime
from typing import Protocol

import msgspec

from core.domain.access import Membership, Person
from core.domain.listings import SourceName
from core.settings import Secret


class Grant(msgspec.Struct, frozen=True):
    """A person let us see who they are, until then at the latest."""

    token: Secret
    until: datetime


class SignInSource(Protocol):
    """A person is sent to `page`, and comes back to `back_to` with the same state and a code."""

    name: SourceName

    def page(self, *, state: str, back_to: str) -> str: ...

    async def grant(self, code: str, *, back_to: str) -> Grant | None:
        """None for a code that is unknown, used, late, or was for another address."""
        ...

    async def person(self, grant: Grant) -> Person | None:
        """None when the grant was taken back, or is over."""
        ...

    async def memberships(self, grant: Grant) -> tuple[Membership, ...] | None:
        """As they are now; None when the grant was taken back, or is over."""
        ...

    async def give_back(self, grant: Grant) -> None:
        """The grant is of no more use to anybody."""
        ...
