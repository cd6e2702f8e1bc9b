"""However a read of a market breaks, no listing that is still on sale is ever closed by it."""

from random import Random

import msgspec
import pytest

from core.domain.listings import Reported
from core.errors import SourceError, SourceUnavailable
from core.sources.base import LiveListing, Page
from db.listings import ListingRow
from tests.databases import on_sqlite
from tests.services.house import House
from tests.services.reports import listed, on_sale, page

pytestmark = pytest.mark.slow

MINTS = [f"mint-{n}" for n in range(24)]
PER_PAGE = 4
READS = 30
FAILURE = SourceUnavailable("collectorcrypt", "does not answer")
ANSWERS: list[LiveListing | SourceError] = [on_sale(80, 0), on_sale(80, 0), FAILURE]


def pages_of(mints: list[str]) -> list[Page]:
    return [
        page(
            *(listed(80, 0, mint=mint) for mint in mints[n : n + PER_PAGE]), lists_live=True, total=len(mints)
        )
        for n in range(0, len(mints), PER_PAGE)
    ]


def break_some(pages: list[Page], random: Random) -> list[Page | SourceError]:
    """A page fails, loses rows, is empty, comes twice or not at all, or counts wrongly."""
    broken: list[Page | SourceError] = []
    for whole in pages:
        kept = tuple(report for report in whole.reports if random.random() < 0.5)
        broken += random.choice(
            [
                [whole],
                [whole],
                [FAILURE],
                [msgspec.structs.replace(whole, reports=kept)],
                [msgspec.structs.replace(whole, reports=())],
                [whole, whole],
                [],
                [msgspec.structs.replace(whole, total=random.choice([None, 0, PER_PAGE]))],
            ]
        )
    return broken


@on_sqlite
@pytest.mark.parametrize("seed", range(3))
async def test_no_live_listing_is_closed_however_its_pages_break(house: House, seed: int) -> None:
    random = Random(seed)
    house.vault.pages = [*pages_of(MINTS)]
    await house.listings.poll_listings(house.vault)
    refused = 0
    for _ in range(READS):
        house.pass_time(60)
        await house.listings.poll_listings(house.vault)
        for mint in MINTS:
            house.vault.on_sale[mint] = random.choice(ANSWERS)
        house.vault.pages = break_some(pages_of(MINTS), random)
        try:
            await house.reconcile.read_whole(house.vault)
        except SourceError:
            refused += 1
        await house.rechecks.recheck_missing()
        house.vault.pages = [*pages_of(MINTS)]
    assert refused > READS // 2
    assert all(row.is_open for row in await house.rows(ListingRow))
    assert await closed_by_whole_read(house, "mint-7") == [Reported.GONE]


async def closed_by_whole_read(house: House, mint: str) -> list[str | None]:
    """What becomes of a listing that is really gone, once a read is whole again."""
    del house.vault.on_sale[mint]
    house.vault.pages = [*pages_of([other for other in MINTS if other != mint])]
    house.pass_time(60)
    await house.reconcile.read_whole(house.vault)
    for _ in range(3):
        house.pass_time(60)
        await house.rechecks.recheck_missing()
    return [row.closed_as for row in await house.rows(ListingRow) if not row.is_open]
