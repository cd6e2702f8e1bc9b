"""What is known of the tokens, certificates and assets that people ask about."""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, and_, case, func, select

from core.domain.catalog import CardKey, Grade, Grader
from core.domain.inspections import LastSeen
from core.domain.listings import Chain, Mint, Venue
from core.domain.money import Amount, Unit
from db.catalog import CardRow, KindRow, Slab, SlabRow, TokenRow, TokenSlabRow
from db.engine import Tx
from db.listings import ListingRow, VersionRow
from db.quarantine import QuarantineRow

SLABS_MAX, OFFERS_MAX = 50, 10


class Token(msgspec.Struct, frozen=True):
    """A token that we know."""

    id: int
    chain: Chain
    mint: Mint


async def token(tx: Tx, chain: Chain, mint: Mint) -> Token | None:
    query = select(TokenRow.id).where(TokenRow.chain == chain.value, TokenRow.address == mint)
    token_id = (await tx.execute(query)).scalar_one_or_none()
    return None if token_id is None else Token(token_id, chain, mint)


async def slabs_certified(tx: Tx, certificate: str, graders: Collection[Grader]) -> list[Slab]:
    """The slabs with this number, by company; a zero before it makes no difference."""
    numbers = {certificate, certificate.lstrip("0")} - {""}
    is_meant = (SlabRow.grader.in_([grader.value for grader in graders]), SlabRow.certificate.in_(numbers))
    return await _slabs(tx, and_(*is_meant), SlabRow.grader)


async def slabs_of_asset(tx: Tx, asset_id: str) -> list[Slab]:
    """The slabs that ALT knows under this name: those on sale first, then the newest."""
    on_sale = (
        select(func.count())
        .select_from(TokenSlabRow)
        .join(ListingRow, ListingRow.token_id == TokenSlabRow.token_id)
        .where(TokenSlabRow.slab_id == SlabRow.id, TokenSlabRow.until.is_(None), ListingRow.is_open)
        .scalar_subquery()
    )
    return await _slabs(tx, SlabRow.alt_asset_id == asset_id, on_sale.desc(), SlabRow.seen_at.desc())


async def token_of(tx: Tx, slab_id: int) -> Token | None:
    """The token that stands for a slab: the one on sale, or else the newest."""
    is_open = func.max(case((ListingRow.is_open, 1), else_=0))
    query: Select[*tuple[Any, ...]] = (
        select(TokenRow.id, TokenRow.chain, TokenRow.address)
        .join(TokenSlabRow, TokenSlabRow.token_id == TokenRow.id)
        .outerjoin(ListingRow, ListingRow.token_id == TokenRow.id)
        .where(TokenSlabRow.slab_id == slab_id, TokenSlabRow.until.is_(None))
        .group_by(TokenRow.id, TokenRow.chain, TokenRow.address)
        .order_by(is_open.desc(), TokenRow.id.desc())
        .limit(1)
    )
    row = (await tx.execute(query)).first()
    return None if row is None else Token(row[0], Chain(row[1]), Mint(row[2]))


async def open_offers(tx: Tx, token_id: int) -> list[LastSeen]:
    """Where we take a token to be on sale, and when it was last seen there."""
    is_held = and_(QuarantineRow.version_id == VersionRow.id, QuarantineRow.released_at.is_(None))
    query = (
        select(ListingRow.venue, ListingRow.seller, VersionRow.ask_amount, VersionRow.ask_unit)
        .add_columns(VersionRow.last_seen_live_at, QuarantineRow.version_id.is_not(None))
        .join(VersionRow, VersionRow.id == ListingRow.version_id)
        .outerjoin(QuarantineRow, is_held)
        .where(ListingRow.token_id == token_id, ListingRow.is_open)
        .order_by(VersionRow.last_seen_live_at.desc())
        .limit(OFFERS_MAX)
    )
    return [
        LastSeen(Venue(venue), seller, Amount(value, Unit(unit)), seen_at, bool(is_quarantined))
        for venue, seller, value, unit, seen_at, is_quarantined in await tx.execute(query)
    ]


async def venues_of(tx: Tx, token_id: int) -> set[Venue]:
    """Where a token was ever listed, as far as we know."""
    query = select(ListingRow.venue).where(ListingRow.token_id == token_id).distinct()
    return {Venue(venue) for venue in (await tx.execute(query)).scalars()}


async def kind(tx: Tx, card: CardKey, grader: Grader, grade: Grade) -> int | None:
    """The kind of a card in a grade, None when we know none."""
    parts = [CardRow.__table__.c[name] == value for name, value in msgspec.structs.asdict(card).items()]
    query = (
        select(KindRow.id)
        .join(CardRow, CardRow.id == KindRow.card_id)
        .where(
            *parts,
            KindRow.grader == grader.value,
            KindRow.grade_tenths == grade.tenths,
            KindRow.grade_label == grade.label.value,
        )
    )
    return (await tx.execute(query)).scalar_one_or_none()


async def _slabs(tx: Tx, which: ColumnElement[bool], *order: Any) -> list[Slab]:
    query = select(SlabRow.id, SlabRow.kind_id, SlabRow.facts, SlabRow.alt_asset_id).where(which)
    return [Slab(*row) for row in await tx.execute(query.order_by(*order).limit(SLABS_MAX))]
