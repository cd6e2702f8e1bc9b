"""What a person asks about: a token, a certificate or a pasted link, read as text and never fetched."""

import re
from typing import Final

import msgspec

from core.domain.catalog import Grader, grader_of
from core.domain.listings import Chain, Mint
from core.errors import InvalidInput

LENGTH_MAX = 500
"""Longer than any link to a card; nothing longer is looked at."""
NOT_UNDERSTOOD: Final = (
    "I did not understand that. Give me a token's address, a certificate such as `PSA 12345678`, or a link "
    "to a card at Collector Crypt, Magic Eden, Beezie, Courtyard or ALT."
)

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_SOLANA = rf"[{_BASE58}]{{32,44}}"
_POLYGON = r"[0-9a-f]{64}"
_ADDRESS_BYTES = 32
_LINK = re.compile(
    r"https?://(?:www\.)?(?P<host>[a-z0-9.-]{1,60})(?P<path>/[A-Za-z0-9/_-]{1,300}?)/?(?:\?[!-\"$-~]{0,300})?"
    r"(?:#post-[0-9]{1,18})?",  # how a wallet's post marks its link
    re.ASCII,
)
_SCHEME_AND_HOST = re.compile(r"[A-Za-z]{4,5}://[^/?#]{1,80}", re.ASCII)
_TOKEN_PAGES: Final = (
    (Chain.SOLANA, "collectorcrypt.com", re.compile(rf"/assets/solana/({_SOLANA})", re.ASCII)),
    (Chain.SOLANA, "magiceden.io", re.compile(rf"/item-details/(?:solana/)?({_SOLANA})", re.ASCII)),
    (
        Chain.SOLANA,
        "solana.beezie.com",
        re.compile(rf"/marketplace/collectible/(?:[a-z0-9-]{{0,60}}-)?({_SOLANA})", re.ASCII),
    ),
    (Chain.POLYGON, "courtyard.io", re.compile(rf"/asset/({_POLYGON})", re.ASCII)),
)
_ASSET_HOSTS: Final = frozenset({"app.alt.xyz", "alt.xyz"})
_ASSET_PAGE = re.compile(r"/research/([A-Za-z0-9_-]{1,80})", re.ASCII)
_CERTIFICATE = re.compile(
    r"(?:(?P<grader>psa|bgs|beckett|cgc|sgc|tag)(?![a-z])[ #:-]{0,3})?(?:cert(?:ificate)?\b\.?[ #:]{0,3})?#?"
    r"(?P<number>[0-9]{4,14}|[A-Z]{1,3}[0-9]{4,12})",
    re.ASCII | re.IGNORECASE,
)


class Question(msgspec.Struct, frozen=True):
    """A token, or a certificate (`grader` None when not said), or ALT's name of an asset."""

    chain: Chain = Chain.SOLANA
    mint: Mint | None = None
    certificate: str | None = None
    grader: Grader | None = None
    asset_id: str | None = None


def read_question(text: str) -> Question:
    """What the text names. Raises InvalidInput for anything but a whole, plain address, number or link."""
    if len(text) > LENGTH_MAX or not text.isascii():
        raise InvalidInput(NOT_UNDERSTOOD)
    said = text.strip(" \t")
    if said.startswith("<") and said.endswith(">"):  # how Discord's people keep a link from unfolding
        said = said[1:-1]
    found = _link(said) if "://" in said else _token(said) or _certificate(said)
    if found is None:
        raise InvalidInput(NOT_UNDERSTOOD)
    return found


def is_solana_address(text: str) -> bool:
    """Whether it is base58 of exactly 32 bytes."""
    if not re.fullmatch(_SOLANA, text, re.ASCII):
        return False
    number = 0
    for letter in text:
        number = number * len(_BASE58) + _BASE58.index(letter)
    zeros = len(text) - len(text.lstrip("1"))
    return zeros + (number.bit_length() + 7) // 8 == _ADDRESS_BYTES


def _link(said: str) -> Question | None:
    """A page's token or asset, when it is a page of ours at one of the hosts by its very name."""
    match = _LINK.fullmatch(_SCHEME_AND_HOST.sub(lambda head: head[0].lower(), said, count=1))
    if match is None:
        return None
    if match["host"] in _ASSET_HOSTS:
        asset = _ASSET_PAGE.fullmatch(match["path"])
        return None if asset is None else Question(asset_id=asset[1])
    for chain, host, page in _TOKEN_PAGES:
        token = page.fullmatch(match["path"]) if host == match["host"] else None
        if token is not None:
            is_sound = chain is not Chain.SOLANA or is_solana_address(token[1])
            return Question(chain, Mint(token[1])) if is_sound else None
    return None


def _token(said: str) -> Question | None:
    if is_solana_address(said):
        return Question(mint=Mint(said))
    if re.fullmatch(_POLYGON, said, re.ASCII):
        return Question(Chain.POLYGON, Mint(said))
    return None


def _certificate(said: str) -> Question | None:
    match = _CERTIFICATE.fullmatch(said)
    if match is None:
        return None
    grader = grader_of(match["grader"]) if match["grader"] else None
    return Question(certificate=match["number"].upper(), grader=grader)
