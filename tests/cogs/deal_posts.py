"""Deals as tests need them: one good example, and whatever a test wants otherwise."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from core.domain.catalog import Grade, Grader
from core.domain.deals import DealTier
from core.domain.listings import Venue
from core.domain.money import Amount, Unit
from core.domain.posts import DealPost, Destination, Post
from core.domain.valuation import Evidence, EvidenceKind

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
MINT = "7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU"
DOLLAR = 1_000_000

GOOD_DEAL = DealPost(
    tier=DealTier.GOLD,
    title="1999 #4 Charizard PSA 10 Pokemon Base Set",
    grader=Grader.PSA,
    grade=Grade(100),
    certificate="12345678",
    mint=MINT,
    venue=Venue.CC,
    seller="Se11erWa11et1111111111111111111111111111abc",
    price=Amount(80 * DOLLAR, Unit.USD_MICROS),
    price_usd_micros=80 * DOLLAR,
    value_usd_micros=160 * DOLLAR,
    low_usd_micros=150 * DOLLAR,
    high_usd_micros=180 * DOLLAR,
    confidence=82,
    discount_bps=5_000,
    net_profit_usd_micros=56 * DOLLAR,
    evidence=(
        Evidence(EvidenceKind.ALT, 160 * DOLLAR, 82, population=1_234, asset_id="asset-1"),
        Evidence(EvidenceKind.SALES, 155 * DOLLAR, 75, sales=12),
    ),
    observed_at=NOW - timedelta(milliseconds=800),
    listed_at=NOW - timedelta(seconds=6),
    insured_usd_micros=200 * DOLLAR,
    image_url="https://nft.collectorcrypt.com/front/abc",
    alt_asset_id="asset-1",
)


def a_deal(**otherwise: Any) -> DealPost:
    return msgspec.structs.replace(GOOD_DEAL, **otherwise)


def a_post(post_id: int, channel_id: int, guild_id: int, **otherwise: Any) -> Post:
    """A post that was never tried."""
    fresh = Post(
        id=post_id,
        destination=Destination(channel_id, guild_id),
        payload=GOOD_DEAL,
        nonce=f"p{post_id}",
        message_id=None,
        sent_at=None,
        wanted_rev=1,
        shown_rev=0,
        first_try_at=None,
        attempts=0,
    )
    return msgspec.structs.replace(fresh, **otherwise)
