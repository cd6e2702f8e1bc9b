"""Helius: cards of both collections, page by page until a short one, and who holds a token."""

import traceback
from datetime import timedelta

import msgspec
import pytest
from structlog.testing import capture_logs

from core.clock import ManualClock
from core.domain.catalog import CardKey, Grade, Grader, SlabFacts
from core.domain.listings import Chain, Mint, SourceName, Wallet
from core.domain.wallets import Holding, HoldingPage
from core.errors import SourceChanged, SourceError, SourceRateLimited, SourceRefused, SourceUnavailable
from core.sources.helius import PAGE_SIZE, Helius, parse_holdings, parse_owner
from core.sources.http import SourceHttp
from tests.sources.conftest import START, Calls, Memory
from tests.sources.payloads import BUYER, MINT, SELLER, TITLE, Json, fetched
from tests.sources.payloads_rates import CORE, PNFT, das_asset, das_page, rpc, rpc_error
from tests.sources.server import WEB_PAGE, Reply, ScriptedServer, data

NAME = SourceName.HELIUS
CANARY = "c4n4ry-of-helius"
SLAB = SlabFacts(
    grader=Grader.PSA,
    certificate="145822162",
    grade=Grade(100),
    title=TITLE,
    card=CardKey("Pokemon", "Pokemon Obsidian Flames", "199", "Charizard ex", year=2023),
    category="Pokemon",
    image_url="https://images.example/das",
    insured_usd_micros=37_000_000,
)
HOLDING = Holding(Chain.SOLANA, MINT, TITLE, SLAB, image_url="https://images.example/das")


def held(*assets: Json, collection: str = CORE) -> tuple[Holding, ...]:
    return parse_holdings(fetched(NAME, das_page(*assets)), SELLER, collection)[0].holdings


async def pages_of(vendor: Helius, *, pages_max: int = 9) -> list[HoldingPage]:
    return [page async for page in vendor.holdings(SELLER, pages_max=pages_max)]


def asked_of(server: ScriptedServer) -> list[tuple[str, str, int]]:
    calls = [msgspec.json.decode(asked.body) for asked in server.asked]
    return [(call["method"], call["params"]["grouping"][1], call["params"]["page"]) for call in calls]


def test_both_of_collector_crypts_collections_are_known() -> None:
    assert (CORE, PNFT) == (
        "CCryptUfeFSZ3Fgc9FLeKrhLVAP67FSqi1GuVoj9CRac",
        "CCryptWBYktukHDQ2vHGtVcmtjXxYzvw8XNVY64YN2Yf",
    )


def test_an_asset_is_a_holding_with_its_slab() -> None:
    assert held(das_asset()) == (HOLDING,)


@pytest.mark.parametrize(
    ("name", "described", "title"),
    [
        ("2025 #005 Silvers Rayleigh PSA 1", "2025 Silvers Rayleigh 005", "2025 Silvers Rayleigh 005"),
        ("2025 #005 Silvers Rayleigh PSA 1", None, "2025 #005 Silvers Rayleigh PSA 1"),
        ("2025 #005 Nami PSA 10", "2025 Nami 005", "2025 #005 Nami PSA 10"),
    ],
)
def test_a_name_that_was_cut_gives_way_to_the_description(
    name: str, described: str | None, title: str
) -> None:
    asset = das_asset(collection=PNFT)
    metadata = asset["content"]["metadata"] | {"name": name, "json_name": None}
    metadata["attributes"].append({"trait_type": "Description", "value": described})
    [holding] = held(asset | {"content": {"metadata": metadata}}, collection=PNFT)
    assert holding.title == title
    assert holding.slab is not None
    assert (holding.slab.certificate, holding.slab.grade) == ("145822162", Grade(100))


@pytest.mark.parametrize(
    "content", [None, {}, {"metadata": {"name": None}}, {"metadata": {"attributes": []}}]
)
def test_an_asset_that_says_nothing_of_itself_is_held_all_the_same(content: Json) -> None:
    assert held(das_asset(content=content)) == (Holding(Chain.SOLANA, MINT, title=""),)


@pytest.mark.parametrize(
    ("image", "shown"),
    [
        ("https://images.example/a.png", "https://images.example/a.png"),
        ("javascript:alert(1)", ""),
        (None, ""),
    ],
)
def test_what_is_no_slab_shows_its_picture_if_it_is_one(image: Json, shown: str) -> None:
    content = {"metadata": {"name": "A box"}, "links": {"image": image}}
    assert held(das_asset(content=content)) == (Holding(Chain.SOLANA, MINT, "A box", image_url=shown),)


def test_what_is_burnt_elsewhere_or_of_another_collection_is_left_out() -> None:
    burnt, sold = das_asset(burnt=True), das_asset(owner=BUYER)
    strange = das_asset(grouping=[{"group_key": "creator", "group_value": CORE}])
    assert held(burnt, sold, das_asset(collection=PNFT), strange) == ()


def test_a_frozen_or_delegated_token_is_still_held() -> None:
    asset = das_asset(interface="NobodyKnows")
    asset["ownership"] |= {"frozen": True, "delegated": True, "delegate": BUYER}
    assert held(asset) == (HOLDING,)


def test_an_id_that_is_no_address_is_a_change() -> None:
    with pytest.raises(SourceChanged, match=r"items\[1\]"):
        held(das_asset(), das_asset(id="../x"))


def test_an_owner_is_the_wallet_of_the_token_asked_for() -> None:
    assert parse_owner(fetched(NAME, rpc(das_asset())), MINT) == SELLER
    assert parse_owner(fetched(NAME, rpc(das_asset(burnt=True))), MINT) is None
    with pytest.raises(SourceChanged, match="another token"):
        parse_owner(fetched(NAME, rpc(das_asset())), Mint("another"))
    with pytest.raises(SourceChanged, match="not an address"):
        parse_owner(fetched(NAME, rpc(das_asset(owner=""))), MINT)


def test_no_word_of_assets_is_no_empty_wallet_and_no_unknown_token() -> None:
    with pytest.raises(SourceChanged, match="neither"):
        parse_holdings(fetched(NAME, rpc(None)), SELLER, CORE)
    with pytest.raises(SourceChanged, match="neither"):
        parse_owner(fetched(NAME, rpc(None)), MINT)


async def test_both_collections_are_read_until_a_short_page(http: SourceHttp, server: ScriptedServer) -> None:
    full = das_page(*[das_asset()] * PAGE_SIZE)
    server.says(data(full), data(das_page()), data(das_page(das_asset(collection=PNFT))))
    pages = await pages_of(Helius(http, base_url=server.url, key="a-key"))
    assert [len(page.holdings) for page in pages] == [PAGE_SIZE, 1]
    assert pages[0].seen_at == START
    assert asked_of(server) == [
        ("searchAssets", CORE, 1),
        ("searchAssets", CORE, 2),
        ("searchAssets", PNFT, 1),
    ]
    asked = server.asked[0]
    assert (asked.method, asked.path, asked.query) == ("POST", "/?api-key=a-key", {"api-key": "a-key"})
    assert msgspec.json.decode(asked.body)["params"] == {
        "ownerAddress": SELLER,
        "grouping": ["collection", CORE],
        "page": 1,
        "limit": PAGE_SIZE,
        "tokenType": "all",
    }


async def test_a_page_is_full_when_it_holds_as_many_as_the_vendor_allows(
    http: SourceHttp, server: ScriptedServer
) -> None:
    capped = das_page(das_asset(), das_asset())
    capped["result"]["limit"] = 2
    server.says(data(capped), data(das_page(das_asset())), data(das_page()))
    pages = await pages_of(Helius(http, base_url=server.url, key="a-key"))
    assert [len(page.holdings) for page in pages] == [2, 1]
    assert [number for _, _, number in asked_of(server)] == [1, 2, 1]


async def test_no_more_pages_are_asked_for_than_wanted(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data(das_page(*[das_asset()] * PAGE_SIZE)))
    assert len(await pages_of(Helius(http, base_url=server.url, key="a-key"), pages_max=2)) == 2
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "reply", [data(das_page()), data(rpc_error(-32004)), data(rpc_error(-32004), status=404)]
)
async def test_a_wallet_without_cards_is_one_empty_page(
    http: SourceHttp, server: ScriptedServer, reply: Reply
) -> None:
    server.says(reply)
    [page] = await pages_of(Helius(http, base_url=server.url, key="a-key"))
    assert page.holdings == ()
    assert len(server.asked) == 2


async def test_an_unknown_token_has_no_owner(http: SourceHttp, server: ScriptedServer) -> None:
    vendor = Helius(http, base_url=server.url, key="a-key")
    server.says(data(rpc_error(-32004), status=404), data(rpc(das_asset())))
    assert await vendor.owner(MINT) is None
    assert await vendor.owner(MINT) == Wallet(SELLER)
    asked = msgspec.json.decode(server.asked[0].body)
    assert (asked["method"], asked["params"]) == ("getAsset", {"id": MINT})


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ((400, -32602), SourceChanged),
        ((401, -32001), SourceRefused),
        ((403, -32003), SourceRefused),
        ((429, -32029), SourceRateLimited),
        ((429, -32005), SourceRateLimited),
        ((500, -32000), SourceUnavailable),
    ],
)
async def test_an_error_means_the_same_in_its_status_and_in_a_200(
    http: SourceHttp,
    server: ScriptedServer,
    clock: ManualClock,
    error: tuple[int, int],
    kind: type[SourceError],
) -> None:
    status, code = error
    for reply in (data(rpc_error(code), status=200), data(rpc_error(code), status=status)):
        server.says(reply)
        clock.advance(timedelta(minutes=2))
        with pytest.raises(SourceError) as caught:
            await Helius(http, base_url=server.url, key="a-key").owner(MINT)
        assert type(caught.value) is kind


TROUBLES = [
    data(rpc_error(-32000, f"no credits left for {CANARY}")),
    data(rpc_error(-32001, f"{CANARY} is no key"), status=401),
    data({"result": {"items": CANARY}}),
    Reply(f"for {CANARY}".encode()),
    WEB_PAGE,
]


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_the_key_in_the_query_is_in_no_error_and_no_log(
    http: SourceHttp, server: ScriptedServer, memory: Memory, calls: Calls, trouble: Reply
) -> None:
    server.says(trouble)
    vendor = Helius(http, base_url=server.url, key=CANARY)
    shown: list[str] = []
    with capture_logs() as lines:
        for _ in range(6):
            with pytest.raises(SourceError) as caught:
                await pages_of(vendor)
            shown += traceback.format_exception(caught.value)
    assert server.asked[0].query == {"api-key": CANARY}
    assert CANARY not in "".join(shown) + repr(lines) + repr(memory.told) + repr(calls.outcomes)
