"""The world's past as lines of JSON, for `bot.py import history-jsonl`.

Every line is an object whose `type` says what it is; amounts are whole numbers with their unit, times are
RFC 3339 in UTC. First one `world` line, then every `kind` and every `token`, so that each reference points
upwards; then `rate`, `listing`, `sale` and `valuation` lines in the order of time:

- `world`: format (1), seed, born_at, until.
- `kind`: id, card (game, set_name, number, name, variant, language, year), grader, grade_tenths, grade_label.
- `token`: mint, kind, certificate, title, insured_usd_micros, alt_asset_id (null: unknown to ALT).
- `rate`: at, pair, usd_micros of one whole coin.
- `listing`: at, id (unique, the transaction), venue (cc, me), mint, seller, buyer (null unless sold), state
  (listed, sold, delisted) and the ask or the price paid as amount and unit (usd_micros, lamports). A second
  `listed` without an end between is a new price. A `sold` may come without a `listed` before.
- `sale`: at, id, kind, usd_micros, house: sold outside the marketplaces.
- `valuation`: at, kind, usd_micros, low_usd_micros, high_usd_micros, confidence (0 to 100).
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from operator import attrgetter
from typing import Final, TypeAlias

import msgspec

from core.simulator.market.things import Activity, Currency, Deed, Kind, Token, ms_of, time_of
from core.simulator.market.values import DAY_MS, fair_usd_micros, sol_usd_micros
from core.simulator.market.world import World

FORMAT: Final = 1
RATE_EVERY_MS: Final = DAY_MS // 4
VALUED_EVERY_MS: Final = 14 * DAY_MS
STATES: Final = {Deed.LIST: "listed", Deed.REPRICE: "listed", Deed.SALE: "sold", Deed.DELIST: "delisted"}
UNITS: Final = {Currency.USDC: "usd_micros", Currency.SOL: "lamports"}
OFF_BPS: Final = 500


class WorldLine(msgspec.Struct, frozen=True, tag_field="type", tag="world"):
    """Where the lines come from."""

    format: int
    seed: int
    born_at: datetime
    until: datetime


class CardPart(msgspec.Struct, frozen=True):
    """The card of a kind."""

    game: str
    set_name: str
    number: str
    name: str
    variant: str
    language: str
    year: int


class KindLine(msgspec.Struct, frozen=True, tag_field="type", tag="kind"):
    """What values and sales attach to."""

    id: int
    card: CardPart
    grader: str
    grade_tenths: int
    grade_label: str


class TokenLine(msgspec.Struct, frozen=True, tag_field="type", tag="token"):
    """A token and the slab it stands for."""

    mint: str
    kind: int
    certificate: str
    title: str
    insured_usd_micros: int
    alt_asset_id: str | None


class RateLine(msgspec.Struct, frozen=True, tag_field="type", tag="rate"):
    """Dollars for one coin."""

    at: datetime
    pair: str
    usd_micros: int


class ListingLine(msgspec.Struct, frozen=True, tag_field="type", tag="listing"):
    """What happened to an order."""

    at: datetime
    id: str
    venue: str
    mint: str
    seller: str
    buyer: str | None
    state: str
    amount: int
    unit: str


class SaleLine(msgspec.Struct, frozen=True, tag_field="type", tag="sale"):
    """A sale outside the marketplaces."""

    at: datetime
    id: str
    kind: int
    usd_micros: int
    house: str


class ValuationLine(msgspec.Struct, frozen=True, tag_field="type", tag="valuation"):
    """What a kind was thought to be worth."""

    at: datetime
    kind: int
    usd_micros: int
    low_usd_micros: int
    high_usd_micros: int
    confidence: int


Event: TypeAlias = RateLine | ListingLine | SaleLine | ValuationLine
Line: TypeAlias = WorldLine | KindLine | TokenLine | Event


def export_history(world: World, until: datetime) -> bytes:
    """Everything up to this moment, one object a line."""
    encoder = msgspec.json.Encoder()
    return b"".join(encoder.encode(line) + b"\n" for line in history(world, until))


def history(world: World, until: datetime) -> Iterator[Line]:
    """The lines in their order."""
    yield WorldLine(FORMAT, world.settings.seed, time_of(world.born_ms), until)
    yield from (_kind(world, kind) for kind in world.scenery.kinds)
    yield from (_token(world, token) for token in world.scenery.tokens)
    yield from sorted(_events(world, ms_of(until)), key=attrgetter("at"))


def _kind(world: World, kind: Kind) -> KindLine:
    scenery = world.scenery
    card, grade = scenery.card(kind), scenery.grade(kind)
    identity = CardPart(
        game=scenery.category(card),
        set_name=card.set_name,
        number=card.number,
        name=card.name,
        variant=scenery.variety(card),
        language=card.language,
        year=card.year,
    )
    return KindLine(kind.id, identity, scenery.grader(kind).alt_code, grade.tenths, grade.label)


def _token(world: World, token: Token) -> TokenLine:
    is_known = token.slab.alt_kind_id is not None
    card = world.scenery.card(world.scenery.kind(token))
    return TokenLine(
        mint=token.mint,
        kind=token.slab.kind_id,
        certificate=token.slab.certificate,
        title=world.scenery.title(token),
        insured_usd_micros=token.insured_usd * 1_000_000,
        alt_asset_id=card.alt_asset_id if is_known else None,
    )


def _events(world: World, until_ms: int) -> Iterator[Event]:
    begun_ms = world.born_ms - world.settings.past_days * DAY_MS
    for at_ms in range(begun_ms, until_ms, RATE_EVERY_MS):
        yield RateLine(time_of(at_ms), "SOL/USD", sol_usd_micros(at_ms))
    yield from (_listing(act) for act in world.book.activities if act.at_ms <= until_ms)
    yield from _sales(world, until_ms)
    for kind in world.scenery.kinds:
        for at_ms in range(begun_ms, until_ms, VALUED_EVERY_MS):
            yield _valuation(kind, at_ms)


def _listing(activity: Activity) -> ListingLine:
    return ListingLine(
        at=time_of(activity.at_ms),
        id=activity.signature,
        venue=activity.venue.value,
        mint=activity.mint,
        seller=activity.seller,
        buyer=activity.buyer,
        state=STATES[activity.deed],
        amount=activity.price_atoms,
        unit=UNITS[activity.currency],
    )


def _sales(world: World, until_ms: int) -> Iterator[SaleLine]:
    """Sales that stood; what came back to the seller is left out."""
    for sale in world.all_outside_sales():
        if sale.skipped_reason is None and sale.at_ms <= until_ms:
            yield SaleLine(time_of(sale.at_ms), sale.id, sale.kind_id, sale.usd_micros, sale.house)


def _valuation(kind: Kind, at_ms: int) -> ValuationLine:
    """A few percent off the fair value, the surer the more the kind is sold."""
    lot = hashlib.sha256(f"history {kind.id} {at_ms}".encode()).digest()[0]
    value = fair_usd_micros(kind, at_ms) * (10_000 + (lot - 128) * OFF_BPS // 128) // 10_000
    confidence = min(95, 55 + int(kind.sales_a_quarter))
    error = value * (105 - confidence) // 250
    return ValuationLine(time_of(at_ms), kind.id, value, value - error, value + error, confidence)
