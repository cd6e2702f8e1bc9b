"""PriceCharting: which product a slab is, and what the product says of its grade."""

import traceback

import msgspec
import pytest
from structlog.testing import capture_logs

from core.domain.catalog import CardKey, Grade, GradeLabel, Grader
from core.domain.listings import SourceName
from core.domain.valuation import Evidence, EvidenceKind
from core.errors import SourceChanged, SourceError, SourceRefused, SourceUnavailable
from core.sources.http import SourceHttp
from core.sources.pricecharting import PriceCharting, parse_asset_id, parse_value, price_key
from tests.sources.conftest import Memory
from tests.sources.payloads import Json, fetched
from tests.sources.payloads_keyed import (
    CARD,
    PRODUCT,
    SLAB,
    charting_error,
    charting_named,
    charting_product,
    charting_products,
)
from tests.sources.server import CUT_OFF, RESET, Reply, ScriptedServer, data

NAME = SourceName.PRICECHARTING
CANARY = "canary0123456789abcdef"
EVIDENCE = Evidence(
    kind=EvidenceKind.PRICECHARTING,
    value_usd_micros=110_250_000,
    confidence=70,
    asset_name="Pokemon Obsidian Flames Charizard ex #199",
    asset_id=PRODUCT,
)


def value_of(**changes: Json) -> Evidence | None:
    return parse_value(fetched(NAME, charting_product(**changes)), SLAB, PRODUCT)


def matched(card: CardKey, *products: Json) -> str | None:
    return parse_asset_id(fetched(NAME, {"status": "success", "products": list(products)}), card)


def test_whole_cents_become_evidence() -> None:
    assert value_of() == EVIDENCE


@pytest.mark.parametrize(
    ("grader", "grade", "key"),
    [
        (Grader.PSA, Grade(100), "manual-only-price"),
        (Grader.BGS, Grade(100), "bgs-10-price"),
        (Grader.BGS, Grade(100, GradeLabel.PRISTINE), "bgs-10-price"),
        (Grader.BGS, Grade(100, GradeLabel.BLACK), None),
        (Grader.CGC, Grade(100), "condition-17-price"),
        (Grader.CGC, Grade(100, GradeLabel.PRISTINE), None),
        (Grader.SGC, Grade(100), "condition-18-price"),
        (Grader.SGC, Grade(100, GradeLabel.GOLD), None),
        (Grader.TAG, Grade(100), None),
        (Grader.BGS, Grade(95), "box-only-price"),
        (Grader.PSA, Grade(90), "graded-price"),
        (Grader.PSA, Grade(85), "new-price"),
        (Grader.PSA, Grade(80), "new-price"),
        (Grader.PSA, Grade(75), "cib-price"),
        (Grader.PSA, Grade(70), "cib-price"),
        (Grader.PSA, Grade(60), None),
    ],
)
def test_a_grade_has_an_odd_name_or_no_price(grader: Grader, grade: Grade, key: str | None) -> None:
    slab = msgspec.structs.replace(SLAB, grader=grader, grade=grade)
    assert price_key(slab) == key
    evidence = parse_value(fetched(NAME, charting_product()), slab, PRODUCT)
    cents = charting_product()[key] if key else None
    assert (evidence and evidence.value_usd_micros) == (cents and cents * 10_000)


@pytest.mark.parametrize("cents", [None, 0])
def test_a_price_left_out_is_no_value(cents: Json) -> None:
    assert value_of(**{"manual-only-price": cents}) is None


@pytest.mark.parametrize("cents", [-1, 110.25, "$110.25", "11025", 10**12, True, [1]])
def test_what_is_no_number_of_cents_is_a_change(cents: Json) -> None:
    with pytest.raises(SourceChanged, match="manual-only-price"):
        value_of(**{"manual-only-price": cents})


def test_another_product_than_was_asked_for_is_a_change() -> None:
    with pytest.raises(SourceChanged, match=r"\$\.id"):
        value_of(id="1")


def test_the_product_is_found_among_those_that_are_like_it() -> None:
    others = (
        charting_named("Charizard ex #223", id="1"),
        charting_named("Charizard #199", id="2"),
        charting_named("Charizard ex [Staff] #199", id="3"),
        {"id": "4", "product-name": "Charizard ex #199", "console-name": "Pokemon Japanese Obsidian Flames"},
        charting_named("Charizard ex", id="5"),
    )
    assert matched(CARD, *others, charting_named()) == PRODUCT
    assert matched(CARD, *others) is None
    assert matched(CARD) is None


def test_two_that_may_be_it_are_none() -> None:
    assert matched(CARD, charting_named(), charting_named(id="2")) is None


@pytest.mark.parametrize(
    ("name", "variant", "product", "is_it"),
    [
        ("Charizard ex", "Special Art Rare", "Charizard ex [Special Art Rare] #199", True),
        ("Charizard ex", "Special Art Rare", "Charizard ex #199", True),
        ("Charizard ex", "1st Edition", "Charizard ex #199", False),
        ("Charizard ex", "", "Charizard ex [1st Edition] #199", False),
        ("Charizard ex Staff", "", "Charizard ex [Staff] #199", True),
        ("Charizard ex Staff", "", "Charizard ex #199", False),
        ("Charizard EX", "", "Charizard-EX #199/197", True),
    ],
)
def test_a_printing_must_agree_but_for_what_the_number_tells(
    name: str, variant: str, product: str, is_it: bool
) -> None:
    card = msgspec.structs.replace(CARD, name=name, variant=variant)
    assert matched(card, charting_named(product)) == (PRODUCT if is_it else None)


def test_a_rarity_is_not_taken_for_another_printing_that_is_told_apart() -> None:
    card = msgspec.structs.replace(CARD, variant="Secret Rare")
    platinum = charting_named("Charizard ex [Platinum Secret Rare] #199", id="2")
    assert matched(card, charting_named(), platinum) is None


def test_a_number_may_stand_without_its_sign() -> None:
    card = CardKey("One Piece", "OP01-Romance Dawn", "OP01-003", "Monkey.D.Luffy")
    product = {"id": "7", "product-name": "Monkey.D.Luffy OP01-003", "console-name": "One Piece Romance Dawn"}
    assert matched(card, product) == "7"


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ("Invalid token", SourceRefused),
        ("A subscription is required", SourceRefused),
        ("No API access", SourceRefused),
        ("Denied", SourceRefused),
        ("Try again", SourceUnavailable),
        (None, SourceUnavailable),
    ],
)
def test_an_error_in_a_200_is_no_answer(message: Json, error: type[SourceError]) -> None:
    with pytest.raises(error):
        parse_value(fetched(NAME, charting_error(message)), SLAB, PRODUCT)


def test_no_such_product_is_no_value() -> None:
    answer = fetched(NAME, charting_error("No such product"))
    assert parse_value(answer, SLAB, PRODUCT) is None
    assert parse_asset_id(answer, CARD) is None


async def test_a_new_card_takes_two_questions_and_a_known_one_takes_one(
    http: SourceHttp, server: ScriptedServer
) -> None:
    server.says(data(charting_products()), data(charting_product()))
    vendor = PriceCharting(http, base_url=f"{server.url}/api", key=CANARY)
    assert await vendor.value(SLAB, asset_id=None) == EVIDENCE
    assert await vendor.value(SLAB, asset_id=PRODUCT) == EVIDENCE
    assert [asked.path.partition("?")[0] for asked in server.asked] == [
        "/api/products",
        "/api/product",
        "/api/product",
    ]
    assert server.asked[0].query == {"t": CANARY, "q": "Pokemon Obsidian Flames Charizard ex 199"}
    assert server.asked[1].query == {"t": CANARY, "id": PRODUCT}


async def test_what_cannot_be_told_is_not_asked_for(http: SourceHttp, server: ScriptedServer) -> None:
    vendor = PriceCharting(http, base_url=server.url, key=CANARY)
    nameless = msgspec.structs.replace(SLAB, card=None)
    low = msgspec.structs.replace(SLAB, grade=Grade(10))
    no_set = msgspec.structs.replace(SLAB, card=msgspec.structs.replace(CARD, set_name=""))
    for slab in (nameless, low, no_set):
        assert await vendor.value(slab, asset_id=None) is None
    assert server.asked == []


@pytest.mark.parametrize("asset_id", [PRODUCT, None])
async def test_a_product_that_is_gone_is_none(
    http: SourceHttp, server: ScriptedServer, asset_id: str | None
) -> None:
    server.says(data(charting_error("No such product"), status=404))
    assert await PriceCharting(http, base_url=server.url, key=CANARY).value(SLAB, asset_id=asset_id) is None


@pytest.mark.parametrize(
    "trouble",
    [
        RESET,
        CUT_OFF,
        Reply(b"<html>", content_type="text/html"),
        *(data(charting_error(f"Bad token {CANARY}"), status=status) for status in (200, 403, 429, 500)),
        data(charting_product(**{"manual-only-price": CANARY})),
    ],
)
async def test_the_token_is_in_no_error_and_no_log(
    http: SourceHttp, server: ScriptedServer, memory: Memory, trouble: Reply
) -> None:
    server.says(trouble)
    vendor = PriceCharting(http, base_url=server.url, key=CANARY)
    shown = []
    with capture_logs() as lines:
        for _ in range(5):
            with pytest.raises(SourceError) as caught:
                await vendor.value(SLAB, asset_id=PRODUCT)
            shown += traceback.format_exception(caught.value)
    assert server.asked[0].query["t"] == CANARY
    assert CANARY not in "".join(shown) + repr(lines) + repr(memory.told)
