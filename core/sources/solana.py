"""A plain Solana node: which single tokens lie in a wallet's token accounts, and in whose a token lies.

Documented at https://solana.com/docs/rpc/http (getTokenAccountsByOwner, getTokenLargestAccounts,
getAccountInfo); JSON-RPC by POST. The public nodes allow about 40 requests of a kind in 10 s. A wallet's
accounts are asked for twice: of the token program and of its successor, Token-2022. What is no token of
these programs is a bad parameter.

Blind: a Core asset has no token account, so most of Collector Crypt's newer cards are never seen here, and
no account says what its token is. What is listed is held; what is not listed, or is without an owner here,
may be held all the same.
"""

from collections.abc import AsyncIterator

import msgspec

from core.domain.listings import Chain, Mint, SourceName, Wallet
from core.domain.wallets import Holding, HoldingPage
from core.errors import SourceUnavailable
from core.sources.http import (
    Fetched,
    SourceHttp,
    VendorHabits,
    VendorLimits,
    address_of,
    parsing,
)
from core.sources.http.rpc import BAD_PARAMETERS, Call, Params, Reply, failure_in, result_of

NAME = SourceName.SOLANA
LIMITS = VendorLimits(per_minute=60, burst=2, concurrent=1)
PROGRAMS = (
    "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
    "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb",
)


class _Program(msgspec.Struct, rename="camel"):
    program_id: str


class _Encoding(msgspec.Struct):
    encoding: str = "jsonParsed"


class _TokenAmount(msgspec.Struct):
    amount: str
    decimals: int


class _Info(msgspec.Struct, rename="camel"):
    mint: str
    owner: str
    token_amount: _TokenAmount


class _Parsed(msgspec.Struct):
    info: _Info


class _AccountData(msgspec.Struct):
    parsed: _Parsed


class _Account(msgspec.Struct):
    data: _AccountData


class _Keyed(msgspec.Struct):
    account: _Account


class _Accounts(msgspec.Struct):
    value: list[_Keyed]


class _Found(msgspec.Struct):
    value: _Account | None


class _Largest(msgspec.Struct):
    address: str
    amount: str
    decimals: int


class _LargestAccounts(msgspec.Struct):
    value: list[_Largest]


_ONE = _TokenAmount("1", 0)


class Solana:
    """Wallets' tokens, and a token's holder, by a node's own books."""

    name = NAME

    def __init__(self, http: SourceHttp, *, base_url: str) -> None:
        habits = VendorHabits(hides_base=True, failure_in=failure_in)
        self._vendor = http.vendor(NAME, base_url=base_url, limits=LIMITS, habits=habits)

    async def holdings(self, wallet: Wallet, *, pages_max: int) -> AsyncIterator[HoldingPage]:
        """One page: a node gives all accounts at once."""
        answers = [await self._accounts(wallet, program) for program in PROGRAMS]
        held = tuple(holding for fetched in answers for holding in parse_holdings(fetched, wallet))
        yield HoldingPage(held, min(fetched.at for fetched in answers))

    async def owner(self, mint: Mint) -> Wallet | None:
        account = parse_account(await self._ask("getTokenLargestAccounts", (mint,)))
        if account is None:
            return None
        return parse_owner(await self._ask("getAccountInfo", (account, _Encoding())), mint)

    async def _accounts(self, wallet: Wallet, program: str) -> Fetched:
        return await self._ask("getTokenAccountsByOwner", (wallet, _Program(program), _Encoding()))

    async def _ask(self, method: str, params: Params) -> Fetched:
        return await self._vendor.post("", Call(method, params))


def parse_holdings(fetched: Fetched, wallet: Wallet) -> tuple[Holding, ...]:
    """The accounts with one indivisible token in them; nothing is known of these but their mint."""
    found = result_of(fetched, Reply[_Accounts], missing=())
    assert found is not None, "no code is taken for none"
    infos = [row.account.data.parsed.info for row in found.value]
    return tuple(
        Holding(Chain.SOLANA, Mint(_address(info.mint, f"$.result.value[{n}]")), title="")
        for n, info in enumerate(infos)
        if info.owner == wallet and info.token_amount == _ONE
    )


def parse_account(fetched: Fetched) -> str | None:
    """The account that holds a token's only piece; None for what is no such token."""
    found = result_of(fetched, Reply[_LargestAccounts], missing=(BAD_PARAMETERS,))
    accounts = [] if found is None else found.value
    for n, account in enumerate(accounts):
        if _TokenAmount(account.amount, account.decimals) == _ONE:
            return _address(account.address, f"$.result.value[{n}].address")
    return None


def parse_owner(fetched: Fetched, mint: Mint) -> Wallet:
    """Raises SourceUnavailable when the token has just left the account."""
    found = result_of(fetched, Reply[_Found], missing=())
    assert found is not None, "no code is taken for none"
    info = None if found.value is None else found.value.data.parsed.info
    if info is None or info.token_amount != _ONE:
        raise SourceUnavailable(NAME, "the token moved while it was asked for")
    with parsing(NAME, "$.result.value"):
        if info.mint != mint:
            raise ValueError("about another token")
    return Wallet(_address(info.owner, "$.result.value.data.parsed.info.owner"))


def _address(text: str, path: str) -> str:
    with parsing(NAME, path):
        address = address_of(text)
        if address is None:
            raise ValueError("not an address")
    return address
