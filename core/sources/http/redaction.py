"""Keeps keys out of everything that is shown: addresses, error texts, answers that echo them."""

import re
from collections.abc import Mapping

from yarl import URL

HIDDEN = "…"
SECRET_LENGTH_MIN = 6  # a shorter one would black out ordinary words

_SENSITIVE = re.compile(r"key|token|secret|auth|passw|cookie|signature|^sig$|^t$", re.IGNORECASE)


class Redactor:
    """Knows the secrets one vendor is asked with and takes them out of answers that echo them."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        said = [value.rpartition(" ")[2] for name, value in headers.items() if _SENSITIVE.search(name)]
        self._secrets = tuple(secret for secret in said if len(secret) >= SECRET_LENGTH_MIN)

    def body(self, body: bytes) -> bytes:
        for secret in self._secrets:
            body = body.replace(secret.encode(), HIDDEN.encode())
        return body


def shown(url: URL) -> str:
    """Path and query of an address, without the host and with every key in the query hidden."""
    pairs = [f"{name}={HIDDEN if _SENSITIVE.search(name) else value}" for name, value in url.query.items()]
    return f"{url.path}?{'&'.join(pairs)}" if pairs else url.path
