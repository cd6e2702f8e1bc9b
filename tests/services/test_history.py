"""A recorded past enters beside what is known: once, whole, and without anybody noticing."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import DeclarativeBase

from core.domain.catalog import CardKey, Grade, Grader, SlabFacts
from core.errors import StartError
from core.services.history import BATCH, FAULTS_MAX, HistoryService, Progress
from core.simulator.market.history import export_history
from core.simulator.market.settings import WorldSettings
from core.simulator.market.world import World
from db import catalog, prices
from db.catalog import CardRow, KindRow, SlabRow, TokenRow, TokenSlabRow
from db.events import EventRow
from db.listings import EpisodeRow, ListingRow, VersionRow
from db.posts import PostRow
from db.prices import PricePointRow
from db.work import WorkRow
from tests.databases import NOW
from tests.docs import markdown
from tests.services.house import House
from tests.services.reports import listed, sold, usd

pytestmark = pytest.mark.slow

DOCUMENT = (Path(__file__).parents[2] / "docs" / "history.md").read_text(encoding="utf-8")
EXAMPLES = [line.encode() for block in markdown.BLOCK.findall(DOCUMENT) for line in block.splitlines()]
HEADER, KIND, TOKEN = EXAMPLES[0], EXAMPLES[1], EXAMPLES[2]
MINT, SELLER = "So11111111111111111111111111111111111111112", "9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin"
CHARIZARD = CardKey("Pokemon", "Pokemon Base Set", "4", "Charizard", "Holo", "", 1999)
TABLES = (
    CardRow,
    KindRow,
    SlabRow,
    TokenRow,
    TokenSlabRow,
    ListingRow,
    EpisodeRow,
    VersionRow,
    PricePointRow,
)
SILENT = (WorkRow, EventRow, PostRow)


async def read(house: House, *lines: bytes, faults: list[str] | None = None) -> Progress:
    told: list[str] = [] if faults is None else faults
    service = HistoryService(
        house.db,
        house.clock,
        world="demo",
        told=lambda number, reason: told.append(f"{number}: {reason}"),
        progressed=lambda _: None,
    )
    progress = await service.read(lines)
    assert told == [] or faults is not None
    return progress


def event(state: str, minutes: float, amount: int = 80_000_000) -> bytes:
    """What happened to the documented token at Collector Crypt, that long after NOW."""
    row = {
        "type": "listing",
        "at": NOW + timedelta(minutes=minutes),
        "id": f"{state}{minutes}",
        "venue": "cc",
    }
    row |= {"mint": MINT, "seller": SELLER, "state": state, "amount": amount, "unit": "usd_micros"}
    return msgspec.json.encode(row)


async def counts(house: House, tables: tuple[type[DeclarativeBase], ...] = TABLES) -> dict[str, int]:
    async with house.db.read() as tx:
        return {
            table.__tablename__: (await tx.execute(select(func.count()).select_from(table))).scalar_one()
            for table in tables
        }


async def test_the_documented_lines_become_rows_and_nobody_notices(house: House) -> None:
    progress = await read(house, *EXAMPLES)
    assert (progress.lines, progress.stays, progress.prices, progress.faults) == (8, 1, 5, 0)
    assert set((await counts(house, SILENT)).values()) == {0}
    [listing] = await house.rows(ListingRow)
    [episode] = await house.rows(EpisodeRow)
    [version] = await house.rows(VersionRow)
    assert (listing.is_open, listing.closed_as, listing.version_id) == (False, "sold", version.id)
    assert (episode.reason, episode.closed_at - episode.opened_at) == ("sold", timedelta(hours=2))
    assert (version.ask_amount, version.ask_unit, version.is_baseline) == (5 * 10**9, "lamports", True)
    assert version.ended_at == version.last_seen_live_at == episode.closed_at
    points = {row.type: row for row in await house.rows(PricePointRow)}
    assert points["ask"].usd_micros == points["sale"].usd_micros or points["sale"].source == "eBay"
    assert points["ask"].usd_micros == 5 * points["rate"].usd_micros
    assert points["ask"].rate_id == points["rate"].id
    assert points["valuation"].known_at == points["valuation"].at
    assert {row.subject for row in points.values()} == {"pair:SOL/USD", "kind:1"}


async def test_reading_again_changes_nothing(house: House) -> None:
    await read(house, *EXAMPLES)
    before = [await house.rows(table) for table in TABLES]
    progress = await read(house, *EXAMPLES)
    assert (progress.stays, progress.prices) == (0, 0)
    assert [await house.rows(table) for table in TABLES] == before


async def test_a_whole_world_enters_and_enters_once(house: House) -> None:
    world = World(WorldSettings(seed=3, cards=40, people=20, listings=30, past_days=30), NOW, pace=60)
    house.pass_time(3600)
    world.live(house.clock.now())
    lines = export_history(world, house.clock.now()).splitlines()
    assert len(lines) > BATCH
    first = await read(house, *lines)
    rows = await counts(house)
    types = Counter(msgspec.json.decode(line)["type"] for line in lines)
    assert (rows["kind"], rows["token"]) == (types["kind"], types["token"])
    assert first.still_open == len(list(world.book.open_orders()))
    assert first.without_rate == 0
    async with house.db.read() as tx:
        is_wrong = (PricePointRow.known_at > house.clock.now()) | (PricePointRow.usd_micros <= 0)
        assert (await tx.execute(select(func.count()).where(is_wrong))).scalar_one() == 0
    second = await read(house, *lines)
    assert (second.stays, second.prices, await counts(house)) == (0, 0, rows)


async def test_what_is_on_sale_at_the_end_is_left_to_the_marketplaces(house: House) -> None:
    progress = await read(house, HEADER, KIND, TOKEN, event("listed", -90))
    assert progress.still_open == 1
    assert await house.rows(ListingRow) == []


async def test_a_stay_that_the_poller_saw_is_not_told_twice(house: House) -> None:
    house.know(MINT)
    await house.tell(listed(80, -3600, mint=MINT, seller=SELLER), sold(80, -1800, mint=MINT, seller=SELLER))
    before = await counts(house, (EpisodeRow, VersionRow))
    sales = [row for row in await house.rows(PricePointRow) if row.type == "sale"]
    progress = await read(house, HEADER, KIND, TOKEN, event("listed", -61), event("sold", -29.9))
    assert (progress.stays, await counts(house, (EpisodeRow, VersionRow))) == (0, before)
    assert [row for row in await house.rows(PricePointRow) if row.type == "sale"] == sales


async def test_a_sale_that_the_poller_told_in_the_minute_before_is_not_told_twice(house: House) -> None:
    house.know(MINT)
    await house.tell(sold(80, -1801, mint=MINT, seller=SELLER))
    progress = await read(house, HEADER, KIND, TOKEN, event("sold", -29.9))
    assert (progress.prices, progress.known) == (0, 1)


async def test_an_open_listing_stays_as_it_is_beside_its_past(house: House) -> None:
    house.know(MINT)
    await house.tell(listed(80, -60, mint=MINT, seller=SELLER))
    [before] = await house.rows(ListingRow)
    progress = await read(house, HEADER, KIND, TOKEN, event("listed", -600), event("delisted", -500))
    assert progress.stays == 1
    assert await house.rows(ListingRow) == [before]
    assert sorted(row.n for row in await house.rows(VersionRow)) == [1, 2]


async def test_the_poller_goes_on_where_the_past_ends(house: House) -> None:
    await read(house, HEADER, KIND, TOKEN, event("listed", -600), event("delisted", -500))
    await house.tell(listed(70, -60, mint=MINT, seller=SELLER))
    [listing] = await house.rows(ListingRow)
    assert (listing.is_open, listing.ask_amount) == (True, usd(70).value)
    assert (await counts(house, SILENT))["work"] == 1


async def test_a_file_vouches_for_no_slab(house: House) -> None:
    await read(house, HEADER, KIND, TOKEN)
    async with house.db.read() as tx:
        assert await catalog.slab_of(tx, 1) is None
    [link] = await house.rows(TokenSlabRow)
    assert (link.version, link.until) == (0, NOW)


async def test_what_is_known_of_a_slab_is_not_replaced(house: House) -> None:
    facts = SlabFacts(Grader.PSA, "12345678", Grade(90), "ours", CHARIZARD)
    async with house.db.write() as tx:
        await catalog.keep_slabs(tx, [facts], NOW)
    await read(house, HEADER, KIND, TOKEN)
    [slab] = await house.rows(SlabRow)
    assert slab.facts == facts
    assert len(await house.rows(KindRow)) == 1


async def test_a_rate_that_would_decide_about_live_listings_is_left_out(house: House) -> None:
    recent = msgspec.json.encode(
        {"type": "rate", "at": NOW - timedelta(minutes=59), "pair": "SOL/USD", "usd_micros": 1}
    )
    progress = await read(house, HEADER, recent)
    async with house.db.read() as tx:
        assert (progress.recent, await prices.latest_rate(tx, "SOL/USD", house.clock.now())) == (1, None)


async def test_an_amount_without_a_rate_is_no_price(house: House) -> None:
    progress = await read(house, HEADER, KIND, TOKEN, *EXAMPLES[4:6])
    assert (progress.stays, progress.prices, progress.without_rate) == (1, 0, 2)


async def test_a_bad_line_is_told_and_left_out(house: House) -> None:
    faults: list[str] = []
    await read(
        house, HEADER, b"", KIND, TOKEN, event("sold", -5, amount=-1), event("sold", -4), faults=faults
    )
    assert [fault.partition(" ")[0] for fault in faults] == ["5:"]
    assert [row.usd_micros for row in await house.rows(PricePointRow)] == [80_000_000]


async def test_too_many_bad_lines_end_the_import(house: House) -> None:
    faults: list[str] = []
    with pytest.raises(StartError, match=rf"stopped at line 21: {FAULTS_MAX} lines were not understood"):
        await read(house, HEADER, *[b"{"] * 30, faults=faults)
    assert len(faults) == FAULTS_MAX


async def test_another_worlds_history_is_refused(house: House) -> None:
    with pytest.raises(StartError, match="this database holds a demo one"):
        await read(house, HEADER.replace(b"demo", b"real"), KIND)
    assert await house.rows(KindRow) == []
