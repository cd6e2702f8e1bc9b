"""One person (or server) may ask so often and no more, whatever others do."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from core.clock import ManualClock
from core.domain.filters import EVERYTHING
from core.domain.listings import Mint
from core.domain.replays import Quick, Replay
from core.domain.revaluations import Span
from core.errors import InvalidInput, LimitReached, NotFound
from core.services.askers import ASKS_MAX, WITHIN_S, Askers
from core.services.deals import LISTS_MAX
from core.services.replays import TRIED_MAX
from core.services.revaluations import STARTS_MAX, STARTS_WITHIN_S
from tests.databases import NOW
from tests.services.house import CHANNEL, GUILD, House
from tests.services.reports import MINT, on_sale

TOKEN = Mint("CQRmSNvCFJfiUSYUMgzbKXS9wn9vRT8k2GbbLvzNSGFS")
ADA, TOM = 11, 12
OTHER_GUILD = 51
Ask = Callable[[int], Awaitable[object]]


async def ask(times: int, question: Ask, by: int = TOM) -> None:
    for _ in range(times):
        await question(by)


async def test_who_asks_all_the_time_is_told_when_to_ask_again_and_no_vendor_is_asked(house: House) -> None:
    async def inspect(by: int) -> object:
        return await house.inspections.inspect(TOKEN, by=by)

    await ask(ASKS_MAX, inspect)
    asked = len(house.vault.asked)
    with pytest.raises(LimitReached, match=r"10 looks within a minute.*Try again in 60 s; `/deals why`"):
        await inspect(TOM)
    assert len(house.vault.asked) == asked
    await inspect(ADA)
    house.pass_time(WITHIN_S)
    await inspect(TOM)


async def test_what_is_not_understood_is_no_question(house: House) -> None:
    for _ in range(ASKS_MAX):
        with pytest.raises(InvalidInput):
            await house.inspections.inspect("?", by=TOM)
    await house.inspections.inspect(TOKEN, by=TOM)


async def test_who_presses_buy_all_the_time_is_told_of_the_links(house: House) -> None:
    await house.join()
    await house.post_a_deal()
    house.vault.on_sale[MINT] = on_sale(80)

    async def press(by: int) -> object:
        return await house.deals.check(1, by=by)

    for _ in range(ASKS_MAX):
        await press(TOM)
        house.pass_time(5)
    asked = len(house.vault.asked)
    refusal = r"Buy 10 times within a minute.*Try again in 10 s; the links below the post open the listing"
    with pytest.raises(LimitReached, match=refusal):
        await press(TOM)
    assert len(house.vault.asked) == asked
    await press(ADA)
    house.pass_time(10)
    await press(TOM)


async def test_buy_of_what_is_unknown_is_bounded_as_well(house: House) -> None:
    for _ in range(ASKS_MAX):
        with pytest.raises(NotFound):
            await house.deals.check(99, by=TOM)
    with pytest.raises(LimitReached):
        await house.deals.check(99, by=TOM)


async def test_lists_and_their_pages_are_counted_together(house: House) -> None:
    async def browse(by: int) -> object:
        return await house.deals.browse(EVERYTHING, guild_id=None, by=by)

    async def turn(by: int) -> None:
        with pytest.raises(NotFound):
            await house.deals.turn(99, guild_id=None, by=by)

    await ask(LISTS_MAX // 2, browse)
    await ask(LISTS_MAX // 2, turn)
    for one_more in (browse, turn):
        with pytest.raises(LimitReached, match="20 pages of deals within a minute"):
            await one_more(TOM)
    await ask(1, browse, ADA)


async def test_scorecards_are_bounded(house: House) -> None:
    async def score(by: int) -> object:
        return await house.scorecard.score(GUILD, by=by)

    await ask(ASKS_MAX, score)
    with pytest.raises(LimitReached, match="10 scorecards within a minute"):
        await score(TOM)
    await score(ADA)


async def test_replays_are_bounded_for_a_person_and_one_runs_for_a_server(house: House) -> None:
    await house.join()
    await house.join(OTHER_GUILD, channel_id=CHANNEL + 1)

    async def replay(by: int, guild_id: int = GUILD) -> Replay:
        return await house.replays.try_out(guild_id, by, 7, Quick())

    here, again, there = await asyncio.gather(
        replay(ADA), replay(TOM), replay(TOM, OTHER_GUILD), return_exceptions=True
    )
    assert [type(answer) for answer in (here, again, there)] == [Replay, LimitReached, Replay]
    await ask(TRIED_MAX - 2, replay)
    with pytest.raises(LimitReached, match="5 replays within a minute"):
        await replay(TOM)
    await replay(ADA)


async def test_a_replay_that_ended_badly_is_over_for_its_server(house: House) -> None:
    await house.join()
    asked = asyncio.create_task(house.replays.try_out(GUILD, ADA, 7, Quick()))
    await asyncio.sleep(0)
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    assert (await house.replays.try_out(GUILD, ADA, 7, Quick())).looked_at == 0


async def test_re_valuations_are_bounded_for_a_server(house: House) -> None:
    await house.join()
    await house.join(OTHER_GUILD, channel_id=CHANNEL + 1)

    async def start(guild_id: int) -> None:
        with pytest.raises(NotFound):
            await house.revaluations.start(guild_id, Span.ALL, channel_id=CHANNEL, by=TOM)

    await ask(STARTS_MAX, start, GUILD)
    with pytest.raises(LimitReached, match=r"5 re-valuations were begun.*Try again in 10 min\."):
        await start(GUILD)
    await start(OTHER_GUILD)
    house.pass_time(STARTS_WITHIN_S)
    await start(GUILD)


async def test_a_second_re_valuation_that_is_refused_is_none(house: House) -> None:
    await house.join()
    await house.post_a_deal()
    run = await house.revaluations.start(GUILD, Span.ALL, channel_id=CHANNEL, by=TOM)
    for _ in range(STARTS_MAX):
        with pytest.raises(LimitReached, match="is running for this server"):
            await house.revaluations.start(GUILD, Span.ALL, channel_id=CHANNEL, by=TOM)
    await house.revaluations.cancel(run.id, guild_id=GUILD)
    assert (await house.revaluations.start(GUILD, Span.ALL, channel_id=CHANNEL, by=TOM)).id != run.id


def test_those_who_are_long_gone_are_forgotten() -> None:
    clock = ManualClock(NOW)
    askers = Askers(clock, "{most} {left}", most=2)
    for person in range(1_000):
        askers.take(person)
    clock.advance(timedelta(seconds=WITHIN_S - 1))
    askers.take(7)
    clock.advance(timedelta(seconds=1))
    askers.take(8)
    assert askers.known == {7, 8}
    askers.take(7)
    with pytest.raises(LimitReached, match="2 59 s"):
        askers.take(7)
