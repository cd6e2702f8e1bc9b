"""What is shown of an address and of a text."""

import pytest
from yarl import URL

from core.sources.http.redaction import Redactor, shown


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://user:pass@host.example/a/b", "/a/b"),
        ("https://host.example/?api-key=abc", "/"),
        ("https://host.example/p/x?q=anything&ids=solana#part", "/p/x"),
    ],
)
def test_an_address_is_shown_without_its_host_and_query(address: str, expected: str) -> None:
    assert shown(URL(address)) == expected


def test_only_headers_that_name_a_secret_are_secret() -> None:
    redactor = Redactor({"Accept": "application/json", "Authorization": "Bearer abcdef1", "X-Key": "short"})
    assert redactor.body(b"application/json abcdef1 short") == "application/json … short".encode()
