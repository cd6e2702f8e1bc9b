"""All stand-ins together, and what can be chosen about them."""

from dataclasses import dataclass

from aiohttp import web

from core.simulator.vendors.alt import Alt
from core.simulator.vendors.coingecko import CoinGecko
from core.simulator.vendors.collectorcrypt import CollectorCrypt
from core.simulator.vendors.control import Control
from core.simulator.vendors.desk import Desk
from core.simulator.vendors.magiceden import Limiter, MagicEden


@dataclass(frozen=True, slots=True)
class VendorSettings:
    """cc_cache_s: seconds that Collector Crypt's edge repeats an answer (30 in life, 0 never).

    has_limits: Magic Eden's 2 requests a second and 120 a minute. alt_api_key: ALT refuses other callers.
    """

    cc_cache_s: int = 0
    has_limits: bool = True
    alt_api_key: str | None = None


def add_vendor_routes(app: web.Application, desk: Desk, settings: VendorSettings) -> None:
    """Serve every vendor under /vendors, and the market's control API under /sim."""
    CollectorCrypt(desk, cache_s=settings.cc_cache_s).add_routes(app)
    MagicEden(desk, limiter=Limiter() if settings.has_limits else None).add_routes(app)
    Alt(desk, api_key=settings.alt_api_key).add_routes(app)
    CoinGecko(desk).add_routes(app)
    Control(desk).add_routes(app)
