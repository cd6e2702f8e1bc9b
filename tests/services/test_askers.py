"""One person may ask vendors so often and no more, whatever others do."""

import pytest

from core.domain.listings import Mint
from core.errors import InvalidInput, LimitReached
from core.services.askers import ASKS_MAX, WITHIN_S
from tests.services.house import House

TOKEN = Mint("CQRmSNvCFJfiUSYUMgzbKXS9wn9vRT8k2GbbLvzNSGFS")
ADA, TOM = 11, 12


async def test_who_asks_all_the_time_is_told_when_to_ask_again_and_no_vendor_is_asked(house: House) -> None:
    for _ in range(ASKS_MAX):
        await house.inspections.inspect(TOKEN, by=TOM)
    asked = len(house.vault.asked)
    with pytest.raises(LimitReached, match="Try again in 60 s"):
        await house.inspections.inspect(TOKEN, by=TOM)
    assert len(house.vault.asked) == asked
    await house.inspections.inspect(TOKEN, by=ADA)
    house.pass_time(WITHIN_S)
    await house.inspections.inspect(TOKEN, by=TOM)


async def test_what_is_not_understood_is_no_question(house: House) -> None:
    for _ in range(ASKS_MAX):
        with pytest.raises(InvalidInput):
            await house.inspections.inspect("?", by=TOM)
    await house.inspections.inspect(TOKEN, by=TOM)
