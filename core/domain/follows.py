"""Wallets that a server follows: which address is one, what a label may say, what happened in one's life."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from core.domain.catalog import Grade, Grader
from core.domain.listings import (
    CLOCKS_DIFFER_MAX,
    Chain,
    ListingKey,
    Mint,
    Report,
    Reported,
    SourceName,
    Venue,
    Wallet,
)
from core.domain.money import Amount

LABEL_LENGTH_MAX = 32
NAME_LENGTH_MIN = 3
"""Shorter words are nobody's name, or everybody's."""
TOLD_WITHIN = timedelta(hours=24)
"""Older news of a wallet is no news."""
SAME_WITHIN = timedelta(minutes=10)
"""Two vendors may date the same event so far apart."""
_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DIGITS = {letter: value for value, letter in enumerate(_ALPHABET)}
_SOLANA = re.compile(f"[{_ALPHABET}]{{32,44}}")
_SOLANA_BYTES = 32
_EVM = re.compile(r"0[xX][0-9a-fA-F]{40}")
_WORD = re.compile(r"\w+")
_LONG_NUMBER = re.compile(r"\d{15,}")
_MENTIONS = frozenset("@<>#")


class FollowKind(StrEnum):
    """What happened with a card of a followed wallet."""

    LISTED = "listed"
    SOLD = "sold"
    DELISTED = "delisted"
    GONE = "gone"
    """No longer on sale, and nobody says why."""


_KINDS: dict[Reported, FollowKind] = {
    Reported.LISTED: FollowKind.LISTED,
    Reported.SOLD: FollowKind.SOLD,
    Reported.DELISTED: FollowKind.DELISTED,
    Reported.GONE: FollowKind.GONE,
}
_ENDINGS = frozenset({FollowKind.SOLD, FollowKind.DELISTED})


class Follow(msgspec.Struct, frozen=True):
    """A wallet that a channel is told about. What was before `since` is not told."""

    id: int
    guild_id: int
    channel_id: int
    wallet: Wallet
    label: str
    since: datetime
    paused_because: str | None = None

    def concerns(self, happening: "Happening") -> bool:
        """Whether it is to be told: block times are whole seconds, so that of the first one counts whole."""
        is_new = happening.at >= self.since.replace(microsecond=0)
        return self.wallet in happening.wallets and is_new


class Happening(msgspec.Struct, frozen=True):
    """Something that happened with a listing, whoever told of it. `price` is what was asked or paid."""

    kind: FollowKind
    key: ListingKey
    buyer: Wallet | None
    at: datetime
    source: SourceName
    event_id: str
    price: Amount | None = None

    @property
    def wallets(self) -> frozenset[Wallet]:
        """Whose doing it was."""
        return frozenset({self.key.seller} if self.buyer is None else {self.key.seller, self.buyer})


class FollowedWallet(msgspec.Struct, frozen=True):
    """A wallet as a server named it; the label is its admins' own word and empty without one."""

    wallet: Wallet
    label: str = ""


class FollowPost(msgspec.Struct, frozen=True, tag="follow", tag_field="post"):
    """Something that followed wallets did. `title` and what follows it are empty for an unknown token."""

    kind: FollowKind
    followed: tuple[FollowedWallet, ...]
    seller: Wallet
    buyer: Wallet | None
    chain: Chain
    mint: Mint
    venue: Venue
    at: datetime
    title: str = ""
    grader: Grader | None = None
    grade: Grade | None = None
    certificate: str = ""
    image_url: str = ""
    price: Amount | None = None
    price_usd_micros: int | None = None
    value_usd_micros: int | None = None


class FollowMorePost(msgspec.Struct, frozen=True, tag="follow_more", tag_field="post"):
    """How much more happened in an hour than a channel was shown."""

    more: int
    shown: int
    since: datetime


def wallet_of(text: str) -> tuple[Wallet, Chain] | None:
    """The address and its chain, None for what is no address: nothing is guessed or mended.

    Solana's is the base58 of 32 bytes; it has no checksum, so that a typo may be another address.
    """
    text = text.strip()
    if _EVM.fullmatch(text):
        return Wallet(text.lower()), Chain.POLYGON
    if _SOLANA.fullmatch(text) and len(_decoded(text)) == _SOLANA_BYTES:
        return Wallet(text), Chain.SOLANA
    return None


def _decoded(text: str) -> bytes:
    number = 0
    for letter in text:
        number = number * len(_ALPHABET) + _DIGITS[letter]
    zeros = len(text) - len(text.lstrip(_ALPHABET[0]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def label_of(text: str) -> str:
    """The text as a label: one line of letters that can be seen, each in its one form."""
    seen = (c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c)[0] != "C")
    return " ".join("".join(seen).split())


def label_fault(label: str) -> str | None:
    """Why a label cannot be had, as half a sentence; None when it can."""
    if len(label) > LABEL_LENGTH_MAX:
        return f"it has more than {LABEL_LENGTH_MAX} letters"
    if _MENTIONS & frozenset(label) or _LONG_NUMBER.search(label):
        return "it may mention nobody"
    return None


def words_of(label: str) -> tuple[str, ...]:
    """The words of a label, each of which may begin somebody's name."""
    return tuple(dict.fromkeys(_WORD.findall(label.casefold())))


def has_name(label: str, name: str) -> bool:
    """Whether the label is, or contains as words of its own, a person's name."""
    name = label_of(name).casefold()
    found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", label.casefold())
    return len(name) >= NAME_LENGTH_MIN and found is not None


def happening_of(report: Report) -> Happening:
    """The report as something that happened."""
    is_listed = report.said is Reported.LISTED
    price = report.ask if is_listed else report.paid
    kind, at = _KINDS[report.said], report.effective_at
    return Happening(kind, report.key, report.buyer, at, report.source, report.event_id, price)


def told_before(happened: Happening, told: Iterable[Happening]) -> Happening | None:
    """The same event as it was told before, maybe dated otherwise or by another vendor; None for news."""
    near = [one for one in told if _is_near(one, happened)]
    if happened.kind is FollowKind.GONE:
        last = max(near, key=lambda one: one.at, default=None)
        if last is not None and last.kind in _ENDINGS:
            return last
    others = [one.at for one in near if not _is_same(happened, one)]
    same = (one for one in near if _is_same(happened, one) and not _is_between(others, one.at, happened.at))
    return next(same, None)


def _is_between(moments: Iterable[datetime], one: datetime, other: datetime) -> bool:
    """Whether something else happened between, by more than clocks differ: then it happened twice."""
    first, last = sorted((one, other))
    return any(first + CLOCKS_DIFFER_MAX <= at <= last - CLOCKS_DIFFER_MAX for at in moments)


def _is_near(one: Happening, other: Happening) -> bool:
    is_of_same = (one.key.chain, one.key.mint, one.key.seller) == (
        other.key.chain,
        other.key.mint,
        other.key.seller,
    )
    return is_of_same and abs(one.at - other.at) <= SAME_WITHIN


def _is_same(happened: Happening, told: Happening) -> bool:
    if happened.kind is not told.kind:
        return False
    if happened.kind is FollowKind.SOLD or happened.event_id == told.event_id:
        return True
    if happened.price is not None and told.price is not None and happened.price.unit is told.price.unit:
        return happened.price == told.price
    return happened.source is not told.source
