"""The state of a listing from whoever answers: the vendor of a venue may be away, or gone for good."""

from datetime import datetime

import msgspec

from core.domain.listings import Mint, Report, Wallet
from core.errors import SourceError
from core.sources.base import ListingStateSource, LiveListing


class FirstToAnswer:
    """Asks the first source, and the second one when the first does not answer."""

    def __init__(self, first: ListingStateSource, second: ListingStateSource) -> None:
        self.name = first.name
        self._first = first
        self._second = second

    async def live(self, mint: Mint) -> LiveListing | None:
        try:
            return await self._first.live(mint)
        except SourceError:
            live = await self._second.live(mint)
        return None if live is None else msgspec.structs.replace(live, told_by=self._second.name)

    async def ending(self, mint: Mint, seller: Wallet, since: datetime) -> Report | None:
        try:
            return await self._first.ending(mint, seller, since)
        except SourceError:
            return await self._second.ending(mint, seller, since)
