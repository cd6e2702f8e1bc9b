"""Keeps keys out of everything that is shown: addresses, error texts, answers that echo them."""

import re
from collections.abc import Mapping
from urllib.parse import quote

import msgspec
from yarl import URL

HIDDEN = "…"
SECRET_LENGTH_MIN = 6  # a shorter one would black out ordinary words
PATH_SECRET_LENGTH_MIN = 16  # what is shorter is a part of an address like any other: /solana/mainnet/…

_SENSITIVE = re.compile(r"key|token|secret|auth|passw|cookie|signature|^sig$|^t$", re.IGNORECASE)


class Redactor:
    """Knows the secrets a question is asked with and takes them out of an answer that echoes them."""

    def __init__(self, named: Mapping[str, str], hidden: str = "") -> None:
        """`named`: the headers and the query of the question; `hidden`: a path that holds a key."""
        said = [value.rpartition(" ")[2] for name, value in named.items() if _SENSITIVE.search(name)]
        secrets = {secret for secret in said if len(secret) >= SECRET_LENGTH_MIN}
        secrets |= {part for part in hidden.split("/") if len(part) >= PATH_SECRET_LENGTH_MIN}
        forms = {form for secret in secrets for form in _forms(secret)}
        self._forms = sorted(forms, key=len, reverse=True)

    def body(self, body: bytes) -> bytes:
        for form in self._forms:
            body = body.replace(form.encode(), HIDDEN.encode())
        return body


def _forms(secret: str) -> set[str]:
    """As it is, as an address holds it, and as JSON does."""
    return {secret, quote(secret, safe=""), msgspec.json.encode(secret).decode()[1:-1]}


def shown(url: URL) -> str:
    """The path of an address: its query may hold keys, and its host is the vendor's."""
    return url.path
