"""What every route is handed: the services, the metrics, the clock, and how open the door is."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

from aiohttp import web

from core.clock import Clock
from core.services import Services
from core.settings import Secret, Settings
from core.telemetry import Metrics

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class WebConfig:
    """Who may see what. `proxy` is the only address whose word on the client's address is believed."""

    public_market_data: bool = True
    operator_token: Secret | None = None
    hook_secret: Secret | None = None
    proxy: Network | None = None

    @classmethod
    def of(cls, settings: Settings) -> "WebConfig":
        return cls(
            public_market_data=settings.api_public_market_data,
            operator_token=settings.operator_token,
            hook_secret=settings.helius_webhook_secret,
            proxy=ip_network(settings.api_proxy, strict=False) if settings.api_proxy else None,
        )


SERVICES = web.AppKey("services", Services)
METRICS = web.AppKey("metrics", Metrics)
CONFIG = web.AppKey("config", WebConfig)
CLOCK: web.AppKey[Clock] = web.AppKey("clock")
REQUEST_ID = web.RequestKey("request_id", str)
