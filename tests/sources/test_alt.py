"""ALT: two questions a slab, and what the answers become."""

from typing import Any

import msgspec
import pytest

from core.domain.catalog import Grade, GradeLabel, Grader, SlabFacts
from core.domain.listings import SourceName
from core.domain.valuation import Evidence, EvidenceKind
from core.errors import SourceChanged, SourceRefused, SourceUnavailable
from core.sources.alt import Alt, grade_number, parse_asset_id, parse_value
from core.sources.http import SourceHttp
from tests.sources.payloads import ASSET, TITLE, Json, alt_asset, alt_cert, fetched
from tests.sources.server import Reply, ScriptedServer, data

NAME = SourceName.ALT
SLAB = SlabFacts(Grader.PSA, "145822162", Grade(100), TITLE, None)
BLACK = SlabFacts(Grader.BGS, "0012345678", Grade(100, GradeLabel.BLACK), TITLE, None)
EVIDENCE = Evidence(
    kind=EvidenceKind.ALT,
    value_usd_micros=41_500_000,
    confidence=82,
    low_usd_micros=35_200_000,
    high_usd_micros=48_900_000,
    asset_name="2023 Charizard ex #199",
    asset_id=ASSET,
    population=1520,
)


def value_of(**changes: Json) -> Evidence | None:
    return parse_value(fetched(NAME, alt_asset(**changes)), SLAB)


def test_an_asset_becomes_evidence() -> None:
    assert value_of() == EVIDENCE


@pytest.mark.parametrize(
    ("slab", "expected"),
    [
        (SLAB, "10.0"),
        (BLACK, "10.5"),
        (SlabFacts(Grader.CGC, "1", Grade(95), TITLE, None), "9.5"),
        (SlabFacts(Grader.CGC, "1", Grade(100, GradeLabel.PRISTINE), TITLE, None), "10.0"),
        (SlabFacts(Grader.SGC, "1", Grade(10), TITLE, None), "1.0"),
    ],
)
def test_a_grade_is_a_text_with_one_decimal(slab: SlabFacts, expected: str) -> None:
    assert grade_number(slab) == expected


@pytest.mark.parametrize("changes", [{"value": None}, {"altValueInfo": None}])
def test_null_is_no_value(changes: Json) -> None:
    assert value_of(**changes) is None


def test_an_unknown_asset_has_no_value() -> None:
    assert parse_value(fetched(NAME, {"data": {"asset": None}}), SLAB) is None


@pytest.mark.parametrize(
    ("metric", "confidence"), [(82.9, 82), (0, 0), (-4, 0), (140, 100), ("77.5", 77), (None, 0)]
)
def test_confidence_lies_between_0_and_100_and_is_never_rounded_up(metric: Json, confidence: int) -> None:
    evidence = value_of(sure=metric)
    assert evidence is not None
    assert evidence.confidence == confidence


def test_a_bound_may_be_unknown_or_below_zero_but_never_negative_money() -> None:
    unknown, below = value_of(low=None), value_of(low=-12.5)
    assert unknown is not None
    assert below is not None
    assert (unknown.low_usd_micros, below.low_usd_micros) == (None, 0)


@pytest.mark.parametrize("value", [-1, "NaN", "Infinity", "abc", 1e30, [1], True])
def test_a_malformed_value_is_never_a_value(value: Json) -> None:
    with pytest.raises(SourceChanged, match=r"\$\.data\.asset\.altValueInfo"):
        value_of(value=value)


@pytest.mark.parametrize("change", [{"sure": "NaN"}, {"sure": "sNaN"}, {"low": "Infinity"}, {"low": "-sNaN"}])
def test_a_malformed_bound_or_confidence_is_a_change(change: Json) -> None:
    with pytest.raises(SourceChanged):
        value_of(**change)


def test_a_grade_that_is_not_counted_has_an_unknown_population() -> None:
    black = parse_value(fetched(NAME, alt_asset()), BLACK)
    assert black is not None
    assert black.population == 2
    for pops in (None, [], [{"gradingCompany": "PSA", "gradeNumber": "10.0", "count": None}]):
        evidence = value_of(cardPops=pops)
        assert evidence is not None
        assert evidence.population is None


def test_a_certificate_leads_to_its_asset() -> None:
    assert parse_asset_id(fetched(NAME, alt_cert()), SLAB) == ASSET
    assert parse_asset_id(fetched(NAME, alt_cert(gradingCompany=None)), SLAB) == ASSET


@pytest.mark.parametrize(
    "answer", [{"data": {"cert": None}}, alt_cert(asset=None), alt_cert(gradingCompany="CGC")]
)
def test_an_unknown_certificate_or_another_companys_leads_nowhere(answer: Json) -> None:
    assert parse_asset_id(fetched(NAME, answer), SLAB) is None


@pytest.mark.parametrize(
    "answer",
    [
        {"errors": [{"message": "Broken", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}], "data": None},
        {"errors": [{"message": "Partly"}], **alt_asset()},
        {"errors": [{}]},
        {"data": None},
        {},
    ],
)
def test_an_error_in_a_200_is_no_answer(answer: Json) -> None:
    with pytest.raises(SourceUnavailable, match="answered with an error"):
        parse_value(fetched(NAME, answer), SLAB)


async def test_a_new_certificate_takes_two_questions(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data(alt_cert()), data(alt_asset()))
    alt = Alt(http, base_url=f"{server.url}/graphql", key="session-token")
    assert await alt.value(SLAB, asset_id=None) == EVIDENCE
    assert [(asked.method, asked.path) for asked in server.asked] == [
        ("POST", "/graphql/Cert"),
        ("POST", "/graphql/AssetDetails"),
    ]
    first, second = (msgspec.json.decode(asked.body, type=dict[str, Any]) for asked in server.asked)
    assert first["operationName"] == "Cert"
    assert first["variables"] == {"certNumber": "145822162"}
    assert second["variables"] == {"id": ASSET, "tsFilter": {"gradeNumber": "10.0", "gradingCompany": "PSA"}}
    assert server.asked[0].headers["Authorization"] == "Bearer session-token"


async def test_a_known_asset_takes_one(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data(alt_asset()))
    assert await Alt(http, base_url=server.url).value(SLAB, asset_id=ASSET) == EVIDENCE
    assert [asked.path for asked in server.asked] == ["/AssetDetails"]


async def test_an_unknown_certificate_takes_no_second_question(
    http: SourceHttp, server: ScriptedServer
) -> None:
    server.says(data({"data": {"cert": None}}))
    assert await Alt(http, base_url=server.url).value(SLAB, asset_id=None) is None
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [401, 403])
async def test_not_being_wanted_is_not_tried_again(
    http: SourceHttp, server: ScriptedServer, status: int
) -> None:
    server.says(Reply(status=status))
    with pytest.raises(SourceRefused):
        await Alt(http, base_url=server.url).value(SLAB, asset_id=ASSET)
    assert len(server.asked) == 1
