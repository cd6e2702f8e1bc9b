"""What vendors say, in seconds after the beginning of a test and in whole dollars."""

from datetime import datetime, timedelta

from core.domain.catalog import CardKey, Grade, Grader, SlabFacts
from core.domain.listings import Chain, ListingKey, Mint, Report, Reported, SourceName, Venue, Wallet
from core.domain.money import USD_MICROS, Amount, Unit
from core.domain.valuation import Evidence, EvidenceKind
from core.sources.base import LiveListing, Page
from tests.databases import NOW

CC, ME = SourceName.COLLECTOR_CRYPT, SourceName.MAGIC_EDEN
MINT, SELLER = Mint("mint-1"), Wallet("seller")
TITLE = "2024 #017 Nico Robin PSA 10 One Piece English Version 1st Anniversary Set"
CARD = CardKey("One Piece", "One Piece English Version 1st Anniversary Set", "017", "Nico Robin", year=2024)


def at(second: float) -> datetime:
    return NOW + timedelta(seconds=second)


def usd(whole: float) -> Amount:
    return Amount(round(whole * USD_MICROS), Unit.USD_MICROS)


def sol(whole: float) -> Amount:
    return Amount(round(whole * 10**9), Unit.LAMPORTS)


def a_slab(
    certificate: str = "1", *, title: str = TITLE, card: CardKey | None = CARD, insured: int | None = None
) -> SlabFacts:
    insured_usd_micros = None if insured is None else insured * USD_MICROS
    return SlabFacts(Grader.PSA, certificate, Grade(100), title, card, "One Piece", "", insured_usd_micros)


def by_alt(value: float = 160, confidence: int = 80, *, name: str = TITLE) -> Evidence:
    return Evidence(EvidenceKind.ALT, usd(value).value, confidence, asset_name=name, asset_id="asset-1")


def listed(
    price: float | Amount = 80,
    second: float = 0,
    *,
    mint: str = MINT,
    source: SourceName = CC,
    venue: Venue = Venue.CC,
    seller: str = SELLER,
    slab: SlabFacts | None = None,
) -> Report:
    """On sale since `second`; the vault tells the slab with it, others do not."""
    ask = price if isinstance(price, Amount) else usd(price)
    is_vault = source is CC
    return Report(
        key=ListingKey(venue, Chain.SOLANA, Mint(mint), Wallet(seller)),
        source=source,
        event_id=f"{venue}:{mint}:{seller}@{second}={ask.value}",
        said=Reported.LISTED,
        effective_at=at(second),
        seen_at=at(second),
        ask=ask,
        listed_at=at(second),
        slab=(slab or a_slab(mint)) if is_vault else None,
    )


def sold(
    price: float | Amount | None = 80,
    second: float = 10,
    *,
    mint: str = MINT,
    source: SourceName = CC,
    venue: Venue = Venue.CC,
    seller: str = SELLER,
) -> Report:
    return ended(
        Reported.SOLD, second, mint=mint, source=source, venue=venue, seller=seller, paid=_amount(price)
    )


def ended(
    said: Reported,
    second: float = 10,
    *,
    mint: str = MINT,
    source: SourceName = CC,
    venue: Venue = Venue.CC,
    seller: str = SELLER,
    paid: Amount | None = None,
) -> Report:
    return Report(
        key=ListingKey(venue, Chain.SOLANA, Mint(mint), Wallet(seller)),
        source=source,
        event_id=f"{venue}:{mint}:{seller}@{second}",
        said=said,
        effective_at=at(second),
        seen_at=at(second),
        paid=paid,
        buyer=Wallet("buyer") if said is Reported.SOLD else None,
    )


def page(
    *reports: Report, seen_s: float | None = None, lists_live: bool = False, total: int | None = None
) -> Page:
    """The reports as they happened; a page has the newest first."""
    seen_at = at(seen_s) if seen_s is not None else max((r.seen_at for r in reports), default=NOW)
    return Page(tuple(reversed(reports)), seen_at, lists_live=lists_live, total=total)


def on_sale(
    price: float | Amount = 80, second: float = 30, *, seller: str = SELLER, venue: Venue = Venue.CC
) -> LiveListing:
    return LiveListing(Wallet(seller), _amount(price) or usd(80), venue, at(second))


def _amount(price: float | Amount | None) -> Amount | None:
    return price if price is None or isinstance(price, Amount) else usd(price)
