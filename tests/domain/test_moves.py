"""Where each kind of post belongs by the settings of now."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from core.domain.deals import DealTier
from core.domain.digests import digest
from core.domain.guilds import ServerSettings
from core.domain.moves import places_of
from core.domain.notices import NoticePost, TracePost
from core.domain.posts import Payload
from core.domain.quarantine import Asked, Doubt, Suspicion
from tests.cogs.deal_posts import GOOD_DEAL, a_deal

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DEALS, GOLDS, ODD = 11, 12, 13
SETTINGS = ServerSettings(
    channel_id=DEALS,
    trace_channel_id=ODD,
    tier_channels={DealTier.GOLD: GOLDS},
    tiers_hidden=(DealTier.LOOK,),
)
TIERS = {
    DealTier.GOLD: GOLDS,
    DealTier.HIGH: DEALS,
    DealTier.LOOK: None,
    DealTier.SUSPICIOUS: ODD,
}
TRACE = TracePost(
    title=GOOD_DEAL.title,
    grader=GOOD_DEAL.grader,
    grade=GOOD_DEAL.grade,
    certificate=GOOD_DEAL.certificate,
    mint=GOOD_DEAL.mint,
    venue=GOOD_DEAL.venue,
    price=GOOD_DEAL.price,
    suspicion=Suspicion(Doubt.OTHER_CURRENCY, Asked(80, 11_000), 12_000, is_against_value=True),
)


@pytest.mark.parametrize(("tier", "channel_id"), TIERS.items())
def test_a_deal_belongs_where_its_tier_goes(tier: DealTier, channel_id: int | None) -> None:
    assert places_of(a_deal(tier=tier), SETTINGS) == {channel_id}


def test_a_digest_belongs_wherever_one_of_its_lines_goes() -> None:
    lines = {n: a_deal(tier=tier) for n, tier in enumerate(TIERS)}
    assert places_of(digest(lines, NOW), SETTINGS) == set(TIERS.values())


@pytest.mark.parametrize(
    ("payload", "chosen", "places"),
    [
        (TRACE, {}, {ODD}),
        (TRACE, {"trace_channel_id": None}, {None}),
        (TRACE, {"channel_id": None}, {None}),
        (GOOD_DEAL, {"channel_id": None}, {None}),
        (NoticePost("I cannot", "Mend it."), {}, set()),
    ],
)
def test_what_is_no_deal_has_its_own_place(
    payload: Payload, chosen: dict[str, Any], places: set[int | None]
) -> None:
    assert places_of(payload, msgspec.structs.replace(SETTINGS, **chosen)) == places
