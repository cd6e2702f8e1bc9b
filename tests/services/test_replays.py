"""A replay uses the rows of the days that were, and nothing that became known later."""

import asyncio

import msgspec
import pytest

from core.domain.deals import DEFAULT_POLICY, DealTier
from core.domain.guilds import ServerSettings
from core.domain.listings import Reported
from core.domain.replays import Quick, Replay
from core.errors import LimitReached, NotFound
from core.services.replays import ASKING_MAX, ReplayService
from db.work import Priority, add
from tests.services.house import CHANNEL, GUILD, House
from tests.services.reports import by_alt, ended, listed, sold

pytestmark = pytest.mark.slow

DAY_S = 86_400
ADMIN = 9
NO_ONE_PIECE = msgspec.structs.replace(DEFAULT_POLICY, categories=("Baseball",))


async def judge(house: House, price: float = 80, second: float = 0, mint: str = "mint-1") -> None:
    house.value(by_alt(100), mint)
    await house.tell(listed(price, second, mint=mint))
    await house.appraisal.work_due()


async def replayed(house: House, quick: Quick | None = None, *, days: int = 7) -> Replay:
    return await house.replays.try_out(GUILD, ADMIN, days, quick or Quick())


async def test_the_days_are_those_before_now(house: House) -> None:
    await house.join()
    await judge(house)
    house.pass_time(2 * DAY_S)
    assert [(await replayed(house, days=days)).present.posted for days in (3, 1)] == [1, 0]


async def test_a_draft_is_tried_before_it_is_saved(house: House) -> None:
    await house.join()
    await judge(house)
    stricter = msgspec.structs.replace(DEFAULT_POLICY, look_bps=2_500, doubtful_bps=2_500, confidence_min=81)
    draft = ServerSettings(stricter, CHANNEL)
    await house.guilds.edit_draft(GUILD, ADMIN, lambda _: draft)
    found = await replayed(house)
    assert (found.is_changed, found.present.posted, found.changed.posted, found.lost) == (True, 1, 0, 1)
    [lost] = found.best_lost
    assert (lost.would.deal.tier, lost.would.price_usd_micros) == (DealTier.HIGH, 80_000_000)


async def test_what_this_servers_filter_left_out_was_valued_for_the_default_one_and_is_found(
    house: House,
) -> None:
    await house.join(policy=NO_ONE_PIECE)
    await judge(house)
    present, changed = ServerSettings(NO_ONE_PIECE, CHANNEL), ServerSettings(channel_id=CHANNEL)
    found = await house.replays.replay(present, changed, 7)
    assert (found.present.posted, found.changed.posted, found.not_valued) == (0, 1, 0)


async def test_what_was_gone_before_there_was_an_answer_is_said(house: House) -> None:
    await house.join()
    await house.tell(listed(80), ended(Reported.GONE, 5))
    await house.appraisal.work_due()
    found = await replayed(house)
    assert (found.looked_at, found.not_judged, found.present.posted) == (1, 1, 0)


async def test_what_was_there_before_the_bot_is_left_out(house: House) -> None:
    await house.join()
    house.value(by_alt(100))
    await house.tell(listed(80), is_baseline=True)
    await house.appraisal.work_due()
    assert (await replayed(house)).looked_at == 0


async def test_a_later_valuation_of_the_version_changes_nothing(house: House) -> None:
    await house.join()
    await judge(house, 95)
    house.pass_time(DAY_S)
    house.value(by_alt(400))
    async with house.db.write() as tx:
        await add(tx, {1: 0}, priority=Priority.RECHECK, now=house.clock.now())
    await house.appraisal.work_due()
    found = await replayed(house, Quick(discounts_bps={DealTier.INFO: 100}))
    assert found.present.posted == 0
    [gained] = found.best_gained
    assert (gained.would.value_usd_micros, gained.would.deal.tier) == (100_000_000, DealTier.INFO)


async def test_more_than_a_page_is_looked_at_once_each_until_there_are_too_many(house: House) -> None:
    await house.join()
    for n in range(5):
        house.value(by_alt(100), f"mint-{n}")
    await house.tell(*(listed(80, n / 1_000, mint=f"mint-{n}") for n in range(5)))
    await house.appraisal.work_due()
    await house.tell(*(sold(80, 60 + n / 1_000, mint=f"mint-{n}") for n in range(5)))
    house.pass_time(100)
    paged = ReplayService(house.db, house.clock, page=2)
    found = await paged.try_out(GUILD, ADMIN, 7, Quick())
    high = found.present.tiers[1]
    assert (found.looked_at, high.posted, high.sold, high.sold_after_median_s) == (5, 5, 5, 60)
    assert not found.is_cut
    bounded = ReplayService(house.db, house.clock, page=2, versions_max=4)
    found = await bounded.try_out(GUILD, ADMIN, 7, Quick())
    assert (found.looked_at, found.is_cut) == (4, True)


async def test_nobody_piles_up_replays(house: House) -> None:
    here = ServerSettings(channel_id=CHANNEL)
    asked = (house.replays.replay(here, here, 7) for _ in range(ASKING_MAX + 1))
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(answer) for answer in answers] == [Replay] * ASKING_MAX + [LimitReached]
    assert (await house.replays.replay(here, here, 7)).looked_at == 0


async def test_an_unknown_server_is_told_so(house: House) -> None:
    with pytest.raises(NotFound):
        await replayed(house)
