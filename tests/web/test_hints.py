"""Helius' pushes: only with the secret, only hints, and nothing of them is believed."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from core.domain.hints import AMONG_MAX, MARKETPLACE_PROGRAM, Hint
from core.domain.listings import Mint
from core.settings import Secret, Settings
from core.simulator.app import SimulatorConfig, open_simulator
from core.simulator.market.things import Currency, Standard, Venue
from core.web.context import WebConfig
from core.web.hints import HINTS_MAX
from core.web.limits import BURST
from core.web.middleware import BODY_BYTES_MAX, HOOK_BYTES_MAX
from tests.web.serving import NOW, Answer, Api, running_api
from tests.web.test_middleware import problem_of

WEBHOOKS = "/vendors/helius/v0/webhooks?api-key=key"
PATIENCE_S = 30
SECRET = "planted-Secret-0123456789-abcdef"
SLAB, OTHER = Mint("7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU"), Mint("4" * 32)
USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
AT = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    async with running_api(WebConfig(hook_secret=Secret(SECRET))) as api:
        yield api


async def push(api: Api, body: Any, *, secret: str | None = SECRET) -> Answer:
    headers = {} if secret is None else {"Authorization": secret}
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await api.ask("POST", "/hooks/helius", data=sent, headers=headers)


def happened(**more: Any) -> dict[str, Any]:
    """A sale as Helius tells it, in its outlines."""
    return {
        "signature": "sig",
        "timestamp": int(AT.timestamp()),
        "type": "NFT_SALE",
        "transactionError": None,
        "events": {"nft": {"amount": 33_990_000, "nfts": []}},
        "tokenTransfers": [{"mint": USDC, "tokenAmount": 33.31, "tokenStandard": "Fungible"}],
        "instructions": [{"programId": "other", "accounts": [OTHER]}],
    } | more


async def test_a_token_that_is_named_is_hinted_at_once(api: Api) -> None:
    transfers = [{"mint": mint, "tokenStandard": "ProgrammableNonFungible"} for mint in (SLAB, OTHER)]
    body = [happened(events={"nft": {"nfts": [{"mint": SLAB}]}}, tokenTransfers=transfers)]
    answer = await push(api, body)
    assert (answer.status, json.loads(answer.body)) == (200, {"hints": 2})
    assert api.hints.told == [Hint("sig", AT, SLAB), Hint("sig", AT, OTHER)]


async def test_a_core_asset_is_one_of_the_accounts_of_the_marketplaces_instruction(api: Api) -> None:
    accounts = [
        SLAB,
        "not an address",
        SLAB,
        OTHER,
        *(f"{'5' * 31}{n:02d}".replace("0", "9") for n in range(99)),
    ]
    ours = {"programId": MARKETPLACE_PROGRAM, "accounts": accounts}
    assert (await push(api, [happened(instructions=[ours])])).status == 200
    [hint] = api.hints.told
    assert (hint.mint, hint.among[:2], len(hint.among)) == (None, (SLAB, OTHER), AMONG_MAX)


async def test_what_names_nothing_is_a_hint_without_a_token(api: Api) -> None:
    bare: dict[str, Any] = {"signature": "bare"}
    nulls = happened(signature="nulls", events=None, tokenTransfers=None, instructions=None)
    assert (await push(api, [bare, nulls])).status == 200
    assert api.hints.told == [Hint("bare", NOW), Hint("nulls", AT)]


async def test_what_failed_on_the_chain_is_no_hint(api: Api) -> None:
    answer = await push(api, [happened(transactionError={"InstructionError": [0, "Custom"]})])
    assert (answer.status, api.hints.told) == (200, [])


async def test_one_push_makes_a_bounded_number_of_hints(api: Api) -> None:
    assert (await push(api, [{"signature": "s"}] * (HINTS_MAX + 1))).status == 200
    assert len(api.hints.told) == HINTS_MAX


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 50_000,
        b'[{"signature": "\xff"}]',
        {"signature": "alone"},
        [{}],
        [{"signature": 5}],
        [{"signature": "s" * 201}],
        [happened(timestamp=-1)],
        [happened(timestamp=10**20)],
        [happened(timestamp=float("inf"))],
        [happened(events={"nft": {"nfts": [{"mint": 7}]}})],
    ],
)
async def test_what_is_no_push_of_helius_is_a_bad_request(api: Api, body: Any) -> None:
    answer = await push(api, body)
    assert answer.status == 400
    assert problem_of(answer)["detail"] == "A list of enhanced transactions is expected."
    assert api.hints.told == []


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", f"Bearer {SECRET}", "ä\udcff"])
async def test_without_the_very_secret_nothing_is_read(api: Api, secret: str | None) -> None:
    answer = await push(api, b"{", secret=secret)
    assert answer.status == 401
    assert SECRET not in str(problem_of(answer))


def test_the_secret_is_the_one_of_the_settings() -> None:
    secret = Secret(SECRET)
    assert WebConfig.of(Settings(helius_webhook_secret=secret)).hook_secret is secret


async def test_without_a_secret_set_there_is_no_door() -> None:
    async with running_api() as api:
        assert (await push(api, [], secret="")).status == 404


async def test_a_push_may_be_larger_than_other_requests_but_not_endless(api: Api) -> None:
    padding = b" " * (HOOK_BYTES_MAX - 2)
    assert BODY_BYTES_MAX < HOOK_BYTES_MAX
    assert (await push(api, b"[" + padding + b"]")).status == 200
    assert (await push(api, b"[ " + padding + b"]")).status == 413

    async def unmeasured() -> AsyncIterator[bytes]:
        yield b"[ " + padding
        yield b"]"

    headers = {"Authorization": SECRET}
    assert (await api.ask("POST", "/hooks/helius", data=unmeasured(), headers=headers)).status == 413


async def test_what_happens_in_the_world_arrives_as_helius_pushes_it(api: Api) -> None:
    config = SimulatorConfig(pace=0, cards=100, listings=30, now=lambda: NOW)
    async with open_simulator(config) as simulator, aiohttp.ClientSession() as http:
        wanted = {
            "webhookURL": f"{api.url}/hooks/helius",
            "accountAddresses": [MARKETPLACE_PROGRAM],
            "authHeader": SECRET,
        }
        async with http.post(f"{simulator.url}{WEBHOOKS}", json=wanted) as answer:
            assert answer.status == 200
        market = simulator.market
        tokens = [token for token in market.scenery.tokens if token.mint not in market.book]
        for standard in Standard:
            token = next(token for token in tokens if token.standard is standard)
            market.put_on_sale(token.mint, 50_000_000, NOW, venue=Venue.CC, currency=Currency.USDC)
            hint = await asyncio.wait_for(api.hints.heard.get(), PATIENCE_S)
            assert token.mint in ([hint.mint] if standard is Standard.PNFT else hint.among)


async def test_a_hasty_pusher_is_told_to_wait(api: Api) -> None:
    for _ in range(BURST):
        assert (await push(api, [])).status == 200
    assert (await push(api, [])).status == 429
