"""Questions asked with a token that the vendor lends for our credentials (OAuth 2, client credentials)."""

import asyncio
from collections.abc import Collection, Mapping
from functools import partial
from typing import Annotated

import msgspec

from core.clock import Clock
from core.errors import SourceRefused
from core.sources.http.cache import Fetched
from core.sources.http.client import Params, Vendor
from core.sources.http.parsing import decode

EARLY_S = 300.0  # so long before its end a token is replaced

_UNAUTHORIZED = 401
_NOT_ACCEPTED = (400,)  # how the standard lets a vendor say that the credentials are wrong


class Lent(msgspec.Struct, frozen=True):
    """A token as it is lent; the text is fit for a header."""

    access_token: Annotated[str, msgspec.Meta(pattern=r"\A[\x21-\x7e]{1,8000}\Z")]
    expires_in: Annotated[int, msgspec.Meta(gt=0, le=10**9)]


class Lender:
    """Asks a vendor with its own token: lent when first needed, replaced before its end, or when refused.

    Callers that need a token at the same time wait for one question.
    """

    def __init__(
        self,
        vendor: Vendor,
        clock: Clock,
        *,
        path: str,
        form: Mapping[str, str],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._vendor = vendor
        self._clock = clock
        self._path = path
        self._form = form
        self._headers = headers
        self._token: str | None = None
        self._until = 0.0
        self._asking = asyncio.Lock()

    async def get(self, path: str, *, params: Params | None = None, fresh: bool = False) -> Fetched:
        """As Vendor.get."""
        fetched = await self.find(path, params=params, missing=(), fresh=fresh)
        assert fetched is not None
        return fetched

    async def find(
        self,
        path: str,
        *,
        params: Params | None = None,
        missing: Collection[int] = (404,),
        fresh: bool = False,
    ) -> Fetched | None:
        """As Vendor.find; a token that is refused is replaced once."""
        find = partial(self._vendor.find, path, params=params, missing=missing, fresh=fresh)
        token = await self._current()
        try:
            return await find(headers=_bearer(token))
        except SourceRefused as error:
            if error.status != _UNAUTHORIZED:
                raise
            self._drop(token)
        return await find(headers=_bearer(await self._current()))

    async def _current(self) -> str:
        async with self._asking:
            if self._token is None or self._clock.monotonic() >= self._until:
                lent = await self._lend()
                self._token = lent.access_token
                self._until = self._clock.monotonic() + max(lent.expires_in - EARLY_S, lent.expires_in / 2)
            return self._token

    async def _lend(self) -> Lent:
        fetched = await self._vendor.post_form(
            self._path, self._form, headers=self._headers, missing=_NOT_ACCEPTED
        )
        if fetched is None:
            raise SourceRefused(self._vendor.source, "lends no token for our credentials", status=400)
        return decode(fetched, Lent)

    def _drop(self, token: str) -> None:
        """Unless another caller has replaced it already."""
        if self._token == token:
            self._token = None


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
