"""As long an answer as a vendor may give, over the wire: it is read whole, in order, and no row is lost."""

from datetime import timedelta

import pytest

from core.domain.listings import Mint
from core.sources.alt import Alt
from core.sources.beezie import Beezie
from core.sources.coingecko import CoinGecko
from core.sources.collectorcrypt import CollectorCrypt
from core.sources.helius import Helius
from core.sources.http import SourceHttp
from core.sources.magiceden import MagicEden
from core.sources.solana import Solana
from tests.sources import payloads as paid
from tests.sources import payloads_elsewhere as elsewhere
from tests.sources import payloads_marketplaces as markets
from tests.sources import payloads_rates as rates
from tests.sources.conftest import START
from tests.sources.huge import NAMES, NUMBERS, ROWS, Huge, held, ids, mints, times, times_of, values
from tests.sources.payloads import ASSET, MINT, SELLER, Json
from tests.sources.payloads_keyed import ebay_item, ebay_page
from tests.sources.payloads_people import discord_guild
from tests.sources.questions.elsewhere import opensea
from tests.sources.questions.keyed import LENDING, ebay
from tests.sources.questions.marketplaces import DAY, SLAB
from tests.sources.questions.people import GRANT, discord
from tests.sources.server import ScriptedServer, data

pytestmark = pytest.mark.slow

GUILDS = 200
"""As many as a person may be in."""
PAGES = 9
MINTS = [Mint(f"{n:044}") for n in NUMBERS]
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
TIMES = [START - n * SECOND for n in NUMBERS]


def cc(http: SourceHttp, url: str) -> CollectorCrypt:
    return CollectorCrypt(http, base_url=url)


def me(http: SourceHttp, url: str) -> MagicEden:
    return MagicEden(http, base_url=url)


def cc_sales() -> list[Json]:
    return [paid.cc_sale(id=f"s{n}", createdAt=at.isoformat()) for n, at in enumerate(TIMES)]


def me_sales() -> list[Json]:
    seconds = [int(at.timestamp()) for at in TIMES]
    return [paid.me_activity("buyNow", signature=f"s{n}", blockTime=at) for n, at in enumerate(seconds)]


def candles() -> list[Json]:
    closed = [START - n * MINUTE for n in reversed(NUMBERS)]
    return [[int(at.timestamp()) * 1000, 76, 78, 75, 77] for at in closed]


def sea_row(number: int) -> Json:
    token = {"itemType": 2, "token": elsewhere.CONTRACT, "identifierOrCriteria": str(number)}
    return elsewhere.sea_listing(parameters={"offer": [token]}, order_hash=f"0x{number}")


HUGE = (
    Huge(
        "cc listings",
        lambda http, url: mints(cc(http, url).listings(pages_max=PAGES)),
        lambda: (paid.cc_page(*(paid.cc_row(nftAddress=mint) for mint in MINTS)),),
        MINTS,
    ),
    Huge(
        "cc history",
        lambda http, url: times_of(cc(http, url).history_of(MINT, START - DAY)),
        lambda: (cc_sales(),),
        TIMES,
    ),
    Huge(
        "cc wallet activities",
        lambda http, url: times(cc(http, url).wallet_activities(SELLER, pages_max=PAGES)),
        lambda: (cc_sales(),),
        TIMES,
    ),
    Huge(
        "cc holdings",
        lambda http, url: held(cc(http, url).holdings(SELLER, pages_max=PAGES)),
        lambda: (markets.cc_wallet(*(markets.cc_held(nftAddress=mint) for mint in MINTS)),),
        MINTS,
    ),
    Huge(
        "cc offers",
        lambda http, url: values(cc(http, url).offers(MINT), "id"),
        lambda: ([markets.cc_offer(id=name, price=2 * ROWS - n) for n, name in enumerate(NAMES)],),
        NAMES,
    ),
    Huge(
        "me activities",
        lambda http, url: mints(me(http, url).activities(pages_max=PAGES)),
        lambda: ([paid.me_activity(tokenMint=mint) for mint in MINTS], []),
        MINTS,
    ),
    Huge(
        "me history",
        lambda http, url: times(me(http, url).history(START - DAY, pages_max=PAGES)),
        lambda: (me_sales(), []),
        TIMES,
    ),
    Huge(
        "me token history",
        lambda http, url: times_of(me(http, url).history_of(MINT, START - DAY)),
        lambda: (me_sales(),),
        TIMES,
    ),
    Huge(
        "me wallet activities",
        lambda http, url: times(me(http, url).wallet_activities(SELLER, pages_max=PAGES)),
        lambda: (me_sales(), []),
        TIMES,
    ),
    Huge(
        "me holdings",
        lambda http, url: held(me(http, url).holdings(SELLER, pages_max=PAGES)),
        lambda: ([markets.me_held(mintAddress=mint) for mint in MINTS], []),
        MINTS,
    ),
    Huge(
        "alt sales",
        lambda http, url: values(Alt(http, base_url=url).sales(SLAB, asset_id=ASSET), "at"),
        lambda: (
            markets.alt_sales(
                *(markets.alt_sale(f"tx-{n}", date=at.isoformat()) for n, at in enumerate(TIMES))
            ),
        ),
        TIMES,
    ),
    Huge(
        "beezie listings",
        lambda http, url: mints(Beezie(http, base_url=url).listings(pages_max=PAGES)),
        lambda: (
            elsewhere.beezie_page(*(elsewhere.beezie_item(tokenId=mint) for mint in MINTS)),
            elsewhere.beezie_page(),
        ),
        MINTS,
    ),
    Huge(
        "opensea listings",
        lambda http, url: mints(opensea(http, url).listings(pages_max=PAGES)),
        lambda: (elsewhere.sea_page(*(sea_row(n) for n in NUMBERS)),),
        [f"{n:064x}" for n in NUMBERS],
    ),
    Huge(
        "ebay asks",
        lambda http, url: ids(ebay(http, url + LENDING).asks("charizard", pages_max=PAGES)),
        lambda: (ebay_page(*(ebay_item(itemId=name) for name in NAMES)),),
        NAMES,
    ),
    Huge(
        "coingecko candles",
        lambda http, url: values(CoinGecko(http, base_url=url).candles("SOL/USD", days=1), "at"),
        lambda: (candles(),),
        [START - (n + 30) * MINUTE for n in reversed(NUMBERS)],
    ),
    Huge(
        "helius holdings",
        lambda http, url: held(Helius(http, base_url=url, key="a-key").holdings(SELLER, pages_max=PAGES)),
        lambda: (rates.das_page(*(rates.das_asset(id=mint) for mint in MINTS)), rates.das_page()),
        MINTS,
    ),
    Huge(
        "solana holdings",
        lambda http, url: held(Solana(http, base_url=url).holdings(SELLER, pages_max=PAGES)),
        lambda: (
            rates.token_accounts(*(rates.token_account(mint=mint) for mint in MINTS)),
            rates.token_accounts(),
        ),
        MINTS,
    ),
    Huge(
        "discord memberships",
        lambda http, url: values(discord(http, url).memberships(GRANT), "guild_id"),
        lambda: ([discord_guild(id=str(n)) for n in range(GUILDS)],),
        [*range(GUILDS)],
    ),
)


@pytest.mark.parametrize("huge", HUGE, ids=str)
async def test_a_huge_page_is_read_whole_and_in_order(
    http: SourceHttp, server: ScriptedServer, huge: Huge
) -> None:
    server.says(*map(data, huge.answers()))
    assert await huge.ask(http, server.url) == huge.wanted
