"""ALT's valuation of a slab by its certificate: value, range, confidence, population; sales in that grade.

No documentation and no developer programme: a private GraphQL server whose fields are known from its
web page's own requests, so it is off unless an address is configured
(`https://alt-platform-server.production.internal.onlyalt.com/graphql`, the operation's name is added).
Amounts are whole US dollars.

Quirks: a grade is a text with one decimal ("10.0"), a BGS Black Label is "10.5"; null is not zero; a
company absent from `cardPops` is unknown, not zero; failures come as a 200 with `errors`; a 401 or 403
means that we are not wanted, and ends it until the next start. A sale's price is a text, its date has a
time or has none, sales come in no order to rely on, and those that ALT itself does not count (a card that
was sold again after a buyer did not pay) come with the reason. No limit is published; others ask twice a
second.
"""

from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from operator import attrgetter
from typing import Annotated, TypeAlias

import msgspec

from core.domain.catalog import GradeLabel, Grader, SlabFacts, grader_of
from core.domain.listings import SourceName
from core.domain.money import Unit, amount_of, amount_within
from core.domain.slabs import ASSET_ID_PATTERN, plain
from core.domain.valuation import Evidence, EvidenceKind
from core.domain.wallets import SaleSeen
from core.sources.http import Fetched, SourceHttp, VendorHabits, VendorLimits, parsing, utc
from core.sources.http.graphql import Answer, data_of, failure_in

Id: TypeAlias = Annotated[str, msgspec.Meta(pattern=ASSET_ID_PATTERN)]

NAME = SourceName.ALT
LIMITS = VendorLimits(per_minute=120, burst=4, concurrent=4)

_CERT = "query Cert($certNumber:String!){cert(certNumber:$certNumber){gradingCompany asset{id name}}}"
_ASSET = (
    "query AssetDetails($id:ID!,$tsFilter:TimeSeriesFilter!){asset(id:$id){id name "
    "altValueInfo(tsFilter:$tsFilter){currentAltValue confidenceData"
    "{currentConfidenceMetric currentErrorLowerBound currentErrorUpperBound}} "
    "cardPops{gradingCompany gradeNumber count}}}"
)


_SALES = (
    "query AssetMarketTransactions($id:ID!,$marketTransactionFilter:MarketTransactionFilter!){asset(id:$id)"
    "{marketTransactions(marketTransactionFilter:$marketTransactionFilter){id date auctionHouse price "
    "attributes{gradeNumber gradingCompany} consolidatedSkippedReason}}}"
)
SALES_MAX = 5_000
HOUSE_LENGTH_MAX = 40


class _CertVariables(msgspec.Struct, rename="camel"):
    cert_number: str


class _GradeFilter(msgspec.Struct, rename="camel"):
    grade_number: str
    grading_company: str


class _AssetVariables(msgspec.Struct, rename="camel"):
    id: str
    ts_filter: _GradeFilter


class _SaleVariables(msgspec.Struct, rename="camel"):
    id: str
    market_transaction_filter: _GradeFilter


class _Question(msgspec.Struct, rename="camel"):
    operation_name: str
    variables: _CertVariables | _AssetVariables | _SaleVariables
    query: str


class _Confidence(msgspec.Struct, rename="camel"):
    current_confidence_metric: Decimal | None = None
    current_error_lower_bound: Decimal | None = None
    current_error_upper_bound: Decimal | None = None


class _ValueInfo(msgspec.Struct, rename="camel"):
    current_alt_value: Decimal | None = None
    confidence_data: _Confidence | None = None


class _Population(msgspec.Struct, rename="camel"):
    grading_company: str | None = None
    grade_number: str | None = None
    count: Annotated[int, msgspec.Meta(ge=0, le=10**9)] | None = None


class _Graded(msgspec.Struct, rename="camel"):
    grading_company: str | None = None
    grade_number: Decimal | None = None


class _Transaction(msgspec.Struct, rename="camel"):
    id: Id
    date: str
    price: Decimal
    attributes: _Graded | None = None
    auction_house: str | None = None
    consolidated_skipped_reason: str | None = None


class _Asset(msgspec.Struct, rename="camel"):
    id: Id
    name: str | None = None
    alt_value_info: _ValueInfo | None = None
    card_pops: list[_Population] | None = None


class _Sold(msgspec.Struct, rename="camel"):
    market_transactions: Annotated[list[_Transaction], msgspec.Meta(max_length=SALES_MAX)] | None


class _Cert(msgspec.Struct, rename="camel"):
    grading_company: str | None = None
    asset: _Asset | None = None


class _Data(msgspec.Struct):
    """What was asked for: one of the two."""

    cert: _Cert | None = None
    asset: _Asset | None = None


class _SalesData(msgspec.Struct):
    asset: _Sold | None


class Alt:
    """Two questions a slab: whose certificate is this (once), and what is that worth, or was sold for."""

    name = NAME

    def __init__(self, http: SourceHttp, *, base_url: str, key: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else None
        habits = VendorHabits(refuses_for_good=True, failure_in=failure_in)
        self._vendor = http.vendor(NAME, base_url=base_url, limits=LIMITS, headers=headers, habits=habits)

    async def value(self, slab: SlabFacts, *, asset_id: str | None) -> Evidence | None:
        asset_id = asset_id or await self._asset_id(slab)
        if asset_id is None:
            return None
        question = _Question("AssetDetails", _AssetVariables(asset_id, _filter(slab)), _ASSET)
        return parse_value(await self._vendor.post("/AssetDetails", question), slab)

    async def sales(self, slab: SlabFacts, *, asset_id: str | None) -> tuple[SaleSeen, ...] | None:
        asset_id = asset_id or await self._asset_id(slab)
        if asset_id is None:
            return None
        question = _Question("AssetMarketTransactions", _SaleVariables(asset_id, _filter(slab)), _SALES)
        return parse_sales(await self._vendor.post("/AssetMarketTransactions", question), slab)

    async def _asset_id(self, slab: SlabFacts) -> str | None:
        question = _Question("Cert", _CertVariables(slab.certificate), _CERT)
        return parse_asset_id(await self._vendor.post("/Cert", question), slab)


def grade_number(slab: SlabFacts) -> str:
    """ALT's word for the grade."""
    if slab.grader is Grader.BGS and slab.grade.label is GradeLabel.BLACK:
        return "10.5"
    whole, tenth = divmod(slab.grade.tenths, 10)
    return f"{whole}.{tenth}"


def parse_asset_id(fetched: Fetched, slab: SlabFacts) -> str | None:
    """None for an unknown certificate, and for another company's of the same number."""
    cert = data_of(fetched, Answer[_Data]).cert
    if cert is None or cert.asset is None:
        return None
    if cert.grading_company and grader_of(cert.grading_company) is not slab.grader:
        return None
    return cert.asset.id


def parse_value(fetched: Fetched, slab: SlabFacts) -> Evidence | None:
    """None when ALT has no value for this grade."""
    asset = data_of(fetched, Answer[_Data]).asset
    info = asset.alt_value_info if asset is not None else None
    if asset is None or info is None or info.current_alt_value is None:
        return None
    sure = info.confidence_data or _Confidence()
    with parsing(NAME, "$.data.asset.altValueInfo"):
        return Evidence(
            kind=EvidenceKind.ALT,
            value_usd_micros=_usd_micros(info.current_alt_value),
            confidence=_percent(sure.current_confidence_metric),
            low_usd_micros=_bound(sure.current_error_lower_bound),
            high_usd_micros=_bound(sure.current_error_upper_bound),
            asset_name=plain(asset.name),
            asset_id=asset.id,
            population=_population(asset, slab),
        )


def parse_sales(fetched: Fetched, slab: SlabFacts) -> tuple[SaleSeen, ...] | None:
    """Newest first, each once, in the slab's grade; None when ALT does not know the card."""
    asset = data_of(fetched, Answer[_SalesData]).asset
    if asset is None:
        return None
    rows = asset.market_transactions or []
    found = {
        row.id: _sale(row, f"$.data.asset.marketTransactions[{n}]", fetched.at)
        for n, row in enumerate(rows)
        if row.consolidated_skipped_reason is None and _is_of(row.attributes, slab)
    }
    sales = [sale for sale in found.values() if sale is not None]
    return tuple(sorted(sales, key=attrgetter("at"), reverse=True))


def _sale(row: _Transaction, path: str, seen_at: datetime) -> SaleSeen | None:
    """None for a price that is nothing, or too much to be meant."""
    with parsing(NAME, path):
        at = utc(datetime.fromisoformat(row.date))
        amount = amount_within(row.price, Unit.USD_MICROS)
    if amount is None or not amount.value:
        return None
    return SaleSeen(row.id, min(at, seen_at), amount, plain(row.auction_house, HOUSE_LENGTH_MAX))


def _is_of(said: _Graded | None, slab: SlabFacts) -> bool:
    if said is None or said.grading_company is None:
        return False
    wanted = Decimal(grade_number(slab))
    return grader_of(said.grading_company) is slab.grader and said.grade_number == wanted


def _filter(slab: SlabFacts) -> _GradeFilter:
    return _GradeFilter(grade_number(slab), slab.grader.value)


def _percent(metric: Decimal | None) -> int:
    """0 to 100, rounded down; a value whose confidence is not given is trusted in nothing."""
    if metric is None:
        return 0
    return int(min(max(metric, Decimal(0)), Decimal(100)).to_integral_value(rounding=ROUND_FLOOR))


def _bound(dollars: Decimal | None) -> int | None:
    """An error bound may lie below zero; a price may not."""
    return None if dollars is None else _usd_micros(max(dollars, Decimal(0)))


def _usd_micros(dollars: Decimal) -> int:
    return amount_of(dollars, Unit.USD_MICROS).value


def _population(asset: _Asset, slab: SlabFacts) -> int | None:
    wanted = (slab.grader.value, grade_number(slab))
    pops = asset.card_pops or []
    counts = [pop.count for pop in pops if (pop.grading_company, pop.grade_number) == wanted]
    return counts[0] if counts else None
