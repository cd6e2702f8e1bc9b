"""All stand-ins together, and what can be chosen about them."""

from dataclasses import dataclass

from aiohttp import web

from core.simulator.vendors.alt import Alt
from core.simulator.vendors.beezie import Beezie
from core.simulator.vendors.chain import Chain
from core.simulator.vendors.coinbase import Coinbase
from core.simulator.vendors.coingecko import CoinGecko
from core.simulator.vendors.collectorcrypt import CollectorCrypt
from core.simulator.vendors.collectorcrypt_rpc import CollectorCryptRpc
from core.simulator.vendors.control import Control
from core.simulator.vendors.desk import Desk
from core.simulator.vendors.ebay import Ebay
from core.simulator.vendors.helius import Helius
from core.simulator.vendors.helius_webhooks import HeliusWebhooks
from core.simulator.vendors.jupiter import Jupiter
from core.simulator.vendors.limits import Window
from core.simulator.vendors.magiceden import MagicEden
from core.simulator.vendors.magiceden_holdings import MagicEdenHoldings
from core.simulator.vendors.opensea import OpenSea
from core.simulator.vendors.pricecharting import PriceCharting
from core.simulator.vendors.psa import Psa
from core.simulator.vendors.pyth import Pyth
from core.simulator.vendors.scryfall import Scryfall
from core.simulator.vendors.solana_logs import SolanaLogs
from core.simulator.vendors.tcgcsv import Tcgcsv
from core.simulator.vendors.tcgdex import Tcgdex
from core.simulator.vendors.tcgplayer import Tcgplayer
from core.simulator.vendors.ygoprodeck import Ygoprodeck

WITHOUT_LIMITS = (CoinGecko, Coinbase, Tcgcsv, Tcgdex, Beezie)
WITH_LIMITS = (
    CollectorCryptRpc,
    Jupiter,
    Pyth,
    PriceCharting,
    Psa,
    Ebay,
    Tcgplayer,
    Ygoprodeck,
    OpenSea,
)
PAGED = (Scryfall, Helius)
MAGIC_EDEN_A_SECOND = 2


@dataclass(frozen=True, slots=True)
class VendorSettings:
    """cc_cache_s: seconds that Collector Crypt's edge repeats an answer (30 in life, 0 never).

    has_limits: every vendor counts requests as it does in life. alt_api_key: ALT refuses other callers.
    page_max: rows of a page of Scryfall's and Helius's, None for as many as theirs hold in life.
    """

    cc_cache_s: int = 0
    has_limits: bool = True
    alt_api_key: str | None = None
    page_max: int | None = None


def add_vendor_routes(app: web.Application, desk: Desk, settings: VendorSettings) -> None:
    """Serve every vendor under /vendors, and the market's control API under /sim."""
    CollectorCrypt(desk, cache_s=settings.cc_cache_s).add_routes(app)
    limiter = Window(MAGIC_EDEN_A_SECOND, 1000) if settings.has_limits else None
    MagicEden(desk, limiter=limiter).add_routes(app)
    MagicEdenHoldings(desk, limiter=limiter).add_routes(app)
    Alt(desk, api_key=settings.alt_api_key).add_routes(app)
    for vendor in WITHOUT_LIMITS:
        vendor(desk).add_routes(app)
    for counted in WITH_LIMITS:
        counted(desk, has_limits=settings.has_limits).add_routes(app)
    for paged in PAGED:
        paged(desk, has_limits=settings.has_limits, page_max=settings.page_max).add_routes(app)
    chain = Chain(desk)
    chain.add_to(app)
    SolanaLogs(desk, chain).add_routes(app)
    HeliusWebhooks(desk, chain).add_routes(app)
    Control(desk).add_routes(app)
