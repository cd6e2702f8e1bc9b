"""PSA: what a certificate says, and what is not one."""

import pytest

from core.domain.catalog import CardKey, CertificateFacts, Grade, Grader
from core.domain.listings import SourceName
from core.errors import SourceChanged, SourceRateLimited, SourceRefused, SourceUnavailable
from core.sources.http import SourceHttp
from core.sources.psa import LIMITS, Psa, parse_certificate
from tests.sources.payloads import Json, fetched
from tests.sources.payloads_keyed import psa_answer
from tests.sources.server import Reply, ScriptedServer, data

NAME = SourceName.PSA
NUMBER = "45822162"
FACTS = CertificateFacts(
    grader=Grader.PSA,
    certificate=NUMBER,
    grade=Grade(90),
    card=CardKey("", "POKEMON GAME", "4", "CHARIZARD", "HOLO", year=1999),
    title="1999 POKEMON GAME #4 CHARIZARD HOLO",
    population=310,
    population_higher=12,
)


def facts_of(**changes: Json) -> CertificateFacts:
    facts = parse_certificate(fetched(NAME, psa_answer(**changes)), NUMBER)
    assert facts is not None
    return facts


def test_a_certificate_becomes_facts() -> None:
    assert facts_of() == FACTS


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("GEM-MT 10", Grade(100)),
        ("GEM MT 10", Grade(100)),
        ("NM-MT+ 8.5", Grade(85)),
        ("PR-FR 1.5", Grade(15)),
        ("Authentic", None),
        ("NM-MT 8 (OC)", None),
        ("EX 5 MK", None),
        ("10 GEM MT", Grade(100)),
        (None, None),
    ],
)
def test_a_grade_is_read_out_of_its_words(text: Json, grade: Grade | None) -> None:
    assert facts_of(CardGrade=text).grade == grade


def test_the_grade_of_an_autograph_is_not_the_cards() -> None:
    assert facts_of(IsPSADNA=True).grade is None


def test_what_is_not_told_is_empty() -> None:
    facts = facts_of(Year=None, CardNumber=None, Variety="", TotalPopulation=None, PopulationHigher=None)
    assert facts.card == CardKey("", "POKEMON GAME", "", "CHARIZARD")
    assert (facts.title, facts.population) == ("POKEMON GAME CHARIZARD", None)
    assert facts_of(Subject=None).card is None


@pytest.mark.parametrize(("year", "expected"), [(1999, 1999), ("1999-00", 1999), ("?", 0), ("99", 0)])
def test_a_year_is_a_text_or_a_number(year: Json, expected: int) -> None:
    card = facts_of(Year=year).card
    assert card is not None
    assert card.year == expected


@pytest.mark.parametrize(
    "answer",
    [
        {"PSACert": None, "IsValidRequest": True, "ServerMessage": "No data found"},
        {"IsValidRequest": False, "ServerMessage": "Invalid CertNo"},
    ],
)
def test_a_200_may_say_that_there_is_no_such_certificate(answer: Json) -> None:
    assert parse_certificate(fetched(NAME, answer), NUMBER) is None


@pytest.mark.parametrize("message", ["The service is down", None, ""])
def test_no_certificate_for_another_reason_is_no_answer(message: Json) -> None:
    with pytest.raises(SourceUnavailable):
        parse_certificate(fetched(NAME, {"PSACert": None, "ServerMessage": message}), NUMBER)


def test_another_certificate_than_was_asked_for_is_a_change() -> None:
    with pytest.raises(SourceChanged, match="CertNumber"):
        facts_of(CertNumber="45822163")
    assert facts_of(CertNumber="045822162") == FACTS


@pytest.mark.parametrize("count", [-1, "many", 10**12, 1.5])
def test_a_malformed_population_is_a_change(count: Json) -> None:
    with pytest.raises(SourceChanged, match="TotalPopulation"):
        facts_of(TotalPopulation=count)


async def test_one_question_gets_the_facts(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data(psa_answer()))
    psa = Psa(http, base_url=f"{server.url}/publicapi", token="psa-token")
    assert await psa.certificate(NUMBER) == FACTS
    assert server.asked[0].path == f"/publicapi/cert/GetByCertNumber/{NUMBER}"
    assert server.asked[0].headers["Authorization"] == "Bearer psa-token"


async def test_what_cannot_be_a_number_costs_nothing(http: SourceHttp, server: ScriptedServer) -> None:
    psa = Psa(http, base_url=server.url, token="psa-token")
    for number in ("", "12x", "../1", "٣" * 8, "1" * 13):
        assert await psa.certificate(number) is None
    assert server.asked == []
    assert LIMITS.per_day == 100


async def test_a_used_up_day_and_a_wrong_token_are_told_apart(
    http: SourceHttp, server: ScriptedServer
) -> None:
    server.says(Reply(status=401))
    with pytest.raises(SourceRefused):
        await Psa(http, base_url=server.url, token="psa-token").certificate(NUMBER)
    server.says(data({"Message": "API calls quota exceeded! maximum admitted 100 per Day."}, status=429))
    with pytest.raises(SourceRateLimited):
        await Psa(http, base_url=server.url, token="psa-token").certificate(NUMBER)
