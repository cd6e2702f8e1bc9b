"""Many press Buy of one deal at once: its marketplace is asked once, and each is told the answer's age."""

import pytest

from core.domain.posts import BuyState
from core.errors import SourceError
from core.services.glances import SERVES_S
from tests.services.house import House
from tests.services.reports import MINT, at, on_sale

ADA, TOM = 11, 12
QUESTION = f"live {MINT}"


@pytest.fixture
async def posted(house: House) -> House:
    """One deal in a channel, still on sale."""
    await house.join()
    await house.post_a_deal()
    house.vault.on_sale[MINT] = on_sale(80)
    house.vault.asked.clear()
    return house


async def test_one_look_serves_everybody_for_a_few_seconds_and_no_longer(posted: House) -> None:
    first = await posted.deals.check(1, by=ADA)
    posted.vault.on_sale[MINT] = on_sale(75)
    posted.pass_time(SERVES_S - 0.5)
    again = await posted.deals.check(1, by=TOM)
    assert again == first
    assert posted.vault.asked == [QUESTION]
    posted.pass_time(0.5)
    assert (await posted.deals.check(1, by=TOM)).state is BuyState.REPRICED
    assert posted.vault.asked == [QUESTION] * 2


async def test_that_it_is_gone_serves_everybody_too_and_says_when_it_was_seen(posted: House) -> None:
    del posted.vault.on_sale[MINT]
    posted.pass_time(10)
    await posted.deals.check(1, by=ADA)
    posted.pass_time(2)
    check = await posted.deals.check(1, by=TOM)
    assert (check.state, check.checked_at) == (BuyState.GONE, at(10))
    assert posted.vault.asked == [QUESTION]


async def test_no_answer_serves_nobody(posted: House) -> None:
    posted.vault.break_down()
    with pytest.raises(SourceError):
        await posted.deals.check(1, by=ADA)
    posted.vault.down = None
    assert (await posted.deals.check(1, by=TOM)).state is BuyState.LIVE
    assert posted.vault.asked == [QUESTION] * 2


async def test_another_listing_is_another_question(posted: House) -> None:
    other = await posted.post_a_deal("mint-2", 80, 5)
    posted.vault.asked.clear()
    await posted.deals.check(1, by=ADA)
    assert (await posted.deals.check(other.id, by=ADA)).state is BuyState.GONE
    assert posted.vault.asked == [QUESTION, "live mint-2"]
