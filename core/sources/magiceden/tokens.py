"""Magic Eden's tokens: what slab one is by its traits, and what a wallet holds."""

import msgspec

from core.domain.catalog import SlabFacts
from core.domain.listings import Chain, Mint, SourceName, Wallet
from core.domain.slabs import Word, plain, slab_of_traits, web_address
from core.domain.wallets import Holding, HoldingPage
from core.sources.http import Fetched, address_of, decode

NAME = SourceName.MAGIC_EDEN
NAME_BYTES_MAX = 32
"""A name on the chain is cut there, and a space at the cut is lost."""


class _Trait(msgspec.Struct):
    trait_type: str | None = None
    value: Word = None


class _Token(msgspec.Struct, rename="camel"):
    mint_address: str | None = None
    owner: str | None = None
    name: str | None = None
    image: str | None = None
    attributes: list[_Trait] = []


class _Held(_Token, rename="camel", kw_only=True):
    """A row of a wallet, which is nothing without its token."""

    mint_address: str


def parse_slab(fetched: Fetched) -> SlabFacts | None:
    """None when the token is no graded card."""
    return _slab(decode(fetched, _Token))


def parse_holdings(fetched: Fetched, wallet: Wallet) -> tuple[HoldingPage, int]:
    """The page, and how many rows it had. What is said to be another's is left out."""
    rows = decode(fetched, list[_Held])
    found = [_holding(row) for row in rows if row.owner in {None, wallet}]
    return HoldingPage(tuple(h for h in found if h is not None), fetched.at), len(rows)


def _holding(row: _Held) -> Holding | None:
    mint = address_of(row.mint_address)
    if mint is None:
        return None
    return Holding(
        chain=Chain.SOLANA,
        mint=Mint(mint),
        title=plain(_title(row)),
        slab=_slab(row),
        image_url=web_address(row.image),
    )


def _slab(token: _Token) -> SlabFacts | None:
    return slab_of_traits(_traits(token), title=_title(token), image_url=token.image)


def _title(token: _Token) -> Word:
    """The name, or the description where the name may have been cut: that of a PSA 10 would say PSA 1."""
    length = len((token.name or "").encode())
    may_be_cut = NAME_BYTES_MAX - 1 <= length <= NAME_BYTES_MAX
    described = _traits(token).get("Description") if may_be_cut else None
    return described or token.name


def _traits(token: _Token) -> dict[str | None, Word]:
    return {trait.trait_type: trait.value for trait in token.attributes}
