"""A plain node: single tokens of both token programs, and nothing about what they are."""

import msgspec
import pytest

from core.domain.listings import Chain, Mint, SourceName, Wallet
from core.domain.wallets import Holding, HoldingPage
from core.errors import SourceChanged, SourceRateLimited, SourceUnavailable
from core.sources.http import SourceHttp
from core.sources.solana import Solana, parse_account, parse_holdings, parse_owner
from tests.sources.conftest import START
from tests.sources.payloads import BUYER, MINT, SELLER, Json, fetched
from tests.sources.payloads_rates import (
    account_info,
    largest_accounts,
    rpc,
    rpc_error,
    token_account,
    token_accounts,
)
from tests.sources.server import ScriptedServer, data

NAME, OTHER = SourceName.SOLANA, Mint("2cHr7QS3xfuSV8wdxo3ztuF4xbiarF6Nrgx3qpx3HzXR")


def held(*accounts: Json) -> list[Mint]:
    return [holding.mint for holding in parse_holdings(fetched(NAME, token_accounts(*accounts)), SELLER)]


def test_one_indivisible_token_is_held_listed_or_not() -> None:
    assert held(token_account(), token_account(mint=OTHER, state="initialized")) == [MINT, OTHER]


@pytest.mark.parametrize(
    "account",
    [
        token_account(amount="0"),
        token_account(amount="2"),
        token_account(amount="420000000000000", decimals=6),
        token_account(amount="1", decimals=6),
        token_account(owner=BUYER),
    ],
)
def test_coins_empty_accounts_and_other_peoples_are_left_out(account: Json) -> None:
    assert held(account) == []


def test_no_word_of_accounts_is_no_empty_wallet() -> None:
    with pytest.raises(SourceChanged, match="neither"):
        parse_holdings(fetched(NAME, rpc(None)), SELLER)
    with pytest.raises(SourceUnavailable):
        parse_holdings(fetched(NAME, rpc_error(-32004)), SELLER)


def test_an_account_the_node_could_not_read_is_a_change() -> None:
    account = token_account()
    account["account"]["data"] = ["AAAA", "base64"]
    with pytest.raises(SourceChanged, match="data"):
        held(account)
    with pytest.raises(SourceChanged, match="not an address"):
        held(token_account(mint="../x"))


def test_the_account_with_the_only_piece_is_found() -> None:
    assert parse_account(fetched(NAME, largest_accounts())) == "BGocb4GEpbTFm8UFV2VsDSaBXHELPfAXrvd4vtt8QWrA"
    assert parse_account(fetched(NAME, largest_accounts(amount="12"))) is None
    assert parse_account(fetched(NAME, largest_accounts(decimals=2))) is None
    assert parse_account(fetched(NAME, rpc_error(-32602, "Invalid param: not a Token mint"))) is None
    with pytest.raises(SourceChanged, match="not an address"):
        parse_account(fetched(NAME, largest_accounts("../x")))


def owner_of(account: Json) -> Wallet:
    return parse_owner(fetched(NAME, account_info(account and account["account"])), MINT)


def test_an_account_tells_whose_its_token_is() -> None:
    assert owner_of(token_account()) == SELLER
    with pytest.raises(SourceChanged, match="another token"):
        owner_of(token_account(mint=OTHER))
    for moved in (None, token_account(amount="0")):
        with pytest.raises(SourceUnavailable, match="moved"):
            owner_of(moved)


async def test_an_owner_takes_two_questions(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data(largest_accounts("anAccount")), data(account_info(token_account()["account"])))
    assert await Solana(http, base_url=server.url).owner(MINT) == SELLER
    calls = [msgspec.json.decode(asked.body) for asked in server.asked]
    assert [(call["method"], call["params"]) for call in calls] == [
        ("getTokenLargestAccounts", [MINT]),
        ("getAccountInfo", ["anAccount", {"encoding": "jsonParsed"}]),
    ]


async def test_what_is_no_token_takes_one_question(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data(rpc_error(-32602, "Invalid param: not a Token mint")))
    assert await Solana(http, base_url=server.url).owner(MINT) is None
    assert len(server.asked) == 1


async def test_both_programs_are_asked_and_make_one_page(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data(token_accounts(token_account())), data(token_accounts(token_account(mint=OTHER))))
    pages = [page async for page in Solana(http, base_url=server.url).holdings(SELLER, pages_max=1)]
    holdings = tuple(Holding(Chain.SOLANA, mint, title="") for mint in (MINT, OTHER))
    assert pages == [HoldingPage(holdings, START)]
    calls = [msgspec.json.decode(asked.body) for asked in server.asked]
    assert {call["method"] for call in calls} == {"getTokenAccountsByOwner"}
    assert [call["params"] for call in calls] == [
        [SELLER, {"programId": program}, {"encoding": "jsonParsed"}]
        for program in (
            "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
            "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb",
        )
    ]


async def test_half_of_the_programs_is_no_answer(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data(token_accounts(token_account())), data(rpc_error(-32005, "Too many requests")))
    with pytest.raises(SourceRateLimited):
        await anext(Solana(http, base_url=server.url).holdings(SELLER, pages_max=1))


async def test_an_empty_wallet_is_one_empty_page(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data(token_accounts()))
    pages = [page async for page in Solana(http, base_url=server.url).holdings(SELLER, pages_max=3)]
    assert pages == [HoldingPage((), START)]
