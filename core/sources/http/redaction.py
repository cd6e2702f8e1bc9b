"""Keeps keys out of everything that is shown: addresses, error texts, answers that echo them."""

import re
from collections.abc import Mapping

from yarl import URL

HIDDEN = "…"
SECRET_LENGTH_MIN = 6  # a shorter one would black out ordinary words

_SENSITIVE = re.compile(r"key|token|secret|auth|passw|cookie|signature|^sig$|^t$", re.IGNORECASE)


class Redactor:
    """Knows the secrets a question is asked with and takes them out of an answer that echoes them."""

    def __init__(self, named: Mapping[str, str]) -> None:
        """`named`: the headers and the query of the question."""
        said = [value.rpartition(" ")[2] for name, value in named.items() if _SENSITIVE.search(name)]
        self._secrets = tuple(secret for secret in said if len(secret) >= SECRET_LENGTH_MIN)

    def body(self, body: bytes) -> bytes:
        for secret in self._secrets:
            body = body.replace(secret.encode(), HIDDEN.encode())
        return body


def shown(url: URL) -> str:
    """The path of an address: its query may hold keys, and its host is the vendor's."""
    return url.path
