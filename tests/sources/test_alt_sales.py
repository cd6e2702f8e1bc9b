"""ALT's sales: which count, in what order, and that a refusal is the end of it."""

from datetime import UTC, datetime

import msgspec
import pytest
from structlog.testing import capture_logs

from core.domain.catalog import Grade, GradeLabel, Grader
from core.domain.listings import SourceName
from core.domain.money import Amount, Unit
from core.domain.wallets import SaleSeen
from core.errors import SourceChanged, SourceRefused, SourceUnavailable
from core.sources.alt import Alt, parse_sales
from core.sources.http import SourceHttp
from tests.sources.conftest import START, Memory
from tests.sources.payloads import ASSET, Json, alt_cert, fetched
from tests.sources.payloads_marketplaces import alt_sale, alt_sales
from tests.sources.questions.marketplaces import SLAB
from tests.sources.server import Reply, ScriptedServer, data

NAME = SourceName.ALT
BLACK = msgspec.structs.replace(SLAB, grader=Grader.BGS, grade=Grade(100, GradeLabel.BLACK))


def ids(*rows: Json) -> list[str]:
    found = parse_sales(fetched(NAME, alt_sales(*rows)), SLAB)
    assert found is not None
    return [sale.id for sale in found]


def graded(number: Json, company: Json = "PSA") -> Json:
    return {"gradeNumber": number, "gradingCompany": company}


def test_a_sale_is_told_with_its_price_in_micro_dollars() -> None:
    at = datetime(2026, 9, 20, tzinfo=UTC)
    found = parse_sales(fetched(NAME, alt_sales(alt_sale(price="80"))), SLAB)
    assert found == (SaleSeen("tx-1", at, Amount(80_000_000, Unit.USD_MICROS), "eBay"),)


def test_sales_are_sorted_here_whether_or_not_their_date_has_a_time() -> None:
    dates = ["2026-09-18", "2026-09-20T10:00:00.000Z", "2026-09-20", "2026-09-20T09:00:00+02:00"]
    assert ids(*[alt_sale(date, date=date) for date in dates]) == [dates[1], dates[3], dates[2], dates[0]]


def test_what_alt_does_not_count_does_not_count() -> None:
    assert ids(alt_sale("a", consolidatedSkippedReason="RELISTED"), alt_sale("b")) == ["b"]


@pytest.mark.parametrize("said", [graded("9.0"), graded("10.5"), graded("10", "BGS"), graded(None), None])
def test_another_grade_or_an_unnamed_one_does_not_count(said: Json) -> None:
    assert ids(alt_sale(attributes=said)) == []


@pytest.mark.parametrize("said", [graded("10"), graded("10.0"), graded(10, "psa")])
def test_a_grade_is_the_same_however_it_is_written(said: Json) -> None:
    assert ids(alt_sale(attributes=said)) == ["tx-1"]


def test_a_black_label_is_its_own_grade() -> None:
    rows = [alt_sale("a", attributes=graded("10.5", "BGS")), alt_sale("b", attributes=graded("10.0", "BGS"))]
    found = parse_sales(fetched(NAME, alt_sales(*rows)), BLACK)
    assert [sale.id for sale in found or ()] == ["a"]


def test_a_sale_for_nothing_or_beyond_everything_does_not_count() -> None:
    assert ids(alt_sale("a", price="0"), alt_sale("b", price="1e30"), alt_sale("c"), alt_sale("c")) == ["c"]


@pytest.mark.parametrize(
    "changes", [{"price": "-1"}, {"price": "NaN"}, {"price": None}, {"date": "yesterday"}, {"id": ""}]
)
def test_a_malformed_sale_is_a_change(changes: Json) -> None:
    with pytest.raises(SourceChanged):
        ids(alt_sale(**changes))


def test_a_card_that_was_never_sold_is_not_an_unknown_one() -> None:
    assert parse_sales(fetched(NAME, alt_sales()), SLAB) == ()
    unknown = {"data": {"asset": None}}
    assert parse_sales(fetched(NAME, unknown), SLAB) is None
    with pytest.raises(SourceUnavailable, match="was not provided"):
        parse_sales(fetched(NAME, {"errors": [{"message": "was not provided"}], "data": None}), SLAB)


def test_a_sale_is_never_later_than_the_answer() -> None:
    [sale] = parse_sales(fetched(NAME, alt_sales(alt_sale(date="2027-01-01"))), SLAB) or ()
    assert sale.at == START


async def test_the_certificate_leads_to_the_asset_and_that_to_its_sales_in_the_grade(
    http: SourceHttp, server: ScriptedServer
) -> None:
    server.says(data(alt_cert()), data(alt_sales(alt_sale())))
    found = await Alt(http, base_url=server.url).sales(SLAB, asset_id=None)
    assert found is not None
    assert [asked.path for asked in server.asked] == ["/Cert", "/AssetMarketTransactions"]
    variables = msgspec.json.decode(server.asked[1].body)["variables"]
    wanted = {"gradeNumber": "10.0", "gradingCompany": "PSA"}
    assert variables == {"id": ASSET, "marketTransactionFilter": wanted}


async def test_an_unknown_certificate_has_no_sales(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data({"data": {"cert": None}}))
    assert await Alt(http, base_url=server.url).sales(SLAB, asset_id=None) is None


@pytest.mark.parametrize("status", [401, 403])
async def test_who_is_refused_once_asks_no_more_and_is_told_of_it_once(
    http: SourceHttp, server: ScriptedServer, memory: Memory, status: int
) -> None:
    server.says(Reply(b"{}", status=status))
    alt = Alt(http, base_url=server.url)
    with capture_logs() as lines:
        for _ in range(7):
            with pytest.raises(SourceRefused):
                await alt.sales(SLAB, asset_id=ASSET)
            with pytest.raises(SourceRefused):
                await alt.value(SLAB, asset_id=ASSET)
    assert len(server.asked) == 1
    assert [line["event"] for line in lines] == [
        "source refuses us: it is not asked again before the next start"
    ]
    assert [(name, breaker.is_open) for name, breaker, _ in memory.told] == [(NAME, True)]
