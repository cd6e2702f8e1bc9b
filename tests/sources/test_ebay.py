"""eBay: graded cards on sale, fixed prices and auctions."""

from datetime import UTC, datetime

import pytest

from core.domain.listings import SourceName
from core.domain.money import Amount, Unit
from core.domain.wallets import MarketAsk
from core.errors import SourceChanged, SourceRateLimited, SourceRefused, SourceUnavailable
from core.sources.ebay import PAGE_SIZE, Ebay, parse_asks
from core.sources.http import SourceHttp
from tests.sources.payloads import Json, fetched
from tests.sources.payloads_keyed import ebay_auction, ebay_item, ebay_page, ebay_warning, token
from tests.sources.server import ScriptedServer, data

NAME = SourceName.EBAY
ASK = MarketAsk(
    source=NAME,
    id="v1|110000000001|0",
    title="2023 Pokemon 151 Charizard ex #199 PSA 10",
    amount=Amount(249_990_000, Unit.USD_MICROS),
    url="https://www.ebay.com/itm/110000000001",
    seller="example_seller",
    image_url="https://i.ebayimg.com/images/g/x/s-l225.jpg",
    listed_at=datetime(2026, 9, 30, 10, tzinfo=UTC),
)


def asks_of(*items: Json, **changes: Json) -> tuple[MarketAsk, ...]:
    return parse_asks(fetched(NAME, ebay_page(*items, **changes))).asks


@pytest.fixture
def ebay(http: SourceHttp, server: ScriptedServer) -> Ebay:
    return Ebay(http, base_url=server.lending, client_id="client", client_secret="client-secret")


def test_an_item_becomes_an_ask() -> None:
    assert asks_of(ebay_item()) == (ASK,)


def test_an_auction_asks_its_highest_bid() -> None:
    (auction,) = asks_of(ebay_auction())
    assert (auction.amount, auction.is_auction) == (Amount(1_025_000_000, Unit.USD_MICROS), True)


def test_an_auction_without_a_bid_asks_its_start() -> None:
    (auction,) = asks_of(ebay_item(buyingOptions=["AUCTION"]))
    assert (auction.amount, auction.is_auction) == (ASK.amount, True)


def test_an_auction_that_can_be_bought_at_once_asks_that_price() -> None:
    (ask,) = asks_of(ebay_auction(buyingOptions=["AUCTION", "FIXED_PRICE"], price=ebay_item()["price"]))
    assert (ask.amount, ask.is_auction) == (ASK.amount, False)


@pytest.mark.parametrize(
    "text", ["2026-09-30T10:00:00.000Z", "2026-09-30T12:00:00+02:00", "2026-09-30T10:00:00"]
)
def test_a_time_is_in_utc_whatever_its_zone(text: str) -> None:
    (ask,) = asks_of(ebay_item(itemCreationDate=text))
    assert ask.listed_at is not None
    assert ask.listed_at.isoformat() == "2026-09-30T10:00:00+00:00"


@pytest.mark.parametrize("options", [[], ["BEST_OFFER"], ["FIXED_PRICE"]])
def test_what_is_no_auction_and_has_no_time_is_neither(options: Json) -> None:
    (ask,) = asks_of(ebay_item(buyingOptions=options, itemCreationDate=None))
    assert (ask.amount, ask.is_auction, ask.listed_at) == (ASK.amount, False, None)


def test_a_page_of_nothing_is_the_last_whatever_it_says() -> None:
    page = parse_asks(fetched(NAME, ebay_page(next="https://api.ebay.com/next")))
    assert (page.asks, page.has_more) == ((), False)


def test_missing_summaries_are_nothing() -> None:
    page = parse_asks(fetched(NAME, ebay_page()))
    assert (page.asks, page.has_more) == ((), False)


@pytest.mark.parametrize("currency", ["GBP", "JPY", "usd", ""])
def test_a_currency_we_do_not_know_is_never_dollars(currency: str) -> None:
    assert asks_of(ebay_item(price={"value": "5.00", "currency": currency}), ebay_item()) == (ASK,)


def test_euros_are_euros() -> None:
    (ask,) = asks_of(ebay_item(price={"value": "5.10", "currency": "EUR"}))
    assert ask.amount == Amount(5_100_000, Unit.EUR_MICROS)


@pytest.mark.parametrize(
    "changes",
    [{"price": None}, {"itemGroupType": "SELLER_DEFINED_VARIATIONS"},
     {"price": {"value": "0.00", "currency": "USD"}}, {"title": ""}, {"itemId": " "},
     {"price": {"value": "1e25", "currency": "USD"}}],
)  # fmt: skip
def test_a_row_that_asks_nothing_is_left_out(changes: Json) -> None:
    assert asks_of(ebay_item(**changes), ebay_item()) == (ASK,)


@pytest.mark.parametrize("value", ["abc", "-1", "NaN", "Infinity", "", [1], True])
def test_a_malformed_price_is_a_change_with_its_row(value: Json) -> None:
    with pytest.raises(SourceChanged, match=r"itemSummaries\[1|itemSummaries\[\.\.\."):
        asks_of(ebay_item(), ebay_item(price={"value": value, "currency": "USD"}))


def test_what_is_no_address_is_no_link() -> None:
    (ask,) = asks_of(ebay_item(itemWebUrl="javascript:alert(1)", image=None, seller=None))
    assert (ask.url, ask.image_url, ask.seller) == ("", "", "")


@pytest.mark.parametrize("number", [12002, 12008, 12009, 12012])
def test_a_warning_that_our_question_was_wrong_is_a_change(number: int) -> None:
    with pytest.raises(SourceChanged, match=rf"{number} It is ignored.*\$\.warnings\[0\]"):
        asks_of(ebay_item(), **ebay_warning(number))


def test_any_other_warning_is_none_of_our_business() -> None:
    assert asks_of(ebay_item(), **ebay_warning(12019)) == (ASK,)


def test_an_error_in_a_200_is_no_answer() -> None:
    with pytest.raises(SourceUnavailable, match="12000 Broken"):
        asks_of(errors=[{"errorId": 12000, "message": "Broken"}])


async def test_a_question_names_words_grade_order_and_market(ebay: Ebay, server: ScriptedServer) -> None:
    server.says(data(ebay_page(ebay_item())))
    assert [page async for page in ebay.asks("charizard psa 10", pages_max=3)] == [(ASK,)]
    asked = server.asked[-1]
    assert asked.path.startswith("/lending/buy/browse/v1/item_summary/search?")
    assert asked.headers["X-EBAY-C-MARKETPLACE-ID"] == "EBAY_US"
    assert asked.query == {
        "q": "charizard psa 10",
        "category_ids": "183454",
        "filter": "conditionIds:{2750},buyingOptions:{FIXED_PRICE|AUCTION}",
        "sort": "newlyListed",
        "limit": "200",
        "offset": "0",
    }


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ('Blaine\'s Charizard (1st, "Edition") -psa *', "Blaine's Charizard 1st Edition psa"),
        ("Porygon-Z #4/102", "Porygon-Z #4/102"),
        ("x" * 150, "x" * 100),
    ],
)
async def test_words_are_asked_for_as_words(
    ebay: Ebay, server: ScriptedServer, words: str, asked: str
) -> None:
    server.says(data(ebay_page()))
    assert [page async for page in ebay.asks(words, pages_max=1)] == [()]
    assert server.asked[-1].query["q"] == asked


async def test_no_words_are_not_a_question_for_everything(ebay: Ebay, server: ScriptedServer) -> None:
    for words in ("", " ", "(*)", " - "):
        assert [page async for page in ebay.asks(words, pages_max=1)] == [()]
    assert server.asked == []


async def test_pages_follow_in_multiples_of_their_size(ebay: Ebay, server: ScriptedServer) -> None:
    more = ebay_page(ebay_item(), next="https://api.ebay.com/next")
    server.says(data(more), data(more), data(ebay_page(ebay_item())))
    assert len([page async for page in ebay.asks("charizard", pages_max=9)]) == 3
    assert [asked.query["offset"] for asked in server.asked[1:]] == ["0", "200", "400"]


async def test_no_page_beyond_what_ebay_has_is_asked_for(ebay: Ebay, server: ScriptedServer) -> None:
    server.says(data(ebay_page(ebay_item(), next="https://api.ebay.com/next")))
    assert len([page async for page in ebay.asks("charizard", pages_max=99)]) == 10_000 // PAGE_SIZE
    assert len([page async for page in ebay.asks("pikachu", pages_max=2)]) == 2


async def test_the_token_is_asked_for_with_the_clients_name_and_secret(
    http: SourceHttp, server: ScriptedServer
) -> None:
    server.says(data(token()), data(ebay_page(ebay_item())))
    ebay = Ebay(http, base_url=server.url, client_id="client", client_secret="secret")
    assert await anext(ebay.asks("charizard", pages_max=1)) == (ASK,)
    asked, search = server.asked
    assert (asked.method, asked.path) == ("POST", "/identity/v1/oauth2/token")
    assert asked.headers["Authorization"] == "Basic Y2xpZW50OnNlY3JldA=="
    scope = b"https%3A%2F%2Fapi.ebay.com%2Foauth%2Fapi_scope"
    assert asked.body == b"grant_type=client_credentials&scope=" + scope
    assert search.headers["Authorization"] == "Bearer v^1.1#i^1#abc"


@pytest.mark.parametrize(
    ("status", "number", "error"),
    [
        (400, 12001, SourceChanged),
        (401, 1001, SourceRefused),
        (403, 1100, SourceRefused),
        (409, 12013, SourceChanged),
        (429, 2001, SourceRateLimited),
        (500, 12000, SourceUnavailable),
    ],
)
async def test_an_envelope_of_errors_is_told_by_its_status(
    ebay: Ebay, server: ScriptedServer, status: int, number: int, error: type[Exception]
) -> None:
    server.says(data({"errors": [{"errorId": number, "message": "No"}]}, status=status))
    with pytest.raises(error):
        await anext(ebay.asks("charizard", pages_max=1))
