"""Sales as evidence: once whoever tells of them, for the kind as soon as it is known, and not when washed."""

import msgspec

from core.domain.confidence import SALES_WINDOW
from core.domain.listings import Report, Wallet
from core.domain.valuation import Sale
from db import prices
from db.prices import PricePointRow
from tests.services.house import House
from tests.services.reports import CARD, ME, MINT, a_slab, at, listed, sold, usd

KIND, TOKEN = "kind:1", "token:1"
DAY_S = 86_400


def passed_on(seller: str, buyer: str | None, second: float = 10, *, price: float = 80) -> Report:
    """A sale that Magic Eden tells of, which does not say what it was that was sold."""
    report = sold(price, second, seller=seller, source=ME)
    return msgspec.structs.replace(report, buyer=None if buyer is None else Wallet(buyer))


async def evidence(house: House, subject: str = KIND) -> list[Sale]:
    async with house.db.read() as tx:
        return await prices.sales(tx, subject, since=at(0) - SALES_WINDOW)


async def paid(house: House, subject: str = KIND) -> list[int]:
    """In dollars, newest first."""
    return [sale.usd_micros // usd(1).value for sale in await evidence(house, subject)]


async def test_a_sale_counts_for_the_kind_once_the_vault_says_what_the_token_is(house: House) -> None:
    await house.tell(passed_on("ann", "bob"))
    assert (await paid(house, TOKEN), await paid(house)) == ([80], [])
    await house.tell(listed(90, 60, seller="bob"))
    assert (await paid(house, TOKEN), await paid(house)) == ([], [80])


async def test_a_sale_counts_for_the_kind_once_the_line_has_asked_what_the_token_is(house: House) -> None:
    await house.tell(passed_on("ann", "bob"), listed(90, 60, seller="bob", source=ME))
    house.know()
    await house.appraisal.work_due()
    assert await paid(house) == [80]


async def test_a_sale_of_a_slab_without_a_kind_counts_for_the_kind_when_its_title_can_be_read(
    house: House,
) -> None:
    await house.tell(listed(90, 0, slab=a_slab(MINT, card=None)), sold(80, 10))
    assert await paid(house, "slab:1") == [80]
    await house.tell(listed(90, 100))
    assert await paid(house) == [80]


async def test_a_sale_of_the_time_before_a_vault_swap_stays_with_what_was_sold(house: House) -> None:
    await house.tell(listed(90, 0))
    house.pass_time(100)
    other = a_slab("2", card=msgspec.structs.replace(CARD, name="Zoro"))
    await house.tell(listed(500, 100, slab=other))
    await house.tell(sold(80, 50, seller="ann"), sold(450, 150))
    assert (await paid(house), await paid(house, "kind:2")) == ([80], [450])


async def test_who_buys_his_own_has_told_nothing(house: House) -> None:
    await house.tell(listed(90, 0), passed_on("seller", "seller"))
    assert [row.type for row in await house.rows(PricePointRow)] == []


async def test_what_went_back_and_forth_is_kept_apart_and_is_no_evidence(house: House) -> None:
    await house.tell(listed(90, 0), passed_on("ann", "bob", 10, price=500))
    assert await paid(house) == [500]
    await house.tell(passed_on("bob", "ann", DAY_S, price=900))
    assert await paid(house) == []
    assert [row.apart for row in await house.rows(PricePointRow)] == ["wash", "wash"]
    await house.tell(listed(90, 1.5 * DAY_S, seller="ann"), passed_on("ann", "cat", 2 * DAY_S))
    assert await paid(house) == [80]


async def test_a_token_that_goes_from_hand_to_hand_was_sold(house: House) -> None:
    await house.tell(listed(90, 0), passed_on("ann", "bob", 10, price=70), passed_on("bob", "cat", DAY_S))
    assert await paid(house) == [80, 70]


async def test_another_token_between_the_same_two_is_another_matter(house: House) -> None:
    back = msgspec.structs.replace(sold(80, DAY_S, mint="mint-2", seller="bob"), buyer=Wallet("ann"))
    await house.tell(listed(90, 0), listed(90, 0, mint="mint-2"), passed_on("ann", "bob"), back)
    assert await paid(house) == [80, 80]
