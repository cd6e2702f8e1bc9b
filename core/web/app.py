"""The HTTPS API as one application: routes, middleware and what they are handed."""

from aiohttp import web

from core.clock import Clock
from core.services import Services
from core.telemetry import Metrics
from core.web import deals, hints, operations
from core.web.connections import attend
from core.web.context import CLOCK, CONFIG, METRICS, SERVICES, WebConfig
from core.web.limits import RateLimit
from core.web.middleware import BODY_BYTES_MAX, envelope, harden, limit, observe

ROUTES = (*operations.ROUTES, *deals.ROUTES, *hints.ROUTES)


def create_app(services: Services, metrics: Metrics, *, config: WebConfig, clock: Clock) -> web.Application:
    app = web.Application(
        middlewares=[attend, observe, envelope, limit(RateLimit(clock))], client_max_size=BODY_BYTES_MAX
    )
    app[SERVICES] = services
    app[METRICS] = metrics
    app[CONFIG] = config
    app[CLOCK] = clock
    app.on_response_prepare.append(harden)
    app.add_routes(ROUTES)
    return app
