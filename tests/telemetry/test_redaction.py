"""What is hidden though nobody configured it, and what stays as it is."""

from datetime import UTC, datetime

import pytest

from core.telemetry import Redactor
from core.telemetry.redaction import HIDDEN, ITEMS_MAX, TEXT_CHARACTERS_MAX

DISCORD_TOKEN = ".".join(("MTk4NjIyNDgzNDcxOTI1MjQ4", "Cl2FMQ", "ZnCjm1XVW7vRze4b7Cq4se7kKWs"))


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer CANARY",
        "{'Authorization': 'Bot CANARY'}",
        '"authorization":"CANARY"',
        "sent Bearer abc.CANARY-0123456789",
        "sent Bot CANARY123456789",
        "Basic Y2FydGVsOkNBTkFSWQ==CANARY",
        "x-api-key=CANARY",
        "Cookie: session=CANARY",
        "GET https://api.example/v1?limit=5&t=CANARY&x=1",
        "https://api.example/v1?api-key=CANARY",
        "https://api.example/v1?access_token=CANARY#top",
        "client_secret=CANARY&grant_type=x",
        "DISCORD_TOKEN=CANARY",
        "postgresql+asyncpg://cartel:CANARY/x@y@db:5432/cartel",
        "https://user:CANARY@example.com/",
        "POST /api/v10/interactions/1234/CANARYaW50ZXJhY3Rpb24/callback",
        "PATCH /webhooks/1234/CANARYaW50ZXJhY3Rpb24/messages/5",
    ],
)
def test_what_looks_like_a_credential_is_hidden_though_nobody_configured_it(text: str) -> None:
    shown = Redactor().text(text)
    assert HIDDEN in shown
    assert "CANARY" not in shown


def test_a_discord_token_is_hidden_wherever_it_stands() -> None:
    assert Redactor().text(f"the token {DISCORD_TOKEN}, leaked") == f"the token {HIDDEN}, leaked"


@pytest.mark.parametrize("key", ["discord_token", "API-Key", "alt_api_key", "password", "X-Authorization"])
def test_the_name_of_a_value_alone_can_make_it_secret(key: str) -> None:
    assert Redactor().plain({key: ["anything"]}) == {key: HIDDEN}


@pytest.mark.parametrize(
    "text",
    [
        "Bot disconnected unexpectedly, basic functions remain",
        "token 9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin was listed",
        "GET https://api-mainnet.magiceden.dev/v2/collections/collector_crypt/activities?limit=100",
        "sqlite:///data/cartel.db at 2026-01-02T03:04:05Z",
    ],
)
def test_ordinary_lines_stay_whole(text: str) -> None:
    assert Redactor(["abc", ""]).text(text) == text


def test_a_value_is_made_plain_and_bounded() -> None:
    redactor = Redactor()
    assert redactor.plain(datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02T00:00:00+00:00"
    assert redactor.plain([True, None, 1, 1.5]) == [True, None, 1, 1.5]
    assert len(redactor.text("x" * 2 * TEXT_CHARACTERS_MAX)) == TEXT_CHARACTERS_MAX
    many = redactor.plain(list(range(2 * ITEMS_MAX)))
    assert isinstance(many, list)
    assert len(many) == ITEMS_MAX
