"""Magic Eden on histories, wallets and the collection: what its rows become, and what is asked for."""

from datetime import timedelta

import pytest

from core.domain.catalog import GradeLabel
from core.domain.listings import Mint, Report, Reported, SourceName
from core.domain.money import Amount, Unit
from core.domain.prices import CollectionStats
from core.errors import SourceChanged, SourceError
from core.sources.http import SourceHttp
from core.sources.magiceden import (
    LONG_PAGE_SIZE,
    MagicEden,
    parse_activities,
    parse_holdings,
    parse_slab,
    parse_stats,
)
from tests.sources.conftest import START
from tests.sources.payloads import BONK, BUYER, MINT, SELLER, TITLE, Json, fetched, me_activity, me_token
from tests.sources.payloads_marketplaces import me_held, me_stats
from tests.sources.server import Reply, ScriptedServer, data

NAME = SourceName.MAGIC_EDEN
LONG_AGO = START - timedelta(days=90)
NEWEST = int(START.timestamp()) - 60
GONE = Reply(b"Collection not found", status=404, content_type="text/plain")


def sales(first: int, count: int, *, each_s: int = 60) -> list[Json]:
    """Newest first: the n-th was n times `each_s` before the newest."""
    return [
        me_activity("buyNow", signature=f"s{n}", blockTime=NEWEST - n * each_s)
        for n in range(first, first + count)
    ]


async def told(http: SourceHttp, server: ScriptedServer, *, pages_max: int = 9) -> list[Report]:
    pages = MagicEden(http, base_url=server.url).history(LONG_AGO, pages_max=pages_max)
    return [report async for page in pages for report in page.reports]


async def test_a_history_goes_on_while_pages_are_full(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data(sales(0, LONG_PAGE_SIZE)), data(sales(LONG_PAGE_SIZE, 3)))
    found = await told(http, server)
    assert [report.said for report in found] == [Reported.SOLD] * (LONG_PAGE_SIZE + 3)
    assert [(asked.query["offset"], asked.query["type"]) for asked in server.asked] == [
        ("0", "buyNow"),
        ("500", "buyNow"),
    ]


async def test_what_overlaps_is_told_once(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data(sales(0, LONG_PAGE_SIZE)), data(sales(LONG_PAGE_SIZE - 7, LONG_PAGE_SIZE)), data([]))
    ids = [report.event_id for report in await told(http, server)]
    assert len(ids) == len(set(ids)) == 2 * LONG_PAGE_SIZE - 7


async def test_a_history_ends_where_it_was_asked_to(http: SourceHttp, server: ScriptedServer) -> None:
    a_day = 86_400
    server.says(data(sales(0, LONG_PAGE_SIZE, each_s=a_day)))
    found = await told(http, server)
    assert (len(found), len(server.asked)) == (90, 1)
    assert min(report.effective_at for report in found) >= LONG_AGO


@pytest.mark.parametrize("last", [data(sales(0, LONG_PAGE_SIZE)), GONE], ids=["repeated", "refused"])
async def test_a_history_ends_as_far_back_as_the_vendor_goes(
    http: SourceHttp, server: ScriptedServer, last: Reply
) -> None:
    server.says(data(sales(0, LONG_PAGE_SIZE)), last)
    assert len(await told(http, server)) == LONG_PAGE_SIZE
    assert len(server.asked) == 2


async def test_a_history_has_no_more_pages_than_wanted(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(*[data(sales(n * LONG_PAGE_SIZE, LONG_PAGE_SIZE)) for n in range(3)])
    assert len(await told(http, server, pages_max=2)) == 2 * LONG_PAGE_SIZE


async def test_a_collection_that_is_not_known_at_all_has_no_empty_history(
    http: SourceHttp, server: ScriptedServer
) -> None:
    server.says(GONE)
    with pytest.raises(SourceChanged):
        await told(http, server)


async def test_the_history_of_a_token_is_its_own_since_then(http: SourceHttp, server: ScriptedServer) -> None:
    old = me_activity("buyNow", signature="old", blockTime=int(LONG_AGO.timestamp()) - 1)
    server.says(data([me_activity("list"), me_activity("delist"), me_activity(tokenMint=BONK), old]))
    page = await MagicEden(http, base_url=server.url).history_of(MINT, LONG_AGO)
    assert page is not None
    assert [report.said for report in page.reports] == [Reported.LISTED, Reported.DELISTED]
    assert page.skipped == 2


def test_a_wallets_activity_in_another_collection_is_skipped() -> None:
    rows = [me_activity("buyNow"), me_activity(collectionSymbol=None), me_activity(collectionSymbol="bears")]
    page = parse_activities(fetched(NAME, rows), collection="collector_crypt")
    assert (len(page.reports), page.skipped) == (2, 1)


async def test_a_wallet_is_read_page_by_page(http: SourceHttp, server: ScriptedServer) -> None:
    full = [me_activity("bid")] * (LONG_PAGE_SIZE - 1) + [me_activity("buyNow")]
    server.says(data(full), data([me_activity("list")]))
    eden = MagicEden(http, base_url=server.url)
    pages = [page async for page in eden.wallet_activities(BUYER, pages_max=9)]
    assert [len(page.reports) for page in pages] == [1, 1]
    server.asked.clear()
    server.says(data([me_held(mintAddress=f"a{n}") for n in range(LONG_PAGE_SIZE)]), data([me_held()]))
    held = [page async for page in eden.holdings(SELLER, pages_max=9)]
    assert [len(page.holdings) for page in held] == [LONG_PAGE_SIZE, 1]
    assert [asked.query["offset"] for asked in server.asked] == ["0", "500"]
    assert server.asked[0].query["collection_symbol"] == "collector_crypt"
    assert server.asked[0].query["listStatus"] == "both"


async def test_an_unknown_wallet_holds_nothing_and_did_nothing(
    http: SourceHttp, server: ScriptedServer
) -> None:
    unknown = Reply(b"Wallet not found", status=400, content_type="text/plain")
    server.says(*[unknown, data(me_stats())] * 2)
    eden = MagicEden(http, base_url=server.url)
    assert [page.holdings async for page in eden.holdings(SELLER, pages_max=3)] == [()]
    assert [page.reports async for page in eden.wallet_activities(SELLER, pages_max=3)] == [()]


def held(row: Json) -> tuple[Mint, ...]:
    page, rows = parse_holdings(fetched(NAME, [row]), SELLER)
    assert rows == 1
    return tuple(holding.mint for holding in page.holdings)


def test_a_token_in_a_wallet_has_its_slab_and_a_thing_without_traits_has_none() -> None:
    page, _ = parse_holdings(fetched(NAME, [me_held(), me_held(attributes=[])]), SELLER)
    slab, raw = page.holdings
    assert slab.slab is not None
    assert (slab.slab.grade.label, slab.title, slab.image_url) == (
        GradeLabel.PRISTINE,
        TITLE,
        "https://images.example/me",
    )
    assert (raw.slab, raw.title) == (None, TITLE)


def test_what_is_said_to_be_anothers_is_left_out() -> None:
    assert held(me_held()) == (MINT,)
    assert held(me_held(owner=None)) == (MINT,)
    assert held(me_held(owner=BUYER)) == ()
    assert held(me_held(mintAddress="a/b")) == ()


@pytest.mark.parametrize("cut", ["2023 Charizard ex Special PSA 10"[:32], "2023 #199 Charizard ex VMAX PSA"])
def test_a_name_that_may_have_been_cut_is_not_believed(cut: str) -> None:
    described = "2023 Pokemon Obsidian Flames Charizard ex 199"
    slab = parse_slab(fetched(NAME, me_token({"Description": described}, name=cut)))
    assert slab is not None
    assert slab.title == described


@pytest.mark.parametrize("name", ["2023 #9 Mew PSA 10", TITLE])
def test_a_shorter_or_longer_name_is_whole(name: str) -> None:
    slab = parse_slab(fetched(NAME, me_token({"Description": "described"}, name=name)))
    assert slab is not None
    assert slab.title == name


def test_the_grade_is_never_read_from_a_name() -> None:
    slab = parse_slab(fetched(NAME, me_token({"The Grade": "MINT 9", "GradeNum": None})))
    assert slab is not None
    assert slab.grade.tenths == 90
    assert "10" in slab.title


def test_the_floor_is_in_lamports() -> None:
    stats = parse_stats(fetched(NAME, me_stats()))
    assert stats == CollectionStats(START, Amount(2_850_000_000, Unit.LAMPORTS), 877)


@pytest.mark.parametrize("changes", [{"floorPrice": None, "listedCount": None}, {"floorPrice": 0}])
def test_a_thin_collection_has_no_floor(changes: Json) -> None:
    assert parse_stats(fetched(NAME, me_stats(**changes))).floor is None


@pytest.mark.parametrize("changes", [{"floorPrice": -1}, {"floorPrice": "NaN"}, {"listedCount": -1}])
def test_a_floor_that_makes_no_sense_is_a_change(changes: Json) -> None:
    with pytest.raises(SourceChanged):
        parse_stats(fetched(NAME, me_stats(**changes)))


async def test_a_collection_that_is_gone_has_no_stats(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(GONE)
    assert await MagicEden(http, base_url=server.url).stats() is None


@pytest.mark.parametrize(
    "gone",
    [Reply(status=410), Reply(b"Not Found", status=404), Reply(b"<html>", content_type="text/html")],
    ids=["410", "404", "web page"],
)
async def test_a_vendor_that_is_gone_for_good_says_nothing_of_any_token(
    http: SourceHttp, server: ScriptedServer, gone: Reply
) -> None:
    server.says(gone)
    eden = MagicEden(http, base_url=server.url)
    for question in (eden.live(MINT), eden.slab(MINT), eden.history_of(MINT, LONG_AGO)):
        with pytest.raises(SourceError):
            await question
