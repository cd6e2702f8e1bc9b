"""Lists whose pages are turned: without gap or repetition, whatever happened to the deals in between."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from core.domain.deals import DEFAULT_POLICY, DealPolicy, policy_hash
from core.domain.filters import EVERYTHING, DealFilter
from core.domain.listings import Reported, Venue
from core.domain.money import Amount, Unit
from core.domain.posts import DealPage, DealPost
from core.errors import NotFound
from core.services.deals import GAMES_KEPT_S
from core.services.housekeeping import PAGES_KEPT
from db import deals as verdicts
from db import guilds
from db.deals import Verdict
from db.listings import VersionRow
from db.pages import PageRow
from tests.cogs.deal_posts import a_deal
from tests.services.house import GUILD, House
from tests.services.reports import CARD, a_slab, by_alt, ended, listed

pytestmark = pytest.mark.slow

READER = 7
DIGEST = policy_hash(DEFAULT_POLICY)


async def deals(house: House, count: int, *, first: int = 0) -> None:
    """Deals at 60, 61, 62 … in that order, as if the line had just found them."""
    before = len(await house.rows(VersionRow))
    await house.tell(*(listed(60 + n, n, mint=f"mint-{n}") for n in range(first, first + count)))
    now = house.clock.now()
    found = [
        Verdict(
            row.id, DIGEST, None, "gold", None, 5_000, "collectorcrypt", deal_at(row.ask_amount, n), now, 1
        )
        for n, row in enumerate((await house.rows(VersionRow))[before:], first)
    ]
    async with house.db.write() as tx:
        await guilds.keep_policy(tx, DEFAULT_POLICY, now)
        await verdicts.add(tx, found)


def deal_at(price: int, n: int) -> DealPost:
    ask = Amount(price, Unit.USD_MICROS)
    return a_deal(price=ask, price_usd_micros=price, title="Nico Robin", mint=f"mint-{n}")


async def browse(house: House, where: DealFilter = EVERYTHING) -> tuple[DealPage, int | None]:
    return await house.deals.browse(where, guild_id=None, by=READER)


def prices(page: DealPage) -> list[int]:
    return [view.deal.price.value // 1_000_000 for view in page.items]


async def test_a_list_that_fits_a_page_has_no_buttons_and_leaves_no_row(house: House) -> None:
    await deals(house, 10)
    page, page_id = await browse(house)
    assert (len(page.items), page.next_before, page_id) == (10, None, None)
    assert await house.rows(PageRow) == []


async def test_pages_are_turned_forth_and_back(house: House) -> None:
    await deals(house, 23)
    first, page_id = await browse(house)
    assert page_id is not None
    second, _ = await house.deals.turn(page_id, guild_id=None, by=READER, before=first.next_before)
    third, _ = await house.deals.turn(page_id, guild_id=None, by=READER, before=second.next_before)
    assert [len(page.items) for page in (first, second, third)] == [10, 10, 3]
    seen = [view.id for page in (first, second, third) for view in page.items]
    assert seen == sorted(set(seen), reverse=True)
    assert (third.next_before, first.has_newer, third.has_newer) == (None, False, True)
    back, _ = await house.deals.turn(page_id, guild_id=None, by=READER, after=third.items[0].version_id)
    assert [view.id for view in back.items] == [view.id for view in second.items]
    newest, _ = await house.deals.turn(page_id, guild_id=None, by=READER, after=back.items[0].version_id)
    assert (newest.items, newest.has_newer) == (first.items, False)


async def test_the_newest_is_what_was_seen_last_whenever_it_was_judged(house: House) -> None:
    house.value(by_alt(160), "a")
    house.value(by_alt(160), "b")
    await house.tell(listed(60, 0, mint="a"), is_baseline=True)
    await house.tell(listed(70, 1, mint="b"))
    await house.appraisal.work_due()
    page, _ = await browse(house)
    assert prices(page) == [70, 60]


async def test_deals_that_end_or_appear_between_two_pages_make_no_gap(house: House) -> None:
    await deals(house, 23)
    first, page_id = await browse(house)
    assert page_id is not None
    await house.tell(ended(Reported.DELISTED, 100, mint=first.items[-1].deal.mint))
    await deals(house, 3, first=23)
    second, _ = await house.deals.turn(page_id, guild_id=None, by=READER, before=first.next_before)
    assert prices(first) + prices(second) == list(range(82, 62, -1))


async def test_a_page_that_emptied_says_so_and_leads_back(house: House) -> None:
    await deals(house, 12)
    first, page_id = await browse(house)
    assert page_id is not None
    for n in range(2):
        await house.tell(ended(Reported.DELISTED, 100, mint=f"mint-{n}"))
    second, _ = await house.deals.turn(page_id, guild_id=None, by=READER, before=first.next_before)
    assert (second.items, second.has_newer, second.next_before) == ((), True, None)
    again, _ = await house.deals.turn(page_id, guild_id=None, by=READER)
    assert len(again.items) == 10


async def test_two_people_may_turn_the_same_page_at_once(house: House) -> None:
    await deals(house, 12)
    first, page_id = await browse(house)
    assert page_id is not None
    turns = (house.deals.turn(page_id, guild_id=None, by=READER, before=first.next_before) for _ in range(2))
    one, other = await asyncio.gather(*turns)
    assert one == other


async def test_a_list_is_forgotten_after_a_week(house: House) -> None:
    await deals(house, 12)
    _, page_id = await browse(house)
    assert page_id is not None
    house.clock.advance(PAGES_KEPT)
    await house.operations.housekeep()
    assert (await house.deals.turn(page_id, guild_id=None, by=READER))[1] == EVERYTHING
    house.clock.advance(timedelta(seconds=1))
    await house.operations.housekeep()
    with pytest.raises(NotFound, match="too old"):
        await house.deals.turn(page_id, guild_id=None, by=READER)


async def test_a_server_turns_the_pages_of_its_own_deals(house: House) -> None:
    await deals(house, 12)
    _, page_id = await browse(house)
    assert page_id is not None
    await house.join(policy=DealPolicy(confidence_min=61))
    page, _ = await house.deals.turn(page_id, guild_id=GUILD, by=READER)
    assert page.items == ()


async def test_only_what_fits_is_listed(house: House) -> None:
    await deals(house, 23)
    page, _ = await browse(house, DealFilter(price_max_usd_micros=62_000_000))
    assert prices(page) == [62, 61, 60]
    page, _ = await browse(house, DealFilter(venue=Venue.ME))
    assert page.items == ()


async def test_a_narrow_search_has_pages_too(house: House) -> None:
    await deals(house, 15)
    first, page_id = await browse(house, DealFilter(text="nico", price_max_usd_micros=71_000_000))
    assert page_id is not None
    second, where = await house.deals.turn(page_id, guild_id=None, by=READER, before=first.next_before)
    assert (len(first.items), len(second.items), where.text) == (10, 2, "nico")
    newer = second.items[0].version_id
    again, _ = await house.deals.turn(page_id, guild_id=None, by=READER, after=newer)
    assert prices(again) == prices(first) == [*range(71, 61, -1)]


async def test_the_games_of_what_we_saw_are_known(house: House) -> None:
    assert await house.deals.categories() == ()
    await house.tell(listed(80, 0), listed(80, 1, mint="b", slab=a_slab("b", card=None)))
    assert await house.deals.categories() == ("One Piece",)
    baseball = a_slab("c", card=msgspec.structs.replace(CARD, game="Baseball"))
    await house.tell(listed(80, 2, mint="c", slab=baseball))
    house.pass_time(GAMES_KEPT_S - 1)
    assert await house.deals.categories() == ("One Piece",)
    house.pass_time(1)
    assert await house.deals.categories() == ("Baseball", "One Piece")
