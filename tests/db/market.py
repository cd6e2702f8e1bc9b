"""Rows that other rows stand on: a listed token, its version, a verdict, a post."""

from datetime import UTC, datetime, timedelta

from core.domain.deals import DEFAULT_POLICY, DealTier, policy_hash
from core.domain.listings import (
    Chain,
    ListingKey,
    Mint,
    Report,
    Reported,
    SourceName,
    Venue,
    Wallet,
)
from core.domain.money import Amount, Unit
from core.domain.posts import DealPost, Destination
from db import catalog, deals, listings, versions
from db.deals import Verdict
from db.engine import Database, Tx
from db.posts import Wish
from db.versions import Opening
from tests.cogs.deal_posts import GOOD_DEAL

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CHANNEL, GUILD = 5_000, 50


def a_report(mint: str = "mint", *, ask: int = 80, said: Reported = Reported.LISTED) -> Report:
    is_listed = said is Reported.LISTED
    return Report(
        key=ListingKey(Venue.CC, Chain.SOLANA, Mint(mint), Wallet("seller")),
        source=SourceName.COLLECTOR_CRYPT,
        event_id=f"{mint}:{said}:{ask}",
        said=said,
        effective_at=NOW,
        seen_at=NOW,
        ask=Amount(ask * 1_000_000, Unit.USD_MICROS) if is_listed else None,
        listed_at=NOW if is_listed else None,
    )


async def list_token(tx: Tx, mint: str = "mint") -> int:
    """A token on sale; the id of its listing's version."""
    report = a_report(mint)
    found = await listings.keep(tx, [report], await catalog.keep_tokens(tx, [listings.token_key(report.key)]))
    listing_id = found[report.key].id
    return (await versions.begin(tx, [Opening(listing_id, report)], is_baseline=False))[listing_id]


async def list_tokens(db: Database, count: int) -> list[int]:
    """That many tokens on sale; the ids of their versions."""
    async with db.write() as tx:
        return [await list_token(tx, f"mint-{n}") for n in range(count)]


def a_verdict(version_id: int, tier: DealTier | None = DealTier.GOLD) -> Verdict:
    return Verdict(
        version_id=version_id,
        policy_hash=policy_hash(DEFAULT_POLICY),
        valuation_id=None,
        tier=None if tier is None else tier.value,
        reason=None if tier is not None else "too_dear",
        discount_bps=5_000,
        verified_by="collectorcrypt",
        deal=None if tier is None else GOOD_DEAL,
        decided_at=NOW,
        ours_ms=800,
    )


async def judge(tx: Tx, version_id: int, tier: DealTier | None = DealTier.GOLD) -> int:
    [verdict_id] = (await deals.add(tx, [a_verdict(version_id, tier)])).values()
    return verdict_id


def a_wish(key: str = "deal:1", *, rank: int = 0, payload: DealPost = GOOD_DEAL) -> Wish:
    return Wish(key, Destination(CHANNEL, GUILD), payload, f"nonce-{key}"[:25], rank)
