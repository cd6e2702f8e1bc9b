"""ALT's name for a card: whoever told it, it is kept, and a post and a look link to ALT's page by it."""

import itertools

import msgspec
import pytest

from core.domain.catalog import SlabFacts
from core.domain.inspections import Inspection
from core.domain.listings import Mint
from core.domain.overrides import Wanted
from core.domain.valuation import Evidence
from db.catalog import SlabRow
from db.posts import PostRow
from tests.services.house import House
from tests.services.reports import a_slab, by_alt, listed, on_sale

pytestmark = pytest.mark.slow

TOKEN = Mint("CQRmSNvCFJfiUSYUMgzbKXS9wn9vRT8k2GbbLvzNSGFS")
CERTIFICATE = "12345678"
SLAB = a_slab(CERTIFICATE)
TOLD = msgspec.structs.replace(SLAB, alt_asset_id="asset-2")
PEOPLE = itertools.count(1)


def valued(asset_id: str = "asset-1") -> Evidence:
    return msgspec.structs.replace(by_alt(160), asset_id=asset_id)


async def tell(house: House, price: float = 80, second: float = 0, slab: SlabFacts = SLAB) -> None:
    house.know(TOKEN, slab)
    house.vault.on_sale[TOKEN] = on_sale(price)
    await house.tell(listed(price, second, mint=TOKEN, slab=slab))


async def look(house: House, what: str = TOKEN) -> Inspection:
    return await house.inspections.inspect(what, by=next(PEOPLE))


async def set_by_hand(house: House) -> None:
    await house.overrides.set(f"PSA {CERTIFICATE}", Wanted(300, "seen at an auction"), by=1)


async def kept(house: House) -> list[str | None]:
    return [row.alt_asset_id for row in await house.rows(SlabRow)]


async def posted(house: House) -> list[str]:
    return [row.payload.alt_asset_id for row in await house.rows(PostRow)]


async def test_a_look_keeps_what_alt_calls_it(house: House) -> None:
    house.alt.values[CERTIFICATE] = valued()
    await tell(house)
    assert (await look(house)).alt_asset_id == "asset-1"
    assert await kept(house) == ["asset-1"]


async def test_a_post_links_to_alt_though_its_value_was_set_by_hand(house: House) -> None:
    house.alt.values[CERTIFICATE] = valued()
    await tell(house)
    await look(house)
    await house.join()
    await set_by_hand(house)
    await house.appraisal.work_due()
    assert await posted(house) == ["asset-1"]
    assert len(house.alt.asked) == 1


async def test_a_look_links_to_alt_though_its_value_was_set_by_hand(house: House) -> None:
    house.alt.values[CERTIFICATE] = valued()
    await tell(house)
    await house.appraisal.work_due()
    await set_by_hand(house)
    assert (await look(house)).alt_asset_id == "asset-1"


async def test_without_anybodys_word_there_is_no_name(house: House) -> None:
    await tell(house)
    await house.join()
    await set_by_hand(house)
    await house.appraisal.work_due()
    assert (await posted(house), await kept(house)) == ([""], [None])
    assert (await look(house)).alt_asset_id == ""


async def test_what_a_market_place_tells_is_kept_posted_and_asked_by(house: House) -> None:
    house.alt.values[CERTIFICATE] = valued("asset-2")
    await house.join()
    await tell(house, slab=TOLD)
    assert await kept(house) == ["asset-2"]
    await house.appraisal.work_due()
    assert await posted(house) == ["asset-2"]
    assert house.alt.asked == [(CERTIFICATE, "asset-2")]


async def test_a_slab_that_was_known_without_it_learns_it(house: House) -> None:
    await tell(house)
    await tell(house, 79, 1, TOLD)
    assert await kept(house) == ["asset-2"]


async def test_what_alt_itself_said_stays_and_who_tells_nothing_takes_nothing_away(house: House) -> None:
    house.alt.values[CERTIFICATE] = valued()
    await tell(house)
    await look(house)
    await tell(house, 79, 1, TOLD)
    assert await kept(house) == ["asset-1"]
    await tell(house, 78, 2)
    assert await kept(house) == ["asset-1"]


async def test_a_look_at_a_token_nobody_told_of_has_its_vaults_word(house: House) -> None:
    house.know(TOKEN, TOLD)
    assert (await look(house)).alt_asset_id == "asset-2"
    assert await kept(house) == []
