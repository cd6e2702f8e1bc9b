"""The state of a listing when the vendor of its venue is away."""

import msgspec
import pytest

from core.domain.listings import SourceName, Venue
from core.errors import SourceUnavailable
from core.services.rechecks import RecheckService
from core.services.states import FirstToAnswer
from db.listings import ListingRow, VersionRow
from tests.services.fakes import Market
from tests.services.house import House
from tests.services.reports import MINT, SELLER, at, on_sale, sold


@pytest.fixture
def eden() -> Market:
    return Market(SourceName.MAGIC_EDEN)


@pytest.fixture
def vault() -> Market:
    return Market(SourceName.COLLECTOR_CRYPT)


async def test_who_answers_first_is_believed_even_if_there_is_nothing(eden: Market, vault: Market) -> None:
    vault.on_sale[MINT], vault.endings[MINT] = on_sale(), sold()
    both = FirstToAnswer(eden, vault)
    assert both.name is SourceName.MAGIC_EDEN
    assert (await both.live(MINT), await both.ending(MINT, SELLER, at(0))) == (None, None)
    assert vault.asked == []


async def test_the_second_answers_for_the_first_that_does_not(eden: Market, vault: Market) -> None:
    eden.break_down()
    vault.on_sale[MINT], vault.endings[MINT] = on_sale(), sold()
    both = FirstToAnswer(eden, vault)
    told = msgspec.structs.replace(on_sale(), told_by=SourceName.COLLECTOR_CRYPT)
    assert (await both.live(MINT), await both.ending(MINT, SELLER, at(0))) == (told, sold())


async def test_when_nobody_answers_there_is_no_answer(eden: Market, vault: Market) -> None:
    eden.break_down()
    vault.break_down()
    with pytest.raises(SourceUnavailable, match="collectorcrypt"):
        await FirstToAnswer(eden, vault).live(MINT)


async def test_a_posted_deal_is_followed_to_its_end_without_the_vendor_of_its_venue(house: House) -> None:
    await house.join()
    await house.post_a_deal()
    house.eden.break_down()
    states = {Venue.CC: FirstToAnswer(house.eden, house.vault)}
    rechecks = RecheckService(house.db, house.clock, house.listings, states)
    house.vault.endings[MINT] = sold(80, 20)
    house.pass_time(31)
    await rechecks.recheck_due()
    assert [row.closed_as for row in await house.rows(ListingRow)] == ["sold"]


async def test_a_new_price_that_the_second_told_of_is_valued_without_the_first(house: House) -> None:
    await house.join()
    await house.post_a_deal()
    house.eden.break_down()
    states = {Venue.CC: FirstToAnswer(house.eden, house.vault)}
    rechecks = RecheckService(house.db, house.clock, house.listings, states)
    house.vault.on_sale[MINT] = on_sale(60, 20)
    house.pass_time(86_400)  # long after the first post, so that a lower price is worth another
    await rechecks.recheck_due()
    await house.appraisal.work_due()
    assert [row.source for row in await house.rows(VersionRow)] == ["collectorcrypt"] * 2
    assert len(await house.show_posts()) == 2
