"""Whatever a vendor writes about a slab, both engines keep it and the listing gets its verdict."""

import pytest

from core.domain.slabs import SlabWords, slab_of
from db.deals import VerdictRow
from db.posts import PostRow
from tests.services.house import House
from tests.services.reports import MINT, TITLE, by_alt, listed

HOSTILE = (
    f"{TITLE}\x00\x01\x1b[31m\x7f",
    f"\u202e\u200b{TITLE}\u2028\ufeff",
    f"{TITLE} '; DROP TABLE post; -- \\ \" % _ :name ${{x}}",
    f"{TITLE} @everyone <@&1> `code` [a](b) 🃏👩‍👩‍👧‍👦",
    "2024 #" + "9" * 24 + " " + "N" * 250 + " PSA 10 One Piece",
    TITLE + "é" * 100_000,
    "\x00" * 50 + "x",
)


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
async def test_any_text_comes_through_as_one_bounded_line(house: House, words: str) -> None:
    slab = slab_of(
        SlabWords(
            title=words,
            company="PSA",
            certificate=MINT,
            grade="GEM-MT 10",
            category=words,
            set_name=words,
            number=words,
            parallel=words,
            year=words,
            insured=words,
            image_url=words,
        )
    )
    assert slab is not None
    await house.join()
    house.value(by_alt(160, name=slab.title))
    await house.tell(listed(80, 0, slab=slab))
    await house.appraisal.work_due()
    [verdict], [post] = await house.rows(VerdictRow), await house.rows(PostRow)
    assert verdict.tier == "gold"
    assert post.payload.title == slab.title
    assert len(slab.title) <= 300
    assert "\x00" not in slab.title
