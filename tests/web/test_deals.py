"""GET /api/v1/deals: the shape integrators rely on, its query, and who may ask."""

import json

import pytest

from core.domain.deals import DealTier
from core.domain.posts import DealPage
from core.settings import Secret
from core.web.context import WebConfig
from tests.web.serving import running_api

TOKEN = "the-operators-token-0123456789-abcdef"
EXPECTED = {
    "items": [
        {
            "id": "41",
            "mint": "9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin",
            "tier": "gold",
            "title": "2002 #14 Slowbro 1st Edition",
            "grader": "PSA",
            "grade": "10",
            "grade_label": "Gold",
            "certificate": "12345678",
            "venue": "me",
            "seller": "SellerWallet",
            "is_open": True,
            "price": {"amount": 2**60, "unit": "lamports", "usd_micros": 65_000_000},
            "value": {
                "usd_micros": 100_000_000,
                "low_usd_micros": 90_000_000,
                "high_usd_micros": 110_000_000,
                "confidence": 80,
                "insured_usd_micros": None,
                "evidence": [
                    {
                        "kind": "alt",
                        "value_usd_micros": 100_000_000,
                        "confidence": 80,
                        "sales": 4,
                        "asset_name": "Slowbro",
                    }
                ],
            },
            "discount_bps": 3_500,
            "net_profit_usd_micros": 20_000_000,
            "missing": [],
            "listed_at": "2026-01-02T03:04:05Z",
            "observed_at": "2026-01-02T03:04:05Z",
            "decided_at": "2026-01-02T03:04:05Z",
            "image_url": None,
            "links": {
                "cc": "https://collectorcrypt.com/assets/solana/9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin",
                "me": "https://magiceden.io/item-details/9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin",
                "alt": "https://app.alt.xyz/research/a%2Fb",
                "order": "https://magiceden.io/item-details/9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin",
            },
        }
    ],
    "next_cursor": "41",
}


async def test_a_deal_is_told_in_whole() -> None:
    async with running_api() as api:
        answer = await api.get("/api/v1/deals")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert json.loads(answer.body) == EXPECTED


async def test_the_service_is_asked_what_the_query_says() -> None:
    async with running_api() as api:
        await api.get("/api/v1/deals")
        by_default = dict(api.deals.asked)
        api.deals.page = DealPage(())
        last = await api.get("/api/v1/deals?tier=high&limit=100&cursor=41")
    assert by_default == {"tier": None, "guild_id": None, "limit": 25, "before": None}
    assert api.deals.asked == {"tier": DealTier.HIGH, "guild_id": None, "limit": 100, "before": 41}
    assert json.loads(last.body) == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("limit=0", "limit: Expected `int` >= 1."),
        ("limit=101", "limit: Expected `int` <= 100."),
        ("limit=many", "limit: Expected `int`, got `str`."),
        ("cursor=-1", "cursor: Expected `int` >= 1."),
        (f"cursor={2**63}", "cursor: Expected `int` <= 9223372036854775807."),
        (
            "tier=best",
            "tier: Invalid enum value 'best', "
            "expected one of gold, high, info, look, undetermined, suspicious.",
        ),
        ("teir=gold", "Object contains unknown field `teir`."),
    ],
)
async def test_a_query_that_cannot_be_read_is_answered_with_the_reason(query: str, detail: str) -> None:
    async with running_api() as api:
        answer = await api.get(f"/api/v1/deals?{query}")
    assert (answer.status, json.loads(answer.body)["detail"]) == (400, detail)
    assert api.deals.asked == {}


async def test_a_long_query_is_not_repeated_whole() -> None:
    async with running_api() as api:
        answer = await api.get(f"/api/v1/deals?tier={'x' * 5000}")
    assert answer.status == 400
    assert len(answer.body) < 600


async def test_without_public_market_data_only_the_operator_reads_deals() -> None:
    config = WebConfig(public_market_data=False, operator_token=Secret(TOKEN))
    async with running_api(config) as api:
        stranger = await api.get("/api/v1/deals")
        operator = await api.get("/api/v1/deals", Authorization=f"Bearer {TOKEN}")
    assert (stranger.status, stranger.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert operator.status == 200
