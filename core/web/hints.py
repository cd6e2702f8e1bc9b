"""What Helius pushes: enhanced transactions that touched the marketplace, as hints for a look at the vendor.

Nothing of them is believed but that something happened: no owner, no price. `Authorization` is the secret
that the webhook was made with, word for word. Documented at https://www.helius.dev/docs/webhooks. A sale of
a Core asset names its token nowhere but among the accounts of the marketplace's instruction.
"""

import hmac
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from aiohttp import web

from core.domain.hints import AMONG_MAX, MARKETPLACE_PROGRAM, Hint
from core.domain.listings import Mint
from core.errors import InvalidInput
from core.web.access import unauthorized
from core.web.answers import answer
from core.web.context import CLOCK, CONFIG, SERVICES
from core.web.middleware import HOOK_BYTES_MAX

HINTS_MAX = 500
"""Of one push; what is more is found by the regular look."""

_Text = Annotated[str, msgspec.Meta(max_length=200)]
_Seconds = Annotated[int, msgspec.Meta(ge=0, le=2**32)]
_NO_ERROR = msgspec.Raw(b"null")
_ADDRESS = re.compile(r"[1-9A-HJ-NP-Za-km-z]{32,44}")


class _Token(msgspec.Struct):
    mint: _Text


class _Sale(msgspec.Struct):
    nfts: list[_Token] | None = None


class _Events(msgspec.Struct):
    nft: _Sale | None = None


class _Transfer(msgspec.Struct, rename="camel"):
    mint: _Text
    token_standard: _Text | None = None


class _Instruction(msgspec.Struct, rename="camel"):
    program_id: _Text = ""
    accounts: list[_Text] = []


class _Transaction(msgspec.Struct, rename="camel"):
    signature: _Text
    timestamp: _Seconds | None = None
    transaction_error: msgspec.Raw = _NO_ERROR
    events: _Events | None = None
    token_transfers: list[_Transfer] | None = None
    instructions: list[_Instruction] | None = None


class Taken(msgspec.Struct, frozen=True):
    """How many hints were taken note of."""

    hints: int


_PUSH = msgspec.json.Decoder(list[_Transaction])


async def take_push(request: web.Request) -> web.Response:
    """Take note of what happened, at once; what it means is read at the vendor later."""
    _require_secret(request)
    try:
        pushed = _PUSH.decode(await request.clone(client_max_size=HOOK_BYTES_MAX).read())
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput("A list of enhanced transactions is expected.") from error
    now = request.app[CLOCK].now()
    hints = [hint for transaction in pushed for hint in hints_of(transaction, now)][:HINTS_MAX]
    for hint in hints:
        request.app[SERVICES].hints.tell(hint)
    return answer(Taken(len(hints)))


def hints_of(transaction: _Transaction, now: datetime) -> Iterator[Hint]:
    """One for each token; one without where none is named; none of what failed."""
    if bytes(transaction.transaction_error) != bytes(_NO_ERROR):
        return
    seconds = transaction.timestamp
    at = now if seconds is None else datetime.fromtimestamp(seconds, UTC)
    mints = _addresses(_named(transaction))
    for mint in mints:
        yield Hint(transaction.signature, at, mint)
    if not mints:
        yield Hint(transaction.signature, at, among=_among(transaction))


def _named(transaction: _Transaction) -> Iterator[str]:
    """Tokens of which there is but one; never the coins they are paid with."""
    sale = transaction.events.nft if transaction.events else None
    yield from (token.mint for token in (sale.nfts if sale else None) or [])
    for transfer in transaction.token_transfers or []:
        if "NonFungible" in (transfer.token_standard or ""):
            yield transfer.mint


def _among(transaction: _Transaction) -> tuple[Mint, ...]:
    """The accounts of the marketplace's own instructions."""
    instructions = transaction.instructions or []
    ours = (instruction for instruction in instructions if instruction.program_id == MARKETPLACE_PROGRAM)
    return _addresses(account for each in ours for account in each.accounts)[:AMONG_MAX]


def _addresses(texts: Iterable[str]) -> tuple[Mint, ...]:
    """What can be a token's address, each once."""
    return tuple(dict.fromkeys(Mint(text) for text in texts if _ADDRESS.fullmatch(text)))


def _require_secret(request: web.Request) -> None:
    """Before the body is read. Not found while no secret is set: there is no door then."""
    secret = request.app[CONFIG].hook_secret
    if secret is None:
        raise web.HTTPNotFound(text="Hooks are switched off here.")
    given = request.headers.get("Authorization", "").encode(errors="surrogateescape")
    if not hmac.compare_digest(given, secret.reveal().encode()):
        raise unauthorized("Only for Helius: send the secret that the webhook was made with.")


ROUTES = (web.post("/hooks/helius", take_push),)
