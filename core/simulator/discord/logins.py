"""People who logged in through the bot's website: codes and tokens of OAuth2's code flow."""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .limits import CODE_S, LOGINS_KEPT, TOKEN_S


def _secret() -> str:
    return secrets.token_urlsafe(24)


@dataclass(frozen=True, slots=True)
class Login:
    """A person let the website see what scopes name. redirect_uri must be repeated when the code is used."""

    person_id: int
    scopes: tuple[str, ...]
    redirect_uri: str
    at: datetime
    code: str = field(default_factory=_secret)
    access: str = field(default_factory=_secret)
    refresh: str = field(default_factory=_secret)


class Logins:
    """The newest logins. A code works once and for a minute, a token for a week, each refresh token once."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._codes: OrderedDict[str, Login] = OrderedDict()
        self._logins: OrderedDict[str, Login] = OrderedDict()

    def allow(self, person_id: int, scopes: tuple[str, ...], redirect_uri: str) -> Login:
        """The person has pressed the button: a login whose code may be used."""
        login = Login(person_id, scopes, redirect_uri, self._now())
        self._codes[login.code] = login
        while len(self._codes) > LOGINS_KEPT:
            self._codes.popitem(last=False)
        return login

    def redeem(self, code: str, redirect_uri: str) -> Login | None:
        """The login of a code, used up by asking; None when unknown, late or of another redirect_uri."""
        login = self._codes.pop(code, None)
        if login is None or login.redirect_uri != redirect_uri or self._age(login) > CODE_S:
            return None
        return self._keep(login)

    def renew(self, refresh: str) -> Login | None:
        """New tokens for the old; None when the refresh token is unknown or was used."""
        old = next((login for login in self._logins.values() if login.refresh == refresh), None)
        if old is None:
            return None
        del self._logins[old.access]
        return self._keep(Login(old.person_id, old.scopes, old.redirect_uri, self._now()))

    def revoke(self, token: str) -> None:
        """End the login that a token of either kind belongs to. An unknown one is fine."""
        for login in list(self._logins.values()):
            if token in (login.access, login.refresh):
                del self._logins[login.access]

    def find(self, access: str) -> Login | None:
        """The login of an access token, None when it is unknown, revoked or a week old."""
        login = self._logins.get(access)
        return None if login is None or self._age(login) > TOKEN_S else login

    def _keep(self, login: Login) -> Login:
        self._logins[login.access] = login
        while len(self._logins) > LOGINS_KEPT:
            self._logins.popitem(last=False)
        return login

    def _age(self, login: Login) -> float:
        return (self._now() - login.at) / timedelta(seconds=1)
