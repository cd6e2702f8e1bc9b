"""An install without any key: what it posts from the first minute on, and its first sure call."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from core.domain.confidence import SALES_MIN_FOR_CONFIDENCE
from core.domain.deals import DealTier
from core.domain.posts import DealPost
from core.domain.valuation import EvidenceKind
from db.posts import PostRow
from tests.databases import on_sqlite
from tests.town import MARKET, Town, town

pytestmark = pytest.mark.slow

WORLD = replace(MARKET, cards=400, listings=80, pace=30)
OWN_EVIDENCE = {EvidenceKind.SALES, EvidenceKind.AVERAGE, EvidenceKind.INSURED}
ROLE_ID = 77
STEP_S, STEPS_MAX = 5, 60


async def posted(there: Town) -> list[DealPost]:
    async with there.runtime.db.read() as tx:
        payloads = (await tx.execute(select(PostRow.payload).order_by(PostRow.id))).scalars()
        return [payload for payload in payloads if isinstance(payload, DealPost)]


async def until_gold(there: Town) -> Sequence[DealPost]:
    """What was posted up to the first GOLD, that one last."""
    for _ in range(STEPS_MAX):
        there.clock.advance(timedelta(seconds=STEP_S))
        there.market.live(there.clock.now())
        await there.runner.run_due()
        found = await posted(there)
        tiers = [deal.tier for deal in found]
        if DealTier.GOLD in tiers:
            return found[: tiers.index(DealTier.GOLD) + 1]
    raise AssertionError(f"no GOLD among {len(found)} posts")


async def ping_for(there: Town, *tiers: DealTier) -> None:
    roles = dict.fromkeys(tiers, ROLE_ID)
    await there.runtime.services.guilds.change(
        50, lambda chosen: msgspec.structs.replace(chosen, ping_roles=roles), by=1
    )


@on_sqlite
async def test_without_keys_looks_come_at_once_and_the_first_gold_from_what_was_sold(
    migrated_url: str, tmp_path: Path
) -> None:
    async with town(migrated_url, tmp_path, WORLD, ALT_URL="") as there:
        await ping_for(there, DealTier.GOLD, DealTier.HIGH)
        *before, gold = await until_gold(there)
        assert before
        assert {deal.tier for deal in before} <= {DealTier.LOOK, DealTier.UNDETERMINED}
        assert all(deal.missing for deal in before if deal.tier is DealTier.LOOK)
        assert {deal.ping_role_id for deal in before} == {None}
        assert {item.kind for item in gold.evidence} <= OWN_EVIDENCE
        assert max(item.sales for item in gold.evidence) >= SALES_MIN_FOR_CONFIDENCE
        assert gold.ping_role_id == ROLE_ID
