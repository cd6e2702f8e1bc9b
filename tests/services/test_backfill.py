"""The past: what was sold before the first start, read in pieces, once, whoever fails meanwhile."""

from dataclasses import dataclass, field, replace

import msgspec
import pytest

from core.domain.listings import Report, SourceName, Wallet
from core.domain.money import Amount
from core.errors import SourceChanged, SourceError, SourceRateLimited, SourceUnavailable
from core.services.backfill import TOKENS_MAX, TRIES_MAX, UNKNOWN_MAX, WAITS_MAX, BackfillService
from core.sources.base import Sources
from db import catalog, prices
from db.backfill import BackfillRow
from db.prices import PricePointRow
from db.trades import TradeRow
from tests.services.house import House
from tests.services.pasts import Candles, Vault, Venue
from tests.services.reports import CC, ME, MINT, a_slab, at, listed, page, sol, sold, usd

pytestmark = pytest.mark.slow

DAY_S = 86_400
AWAY = SourceUnavailable("magiceden", "does not answer")
CHANGED = SourceChanged("collectorcrypt", "not an amount", path="$[0].amount")


@dataclass
class Past:
    """A house whose vendors tell of the past."""

    house: House
    venue: Venue = field(default_factory=Venue)
    vault: Vault = field(default_factory=Vault)
    candles: Candles = field(default_factory=Candles)

    def __post_init__(self) -> None:
        self.service = self.started()

    def started(self) -> BackfillService:
        """Another start of the program."""
        house = self.house
        sources = Sources(
            slabs={house.vault.name: house.vault},
            states={},
            candles=(self.candles,),
            histories=(self.venue,),
            token_histories=(self.vault,),
        )
        return BackfillService(house.db, house.clock, house.prices, sources)

    async def paid(self, subject: str = "kind:1") -> list[float]:
        """In dollars, newest first."""
        async with self.house.db.read() as tx:
            sales = await prices.sales(tx, subject, since=at(-100 * DAY_S))
        return [sale.usd_micros / usd(1).value for sale in sales]

    async def list_tokens(self, *mints: str) -> None:
        await self.house.tell(*(listed(90, 0, mint=mint) for mint in mints), is_baseline=True)


@pytest.fixture
def past(house: House) -> Past:
    return Past(house)


def before(
    days: float, price: float | Amount = 80, *, mint: str = MINT, source: SourceName = ME, seller: str = "ann"
) -> Report:
    return sold(price, -days * DAY_S, mint=mint, source=source, seller=seller)


async def test_what_a_venue_sold_in_90_days_is_evidence_of_the_kind_when_the_vault_knows_the_token(
    past: Past,
) -> None:
    past.house.know()
    past.venue.pages = [page(before(2, 80), before(1, 70)), page(before(40, 60, seller="bob"))]
    assert await past.service.work_due() == 3
    assert past.venue.asked == [at(-90 * DAY_S)]
    assert await past.paid() == [70, 80, 60]


async def test_a_venue_is_read_once(past: Past) -> None:
    past.venue.pages = [page(before(1))]
    assert [await past.service.work_due(), await past.service.work_due()] == [1, 0]
    assert await past.started().work_due() == 0
    assert len(past.venue.asked) == 1


async def test_what_is_new_comes_before_the_past_of_a_venue(past: Past) -> None:
    past.service.sources = replace(past.service.sources, listings=(past.house.vault,))
    past.venue.pages = [page(before(1))]
    assert await past.service.work_due() == 0
    assert (past.venue.asked, past.candles.asked) == ([], [])
    await past.house.listings.poll_listings(past.house.vault)
    assert await past.service.work_due() == 1


async def test_a_marketplace_that_cannot_be_read_holds_up_the_past_only_for_a_while(past: Past) -> None:
    past.service.sources = replace(past.service.sources, listings=(past.house.vault,))
    past.venue.pages = [page(before(1))]
    past.house.pass_time(WAITS_MAX.total_seconds() - 1)
    assert await past.service.work_due() == 0
    past.house.pass_time(1)
    assert await past.service.work_due() == 1


async def test_a_read_that_broke_off_begins_again_and_doubles_nothing(past: Past) -> None:
    past.venue.pages = [page(before(1)), AWAY]
    with pytest.raises(SourceUnavailable):
        await past.service.work_due()
    past.venue.pages = [page(before(1)), page(before(5, seller="bob"))]
    assert await past.started().work_due() == 1
    assert len(await past.house.rows(TradeRow)) == 2


async def test_what_was_paid_in_sol_is_worth_what_it_was_then(past: Past) -> None:
    past.venue.pages = [page(before(80, sol(2)), before(10, sol(2), seller="bob"))]
    await past.service.work_due()
    assert await past.paid("token:1") == [20, 160]
    assert past.candles.asked == [30, 90]


async def test_without_a_word_of_what_sol_was_worth_the_venue_waits(past: Past) -> None:
    past.candles.down = SourceUnavailable("coingecko", "does not answer")
    past.venue.pages = [page(before(10, sol(2)))]
    with pytest.raises(SourceError, match="coingecko"):
        await past.service.work_due()
    assert past.venue.asked == []
    past.candles.down = None
    assert await past.service.work_due() == 1


async def test_who_has_no_turn_yet_is_in_no_trouble(past: Past) -> None:
    await past.list_tokens(MINT)
    past.vault.told[MINT] = SourceRateLimited("collectorcrypt", "no turn", retry_after_s=11)
    assert await past.service.work_due() == 0
    past.vault.told[MINT] = (before(3, source=CC),)
    assert await past.service.work_due() == 1


async def test_the_past_of_every_token_on_sale_is_read_in_pieces(past: Past) -> None:
    mints = [f"mint-{n}" for n in range(TOKENS_MAX + 2)]
    await past.list_tokens(*mints)
    past.vault.told = {mint: (before(3, mint=mint, source=CC),) for mint in mints}
    assert await past.service.work_due() == TOKENS_MAX
    assert await past.started().work_due() == 2
    assert past.vault.asked == mints
    assert await past.service.work_due() == 0
    await past.list_tokens("new")
    await past.service.work_due()
    assert past.vault.asked == [*mints, "new"]


async def test_a_token_that_is_no_longer_on_sale_or_in_another_vault_is_not_asked_about(past: Past) -> None:
    await past.list_tokens("a", "b")
    await past.house.tell(sold(90, 50, mint="a"))
    other = Vault(SourceName.BEEZIE)
    past.service.sources = replace(past.service.sources, token_histories=(past.vault, other))
    await past.service.work_due()
    assert (past.vault.asked, other.asked) == (["b"], [])


async def test_what_is_listed_and_delisted_is_no_price(past: Past) -> None:
    await past.list_tokens(MINT)
    past.vault.told[MINT] = (listed(90, -DAY_S), before(2, source=CC))
    assert await past.service.work_due() == 1
    assert await past.paid() == [80]


async def test_a_vendor_that_is_away_is_asked_again_where_it_was(past: Past) -> None:
    await past.list_tokens("a", "b", "c")
    past.vault.told["b"] = SourceUnavailable("collectorcrypt", "does not answer")
    with pytest.raises(SourceUnavailable):
        await past.service.work_due()
    past.vault.told["b"] = ()
    await past.service.work_due()
    assert past.vault.asked == ["a", "b", "b", "c"]


async def test_a_token_whose_past_is_not_understood_holds_up_the_others_only_for_a_while(past: Past) -> None:
    await past.list_tokens("a", "b")
    past.vault.told["a"] = CHANGED
    for _ in range(TRIES_MAX - 1):
        with pytest.raises(SourceChanged):
            await past.service.work_due()
    await past.service.work_due()
    assert past.vault.asked == ["a"] * TRIES_MAX + ["b"]


async def test_a_venue_that_is_gone_for_good_does_not_hold_up_the_vault(past: Past) -> None:
    await past.list_tokens(MINT)
    past.venue.pages = [AWAY]
    past.vault.told[MINT] = (before(3, source=CC),)
    with pytest.raises(SourceUnavailable, match="magiceden"):
        await past.service.work_due()
    assert await past.paid() == [80]


async def test_two_vendors_that_tell_of_one_sale_make_one_price_and_both_may_know_the_buyer(
    past: Past,
) -> None:
    await past.list_tokens(MINT)
    told = before(3, source=CC)
    past.vault.told[MINT] = (msgspec.structs.replace(told, buyer=None),)
    past.venue.pages = [page(before(3 + 90 / DAY_S))]
    assert await past.service.work_due() == 1
    [trade] = await past.house.rows(TradeRow)
    assert trade.buyer == "buyer"


async def test_what_was_kept_live_is_not_kept_again(past: Past) -> None:
    await past.list_tokens(MINT)
    await past.house.tell(sold(80, 30))
    past.venue.pages = [page(sold(80, 75, source=ME))]
    assert await past.service.work_due() == 0
    assert len([row for row in await past.house.rows(PricePointRow) if row.type == "sale"]) == 1


async def test_wash_trades_of_the_past_are_no_evidence_either(past: Past) -> None:
    past.house.know()
    there = msgspec.structs.replace(before(5, 900, seller="ann"), buyer=Wallet("bob"))
    back = msgspec.structs.replace(before(4, 950, seller="bob"), buyer=Wallet("ann"))
    own = msgspec.structs.replace(before(3, 990, seller="cat"), buyer=Wallet("cat"))
    past.venue.pages = [page(there, back, own, before(1))]
    assert await past.service.work_due() == 3
    assert await past.paid() == [80]


async def test_sold_tokens_that_nobody_knows_are_asked_about_once_and_a_few_at_a_time(past: Past) -> None:
    mints = [f"mint-{n}" for n in range(UNKNOWN_MAX + 1)]
    past.house.know("mint-3", a_slab("3"))
    past.venue.pages = [page(*(before(1, mint=mint) for mint in reversed(mints)))]
    await past.service.work_due()
    assert past.house.vault.asked == [f"slab {mint}" for mint in mints[:UNKNOWN_MAX]]
    await past.service.work_due()
    await past.started().work_due()
    assert past.house.vault.asked == [f"slab {mint}" for mint in mints]
    assert await past.paid() == [80]


async def test_what_was_found_out_another_way_is_not_asked_about(past: Past) -> None:
    past.house.vault.break_down()
    past.venue.pages = [page(before(1))]
    with pytest.raises(SourceUnavailable):
        await past.service.work_due()
    async with past.house.db.write() as tx:  # as an imported history does
        [slab_id] = (await catalog.keep_slabs(tx, [a_slab()], at(0))).values()
        await catalog.link(tx, {1: slab_id}, at(0))
    await past.service.work_due()
    assert await past.paid() == [80]


async def test_while_the_vault_is_away_a_sale_stays_with_its_token(past: Past) -> None:
    past.house.vault.break_down()
    past.venue.pages = [page(before(1))]
    with pytest.raises(SourceUnavailable):
        await past.service.work_due()
    assert await past.paid("token:1") == [80]
    past.house.vault.down = None
    past.house.know()
    await past.service.work_due()
    assert await past.paid() == [80]


async def test_how_far_it_came_is_a_row_each(past: Past) -> None:
    past.house.know()
    await past.list_tokens("a")
    past.venue.pages = [page(before(1))]
    await past.service.work_due()
    rows = {row.stretch: (row.cursor, row.done_at) for row in await past.house.rows(BackfillRow)}
    assert set(rows) == {"rates", "sales:magiceden", "slabs", "tokens:collectorcrypt"}
    assert rows["tokens:collectorcrypt"] == (1, None)
    assert rows["sales:magiceden"] == (0, past.house.clock.now())
