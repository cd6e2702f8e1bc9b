"""What is shown of an address and of a text."""

import pytest
from yarl import URL

from core.sources.http.redaction import Redactor, shown


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://user:pass@host.example/a/b", "/a/b"),
        ("https://host.example/?api-key=abc", "/?api-key=…"),
        ("https://host.example/api/product?t=abc&id=7", "/api/product?t=…&id=7"),
        ("https://host.example/p?x_cg_demo_api_key=abc&ids=solana", "/p?x_cg_demo_api_key=…&ids=solana"),
        ("https://host.example/p?access_token=abc", "/p?access_token=…"),
        ("https://host.example/p?q=secret+words", "/p?q=secret words"),
    ],
)
def test_an_address_is_shown_without_its_host_and_keys(address: str, expected: str) -> None:
    assert shown(URL(address)) == expected


def test_only_headers_that_name_a_secret_are_secret() -> None:
    redactor = Redactor({"Accept": "application/json", "Authorization": "Bearer abcdef1", "X-Key": "short"})
    assert redactor.body(b"application/json abcdef1 short") == "application/json … short".encode()
