"""Discord as the place where people sign in: who somebody is, and what they may do in which server.

OAuth2's code flow, documented at https://discord.com/developers/docs/topics/oauth2; the scopes are
`identify` and `guilds`. The application proves itself with its id and secret. Tokens last a week.

Quirks: an unknown, used or late code is a 400; ids and permissions are numbers as text; a
person is in 200 servers at most, which is one page; `global_name` is null for who has not chosen one.
"""

from base64 import b64encode
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlencode

import msgspec

from core.domain.access import Membership, Person
from core.domain.listings import SourceName
from core.domain.slabs import plain
from core.settings import Secret
from core.sources.base import Grant
from core.sources.http import Fetched, Lent, SourceHttp, VendorLimits, decode

NAME = SourceName.DISCORD
LIMITS = VendorLimits(per_minute=300, burst=10, concurrent=4)  # a tenth of what one application may ask
SCOPE = "identify guilds"
NAME_LENGTH_MAX = 100

_Id = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{1,19}\Z")]
_Bits = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{1,40}\Z")]


class _User(msgspec.Struct):
    id: _Id
    username: str
    global_name: str | None = None


class _Guild(msgspec.Struct):
    id: _Id
    name: str
    permissions: _Bits
    owner: bool = False


class Discord:
    """Signs people in. Keeps nothing of them."""

    name = NAME

    def __init__(self, http: SourceHttp, *, base_url: str, client_id: str, client_secret: str) -> None:
        self._vendor = http.vendor(NAME, base_url=f"{base_url}/api/v10", limits=LIMITS)
        self._page = f"{base_url}/oauth2/authorize"
        self._client_id = client_id
        credentials = b64encode(f"{client_id}:{client_secret}".encode()).decode()
        self._ours = {"Authorization": f"Basic {credentials}"}

    def page(self, *, state: str, back_to: str) -> str:
        asked = {
            "client_id": self._client_id,
            "response_type": "code",
            "redirect_uri": back_to,
            "scope": SCOPE,
            "state": state,
        }
        return f"{self._page}?{urlencode(asked)}"

    async def grant(self, code: str, *, back_to: str) -> Grant | None:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back_to}
        fetched = await self._vendor.post_form("/oauth2/token", form, headers=self._ours, missing=(400,))
        return parse_grant(fetched) if fetched else None

    async def person(self, grant: Grant) -> Person | None:
        fetched = await self._vendor.find_for_one("/users/@me", _theirs(grant), 401)
        return parse_person(fetched) if fetched else None

    async def memberships(self, grant: Grant) -> tuple[Membership, ...] | None:
        fetched = await self._vendor.find_for_one("/users/@me/guilds", _theirs(grant), 401)
        return parse_memberships(fetched) if fetched else None

    async def give_back(self, grant: Grant) -> None:
        form = {"token": grant.token.reveal(), "token_type_hint": "access_token"}
        await self._vendor.post_form("/oauth2/token/revoke", form, headers=self._ours)


def parse_grant(fetched: Fetched) -> Grant:
    lent = decode(fetched, Lent)
    return Grant(Secret(lent.access_token), fetched.at + timedelta(seconds=lent.expires_in))


def parse_person(fetched: Fetched) -> Person:
    user = decode(fetched, _User)
    return Person(int(user.id), plain(user.global_name or user.username, NAME_LENGTH_MAX))


def parse_memberships(fetched: Fetched) -> tuple[Membership, ...]:
    guilds = decode(fetched, list[_Guild])
    return tuple(
        Membership(int(guild.id), plain(guild.name, NAME_LENGTH_MAX), guild.owner, int(guild.permissions))
        for guild in guilds
    )


def _theirs(grant: Grant) -> dict[str, str]:
    return {"Authorization": f"Bearer {grant.token.reveal()}"}
