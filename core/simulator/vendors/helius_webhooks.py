"""A stand-in for Helius' webhooks: made by its API, posted to with enhanced transactions as they happen.

A pNFT is named in `events.nft.nfts`, a Core asset only among the accounts of the marketplace's instruction,
as it was seen of sales in life. It posts to this machine alone, and forgets its webhooks when it ends.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TypeAlias
from urllib.parse import urlsplit

import aiohttp
import msgspec
from aiohttp import web

from core.simulator.market.things import Activity, Asset, Currency, Deed, Standard
from core.simulator.vendors.chain import PROGRAMS, Chain, instruction
from core.simulator.vendors.desk import SOL_MINT, USDC_MINT, Desk, Json, json_response
from core.simulator.vendors.helius_rows import COLLECTIONS

PATH: Final = "/vendors/helius/v0/webhooks"
WEBHOOKS_MAX: Final = 10
POST_S_MAX: Final = 5.0
TRIES_MAX: Final = 3
AGAIN_S: Final = 0.2
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
ANY: Final = "ANY"
TYPES: Final = {
    Deed.LIST: "NFT_LISTING",
    Deed.REPRICE: "NFT_LISTING",
    Deed.DELIST: "NFT_CANCEL_LISTING",
    Deed.SALE: "NFT_SALE",
}

Answer: TypeAlias = Callable[[web.Request], Awaitable[web.Response]]


class Wanted(msgspec.Struct, rename="camel"):
    """What a webhook is made with."""

    webhook_url: str = msgspec.field(name="webhookURL")
    account_addresses: list[str]
    transaction_types: tuple[str, ...] = (ANY,)
    webhook_type: str = "enhanced"
    auth_header: str = ""


@dataclass(frozen=True)
class Webhook:
    """One that exists, and the task that posts to it."""

    wanted: Wanted
    posting: "asyncio.Task[None]"


class HeliusWebhooks:
    """The routes, and the posting."""

    def __init__(self, desk: Desk, chain: Chain) -> None:
        self._desk = desk
        self._chain = chain
        self._webhooks: dict[str, Webhook] = {}

    def add_routes(self, app: web.Application) -> None:
        """Serve under /vendors/helius/v0/webhooks."""
        app.router.add_post(PATH, self._keyed(self._create))
        app.router.add_get(PATH, self._keyed(self._all))
        app.router.add_delete(f"{PATH}/{{id}}", self._keyed(self._delete))
        app.on_cleanup.append(self._end)

    def _keyed(self, answer: Answer) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            await request.read()

            async def effect() -> web.StreamResponse:
                if not request.query.get("api-key"):
                    return json_response({"error": "Unauthorized"}, status=401)
                return await answer(request)

            return await self._desk.faults.guard("vendor:helius:webhooks", request, effect)

        return handle

    async def _create(self, request: web.Request) -> web.Response:
        try:
            wanted = msgspec.json.decode(await request.read(), type=Wanted)
        except msgspec.MsgspecError as error:
            return json_response({"error": str(error)}, status=400)
        if urlsplit(wanted.webhook_url).hostname not in LOOPBACK:
            return json_response({"error": "the stand-in posts to this machine alone"}, status=400)
        if wanted.webhook_type != "enhanced" or len(self._webhooks) >= WEBHOOKS_MAX:
            return json_response({"error": "no more, or no such webhook"}, status=400)
        id = secrets.token_hex(16)
        posting = asyncio.create_task(self._post_all(wanted), name=f"simulator webhook {id}")
        self._webhooks[id] = Webhook(wanted, posting)
        return json_response(_shown(id, wanted))

    async def _all(self, _: web.Request) -> web.Response:
        return json_response([_shown(id, webhook.wanted) for id, webhook in self._webhooks.items()])

    async def _delete(self, request: web.Request) -> web.Response:
        webhook = self._webhooks.pop(request.match_info["id"], None)
        if webhook is None:
            return json_response({"error": "webhook not found"}, status=404)
        await _stop(webhook)
        return json_response({})

    async def _end(self, _: web.Application) -> None:
        for webhook in self._webhooks.values():
            await _stop(webhook)

    async def _post_all(self, wanted: Wanted) -> None:
        limit = aiohttp.ClientTimeout(total=POST_S_MAX)
        connector = aiohttp.TCPConnector(ssl=False)  # this machine's certificate is its own
        with self._chain.listener() as queue:
            async with aiohttp.ClientSession(connector=connector, timeout=limit) as session:
                while True:
                    activity = await queue.get()
                    if _is_wanted(wanted, activity):
                        await _post(session, wanted, [self._transaction(activity)])

    def _transaction(self, activity: Activity) -> Json:
        """An enhanced transaction, in its documented outlines."""
        asset, is_sale = self._chain.asset(activity), activity.deed is Deed.SALE
        is_named = asset.standard is Standard.PNFT
        named = [{"mint": asset.mint, "tokenStandard": "ProgrammableNonFungible"}] if is_named else []
        paid = {
            "fromUserAccount": activity.buyer,
            "toUserAccount": activity.seller,
            "mint": USDC_MINT if activity.currency is Currency.USDC else SOL_MINT,
            "tokenAmount": activity.price_atoms / (10**6 if activity.currency is Currency.USDC else 10**9),
            "tokenStandard": "Fungible",
        }
        nft = {
            "type": TYPES[activity.deed],
            "source": "UNKNOWN",
            "amount": activity.price_atoms,
            "buyer": activity.buyer or "",
            "seller": activity.seller,
            "signature": activity.signature,
            "slot": activity.slot,
            "timestamp": activity.at_ms // 1000,
            "nfts": named,
        }
        return {
            "accountData": [],
            "description": instruction(activity, asset),
            "type": TYPES[activity.deed],
            "source": "UNKNOWN",
            "fee": 5000,
            "feePayer": activity.buyer or activity.seller,
            "signature": activity.signature,
            "slot": activity.slot,
            "timestamp": activity.at_ms // 1000,
            "nativeTransfers": [],
            "tokenTransfers": [paid] if is_sale else [],
            "transactionError": None,
            "instructions": [_told_to_program(activity, asset)],
            "events": {"nft": nft},
        }


def _told_to_program(activity: Activity, asset: Asset) -> Json:
    first = [activity.buyer or activity.seller, activity.seller, activity.seller, activity.seller]
    accounts = [*first, COLLECTIONS[asset.standard], asset.mint, USDC_MINT]
    return {"accounts": accounts, "data": "", "programId": PROGRAMS[activity.venue], "innerInstructions": []}


def _is_wanted(wanted: Wanted, activity: Activity) -> bool:
    touched = {PROGRAMS[activity.venue], activity.mint, activity.seller, activity.buyer}
    is_of_type = bool({ANY, TYPES[activity.deed]} & set(wanted.transaction_types))
    return is_of_type and bool(touched & set(wanted.account_addresses))


async def _post(session: aiohttp.ClientSession, wanted: Wanted, body: Json) -> None:
    """Tried again when it is not taken; then it is lost."""
    headers = {"Content-Type": "application/json", "Authorization": wanted.auth_header}
    for _ in range(TRIES_MAX):
        with suppress(aiohttp.ClientError, TimeoutError, OSError):
            data = msgspec.json.encode(body)
            async with session.post(wanted.webhook_url, data=data, headers=headers) as answer:
                if answer.ok:
                    return
        await asyncio.sleep(AGAIN_S)


async def _stop(webhook: Webhook) -> None:
    webhook.posting.cancel()
    await asyncio.gather(webhook.posting, return_exceptions=True)


def _shown(id: str, wanted: Wanted) -> Json:
    return {"webhookID": id, "wallet": "", "project": ""} | msgspec.to_builtins(wanted)
