"""What a message says of a version, and whether that still holds."""

import msgspec
import pytest

from core.domain.deals import DealTier
from core.domain.posts import DigestLine, DigestPost, PostState, said_of
from core.domain.traces import Judged, ShownAs
from tests.cogs.deal_posts import GOOD_DEAL, NOW

GOLD, HIGH = DealTier.GOLD, DealTier.HIGH
FIELDS = {name: getattr(GOOD_DEAL, name) for name in DigestLine.__struct_fields__ if hasattr(GOOD_DEAL, name)}
LINES = tuple(DigestLine(**FIELDS | {"version_id": n, "discount_bps": n}) for n in (1, 2))
SHOWN = ShownAs(7, 5, 50, 9, PostState.SHOWN, NOW, NOW, tier=GOLD, discount_bps=3_400)
JUDGED = Judged(GOLD, None, 3_400, "collectorcrypt", NOW, 400)


def test_a_message_says_of_a_version_what_its_own_line_says() -> None:
    digest = DigestPost(LINES, 0, NOW)
    assert [said_of(digest, n) for n in (1, 2, 3)] == [*LINES, None]
    assert said_of(GOOD_DEAL, 1) is GOOD_DEAL


@pytest.mark.parametrize(
    ("post", "judged", "agrees"),
    [
        (SHOWN, JUDGED, True),
        (SHOWN, msgspec.structs.replace(JUDGED, tier=HIGH), False),
        (SHOWN, msgspec.structs.replace(JUDGED, discount_bps=3_399), False),
        (SHOWN, None, False),
        (msgspec.structs.replace(SHOWN, tier=None), None, True),
    ],
)
def test_a_post_agrees_with_a_verdict_of_its_call_and_discount(
    post: ShownAs, judged: Judged | None, agrees: bool
) -> None:
    assert post.agrees(judged) is agrees
