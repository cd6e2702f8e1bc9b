"""What the marketplaces, ALT and CoinGecko can be asked, each question with a good answer to it."""

from datetime import timedelta

from core.domain.catalog import Grade, Grader, SlabFacts
from core.sources.alt import Alt
from core.sources.coingecko import CoinGecko
from core.sources.collectorcrypt import CollectorCrypt
from core.sources.magiceden import MagicEden
from tests.sources.conftest import START
from tests.sources.payloads import (
    ASSET,
    MINT,
    SELLER,
    TITLE,
    alt_asset,
    alt_cert,
    cc_card,
    cc_market,
    cc_page,
    cc_row,
    cc_sale,
    me_activity,
    me_listing,
    me_token,
    sol_price,
)
from tests.sources.payloads_marketplaces import (
    alt_sale,
    alt_sales,
    cc_held,
    cc_offer,
    cc_wallet,
    me_held,
    me_stats,
)
from tests.sources.questions.question import Question

DAY = timedelta(days=1)
SLAB = SlabFacts(Grader.PSA, "145822162", Grade(100), TITLE, None)


QUESTIONS = (
    Question(
        "cc listings",
        lambda http, url: anext(CollectorCrypt(http, base_url=url).listings(pages_max=1)),
        cc_page(cc_row()),
    ),
    Question("cc live", lambda http, url: CollectorCrypt(http, base_url=url).live(MINT), cc_market()),
    Question(
        "cc ending",
        lambda http, url: CollectorCrypt(http, base_url=url).ending(MINT, SELLER, START),
        [cc_sale()],
    ),
    Question("cc slab", lambda http, url: CollectorCrypt(http, base_url=url).slab(MINT), cc_card()),
    Question(
        "cc history",
        lambda http, url: CollectorCrypt(http, base_url=url).history_of(MINT, START - DAY),
        [cc_sale(), cc_sale(action="List", id="2")],
    ),
    Question(
        "cc wallet activities",
        lambda http, url: anext(CollectorCrypt(http, base_url=url).wallet_activities(SELLER, pages_max=1)),
        [cc_sale()],
    ),
    Question(
        "cc holdings",
        lambda http, url: anext(CollectorCrypt(http, base_url=url).holdings(SELLER, pages_max=1)),
        cc_wallet(cc_held()),
    ),
    Question("cc offers", lambda http, url: CollectorCrypt(http, base_url=url).offers(MINT), [cc_offer()]),
    Question(
        "me activities",
        lambda http, url: anext(MagicEden(http, base_url=url).activities(pages_max=1)),
        [me_activity()],
    ),
    Question("me live", lambda http, url: MagicEden(http, base_url=url).live(MINT), [me_listing()]),
    Question(
        "me ending",
        lambda http, url: MagicEden(http, base_url=url).ending(MINT, SELLER, START),
        [me_activity("buyNow")],
    ),
    Question("me slab", lambda http, url: MagicEden(http, base_url=url).slab(MINT), me_token()),
    Question("me stats", lambda http, url: MagicEden(http, base_url=url).stats(), me_stats()),
    Question(
        "me history",
        lambda http, url: anext(MagicEden(http, base_url=url).history(START - DAY, pages_max=1)),
        [me_activity("buyNow")],
    ),
    Question(
        "me token history",
        lambda http, url: MagicEden(http, base_url=url).history_of(MINT, START - DAY),
        [me_activity("buyNow"), me_activity("list")],
    ),
    Question(
        "me wallet activities",
        lambda http, url: anext(MagicEden(http, base_url=url).wallet_activities(SELLER, pages_max=1)),
        [me_activity("buyNow")],
    ),
    Question(
        "me holdings",
        lambda http, url: anext(MagicEden(http, base_url=url).holdings(SELLER, pages_max=1)),
        [me_held()],
    ),
    Question(
        "alt sales",
        lambda http, url: Alt(http, base_url=url).sales(SLAB, asset_id=ASSET),
        alt_sales(alt_sale()),
    ),
    Question("alt cert", lambda http, url: Alt(http, base_url=url).value(SLAB, asset_id=None), alt_cert()),
    Question("alt asset", lambda http, url: Alt(http, base_url=url).value(SLAB, asset_id=ASSET), alt_asset()),
    Question("coingecko rate", lambda http, url: CoinGecko(http, base_url=url).rate("SOL/USD"), sol_price()),
)
