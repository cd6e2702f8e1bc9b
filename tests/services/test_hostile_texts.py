"""Whatever a vendor writes about a slab, both engines keep it and the listing gets its verdict."""

import msgspec
import pytest

from core.domain.listings import SourceName
from core.domain.operations import SourceHealth
from core.domain.slabs import SlabWords, slab_of
from core.errors import SourceUnavailable
from core.sources.alt import parse_asset_id
from core.sources.collectorcrypt import parse_listings
from db.catalog import SlabRow
from db.deals import VerdictRow
from db.posts import PostRow
from db.work import WorkRow
from tests.services.house import House
from tests.services.reports import CC, MINT, TITLE, a_slab, by_alt, listed
from tests.sources.payloads import Json, alt_cert, cc_listing, cc_page, cc_row, fetched

pytestmark = pytest.mark.slow

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


def with_nuls(value: Json) -> Json:
    """A NUL at the end of every text, but of those that say which token, order and time it is about."""
    if isinstance(value, dict):
        kept = {"nftAddress", "wallet", "createdAt", "updatedAt", "marketplace", "currency", "type"}
        return {key: text if key in kept else with_nuls(text) for key, text in value.items()}
    if isinstance(value, list):
        return [with_nuls(item) for item in value]
    return f"\x00{value}\x00" if isinstance(value, str) else value


async def test_a_page_full_of_nuls_is_stored_and_costs_no_other_row(house: House) -> None:
    poisoned = cc_row(nftAddress="poisoned\x00", listing=cc_listing(marketplace="CC\x00"))
    rows = with_nuls([cc_row(), cc_row(nftAddress="second")])
    answer = fetched(CC, cc_page(poisoned, *rows, cursor="\x00"))
    page, _ = parse_listings(answer)
    assert await house.listings.ingest(page) == 2
    asset_id = parse_asset_id(fetched(SourceName.ALT, with_nuls(alt_cert(gradingCompany="PSA"))), a_slab())
    assert asset_id is not None
    for listing in await house.rows(SlabRow):
        house.alt.values[listing.certificate] = msgspec.structs.replace(by_alt(), asset_id=asset_id)
    await house.appraisal.work_due()
    assert len(await house.rows(VerdictRow)) == 2
    assert [row.alt_asset_id for row in await house.rows(SlabRow)] == [asset_id]


async def test_a_vendors_error_with_a_nul_is_kept_with_the_work_that_waits_for_it(house: House) -> None:
    house.alt.down = SourceUnavailable("alt", "broken\x00")
    await house.tell(listed(80, 0))
    await house.appraisal.work_due()
    await house.operations.source_changed(SourceHealth("alt", True, house.clock.now(), "broken\x00"))
    [waiting] = await house.rows(WorkRow)
    assert waiting.error.endswith("broken ")
    assert [vendor.reason for vendor in await house.operations.sources()] == ["broken "]
