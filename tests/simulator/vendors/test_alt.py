"""The ALT stand-in: failures inside HTTP 200, values near the truth, sales to be sorted and sifted."""

import aiohttp
import pytest

from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from core.simulator.market.things import Mood
from tests.simulator.vendors.asking import Ask, Json, Watch

GRAPHQL = "/vendors/alt/graphql"
CERT = (
    "query Cert($certNumber:String!){cert(certNumber:$certNumber){gradeNumber gradingCompany asset{id name}}}"
)
VALUE = (
    "query AssetDetails($id:ID!){asset(id:$id){altValueInfo(tsFilter:$f){currentAltValue confidenceData"
    "{currentConfidenceMetric currentErrorLowerBound currentErrorUpperBound}}}}"
)
SALES = (
    "query AssetMarketTransactions($id:ID!){asset(id:$id)"
    "{marketTransactions{date price consolidatedSkippedReason}}}"
)


async def cert_of(ask_alt: Ask, certificate: str) -> Json:
    return (await ask_alt("Cert", CERT, certNumber=certificate))["data"]["cert"]


async def test_the_value_of_a_certificate_is_near_the_truth(
    ask_alt: Ask, sim: Simulator, watch: Watch
) -> None:
    confidences = []
    for _ in range(12):
        offered = sim.market.list_deal(watch())
        cert = await cert_of(ask_alt, offered.certificate)
        grade = {"gradingCompany": cert["gradingCompany"], "gradeNumber": cert["gradeNumber"]}
        answer = await ask_alt("AssetDetails", VALUE, id=cert["asset"]["id"], tsFilter=grade)
        info = answer["data"]["asset"]["altValueInfo"]
        bounds = info["confidenceData"]
        if info["currentAltValue"] is None:
            continue
        confidences.append(bounds["currentConfidenceMetric"])
        assert bounds["currentErrorLowerBound"] < info["currentAltValue"] < bounds["currentErrorUpperBound"]
        if cert["gradingCompany"] != "CGC":  # a pristine copy there shares its number with a gem mint one
            assert 0.93 < info["currentAltValue"] * 1_000_000 / offered.fair_usd_micros < 1.07
    assert confidences
    assert all(60 <= confidence <= 100 for confidence in confidences)


async def test_only_the_fields_that_were_asked_for_come_back(
    ask_alt: Ask, sim: Simulator, watch: Watch
) -> None:
    offered = sim.market.list_deal(watch())
    cert = await cert_of(ask_alt, offered.certificate)
    assert set(cert) == {"gradeNumber", "gradingCompany", "asset"}
    assert set(cert["asset"]) == {"id", "name"}


async def test_some_certificates_are_unknown(ask_alt: Ask, sim: Simulator) -> None:
    unknown = next(token for token in sim.market.scenery.tokens if token.slab.alt_kind_id is None)
    assert await cert_of(ask_alt, unknown.slab.certificate) is None


async def test_a_confused_certificate_is_taken_for_the_stamped_card(
    ask_alt: Ask, sim: Simulator, watch: Watch
) -> None:
    offered = sim.market.list_deal(watch(), discount_bps=None, mood=Mood.VARIANT)
    name = (await cert_of(ask_alt, offered.certificate))["asset"]["name"]
    stamps = {card.stamp for card in sim.market.scenery.cards if card.stamp}
    assert any(stamp in name and stamp not in offered.name for stamp in stamps)


async def sales_of(ask_alt: Ask, cert: Json, *, shows_skipped: bool) -> list[Json]:
    grade = {"gradingCompany": cert["gradingCompany"], "gradeNumber": cert["gradeNumber"]}
    wanted = grade | {"showSkipped": shows_skipped}
    answer = await ask_alt(
        "AssetMarketTransactions", SALES, id=cert["asset"]["id"], marketTransactionFilter=wanted
    )
    return list(answer["data"]["asset"]["marketTransactions"])


async def test_sales_are_unsorted_and_some_are_to_be_skipped(ask_alt: Ask, sim: Simulator) -> None:
    known = [token for token in sim.market.scenery.tokens if token.slab.alt_kind_id is not None]
    all_sales, without_skipped = [], []
    for token in known[:60]:
        cert = await cert_of(ask_alt, token.slab.certificate)
        all_sales += await sales_of(ask_alt, cert, shows_skipped=True)
        without_skipped += await sales_of(ask_alt, cert, shows_skipped=False)
    dates = [sale["date"] for sale in all_sales]
    assert dates != sorted(dates, reverse=True)
    assert {len(date) for date in dates} == {10, 24}
    assert {sale["consolidatedSkippedReason"] for sale in all_sales} == {None, "RELISTED"}
    assert {sale["consolidatedSkippedReason"] for sale in without_skipped} == {None}
    assert all(isinstance(sale["price"], str) for sale in all_sales)


@pytest.mark.parametrize(
    ("operation", "query", "variables", "message"),
    [
        ("Cert", CERT, {}, 'Variable "$certNumber" of required type "String!" was not provided.'),
        ("Cert", CERT, {"certNumber": 5}, "String cannot represent a non string value"),
        ("Cert", "", {"certNumber": "1"}, "Syntax Error"),
        ("AssetDetails", VALUE, {"id": "x"}, 'Variable "$tsFilter" of required type'),
        ("Everything", VALUE, {}, 'Unknown operation named "Everything".'),
    ],
)
async def test_mistakes_come_as_errors_in_a_good_answer(
    ask_alt: Ask, operation: str, query: str, variables: Json, message: str
) -> None:
    answer = await ask_alt(operation, query, **variables)
    assert answer["data"] is None
    assert message in answer["errors"][0]["message"]


async def test_a_field_that_does_not_exist_is_an_error(ask_alt: Ask, sim: Simulator, watch: Watch) -> None:
    offered = sim.market.list_deal(watch())
    answer = await ask_alt("Cert", "{cert{colour}}", certNumber=offered.certificate)
    assert answer["errors"][0]["message"] == 'Cannot query field "colour" on "cert".'


async def test_an_unknown_asset_is_null(ask_alt: Ask) -> None:
    grade = {"gradingCompany": "PSA", "gradeNumber": "10.0"}
    for operation, query, name in (
        ("AssetDetails", VALUE, "tsFilter"),
        ("AssetMarketTransactions", SALES, "marketTransactionFilter"),
    ):
        answer = await ask_alt(operation, query, id="none", **{name: grade})
        assert answer == {"data": {"asset": None}}


async def test_the_operation_may_be_named_in_the_body_alone(http: aiohttp.ClientSession) -> None:
    body = {"operationName": "Cert", "query": CERT, "variables": {"certNumber": "1"}}
    for path in (GRAPHQL, f"{GRAPHQL}/"):
        async with http.post(path, json=body) as response:
            assert await response.json() == {"data": {"cert": None}}


async def test_a_body_that_is_not_json_is_refused(http: aiohttp.ClientSession) -> None:
    async with http.post(f"{GRAPHQL}/Cert", data=b"{") as response:
        assert response.status == 400


async def test_a_wrong_key_is_refused_when_a_key_is_asked_for(watch: Watch) -> None:
    config = SimulatorConfig(pace=0, cards=20, listings=5, alt_api_key="right", now=watch)
    body = {"query": CERT, "variables": {"certNumber": "1"}}
    async with open_simulator(config) as sim, aiohttp.ClientSession(sim.url) as http:
        for key, status in (("Bearer wrong", 401), ("", 401), ("Bearer right", 200)):
            async with http.post(f"{GRAPHQL}/Cert", json=body, headers={"Authorization": key}) as response:
                assert response.status == status


async def test_faults_can_aim_at_one_operation(http: aiohttp.ClientSession, sim: Simulator) -> None:
    sim.faults.add("vendor:alt:Cert", "rate_limit", times=None, seconds=3)
    body = {"query": CERT, "variables": {"certNumber": "1"}}
    async with http.post(f"{GRAPHQL}/Cert", json=body) as response:
        assert response.status == 429
        assert (await response.json())["data"] is None
    async with http.post(f"{GRAPHQL}/AssetDetails", json=body) as response:
        assert response.status == 200
