"""Deals for integrators: the newest open ones, judged by the default policy."""

from datetime import datetime
from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta

from core.domain.catalog import Grader, grade_text
from core.domain.deals import DealTier
from core.domain.links import alt_page, order_link, vault_page_of
from core.domain.listings import Venue
from core.domain.money import Unit
from core.domain.posts import DealPost, DealView
from core.domain.valuation import Evidence, EvidenceKind
from core.web.access import require_market_data
from core.web.answers import answer
from core.web.context import SERVICES
from core.web.queries import read_query


class DealQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`cursor` is the `next_cursor` of the page before."""

    tier: DealTier | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 25
    cursor: Annotated[int, Meta(ge=1, le=2**63 - 1)] | None = None


class PriceJson(msgspec.Struct, frozen=True):
    """What is asked: `amount` units of `unit`, and that in millionths of a dollar."""

    amount: int
    unit: Unit
    usd_micros: int


class EvidenceJson(msgspec.Struct, frozen=True):
    """One source's value. `confidence` is 0-100."""

    kind: EvidenceKind
    value_usd_micros: int
    confidence: int
    sales: int
    asset_name: str | None


class ValueJson(msgspec.Struct, frozen=True):
    """What the slab is thought to be worth, and on what that rests, best first."""

    usd_micros: int
    low_usd_micros: int
    high_usd_micros: int
    confidence: int
    insured_usd_micros: int | None
    evidence: tuple[EvidenceJson, ...]


class LinksJson(msgspec.Struct, frozen=True):
    """Where a person can look at it."""

    cc: str | None
    me: str | None
    alt: str | None
    order: str


class DealJson(msgspec.Struct, frozen=True):
    """One listing that earned a tier. `missing` says what keeps a LOOK from being more."""

    id: str
    mint: str
    tier: DealTier
    title: str
    grader: Grader
    grade: str
    grade_label: str | None
    certificate: str
    venue: Venue
    seller: str
    is_open: bool
    price: PriceJson
    value: ValueJson
    discount_bps: int
    net_profit_usd_micros: int
    missing: tuple[str, ...]
    listed_at: datetime | None
    observed_at: datetime
    decided_at: datetime
    image_url: str | None
    links: LinksJson


class DealPageJson(msgspec.Struct, frozen=True):
    """Newest first; `next_cursor` is null on the last page."""

    items: tuple[DealJson, ...]
    next_cursor: str | None


async def list_deals(request: web.Request) -> web.Response:
    """The newest open deals."""
    require_market_data(request)
    query = read_query(request, DealQuery)
    page = await request.app[SERVICES].deals.latest(tier=query.tier, limit=query.limit, before=query.cursor)
    cursor = None if page.next_before is None else str(page.next_before)
    return answer(DealPageJson(tuple(deal_json(view) for view in page.items), cursor))


def deal_json(view: DealView) -> DealJson:
    deal = view.deal
    return DealJson(
        id=str(view.id),
        mint=deal.mint,
        tier=deal.tier,
        title=deal.title,
        grader=deal.grader,
        grade=grade_text(deal.grade),
        grade_label=deal.grade.label or None,
        certificate=deal.certificate,
        venue=deal.venue,
        seller=deal.seller,
        is_open=view.is_open,
        price=PriceJson(deal.price.value, deal.price.unit, deal.price_usd_micros),
        value=_value(deal),
        discount_bps=deal.discount_bps,
        net_profit_usd_micros=deal.net_profit_usd_micros,
        missing=deal.missing,
        listed_at=deal.listed_at,
        observed_at=deal.observed_at,
        decided_at=view.decided_at,
        image_url=deal.image_url or None,
        links=_links(deal),
    )


def _value(deal: DealPost) -> ValueJson:
    return ValueJson(
        usd_micros=deal.value_usd_micros,
        low_usd_micros=deal.low_usd_micros,
        high_usd_micros=deal.high_usd_micros,
        confidence=deal.confidence,
        insured_usd_micros=deal.insured_usd_micros,
        evidence=tuple(_evidence(item) for item in deal.evidence),
    )


def _evidence(item: Evidence) -> EvidenceJson:
    return EvidenceJson(
        item.kind, item.value_usd_micros, item.confidence, item.sales, item.asset_name or None
    )


def _links(deal: DealPost) -> LinksJson:
    return LinksJson(
        cc=vault_page_of(Venue.CC, deal),
        me=vault_page_of(Venue.ME, deal),
        alt=alt_page(deal.alt_asset_id),
        order=order_link(deal),
    )


ROUTES = (web.get("/api/v1/deals", list_deals),)
