"""Reports as tests of listings need them: one token, one seller, seconds instead of dates."""

from datetime import UTC, datetime, timedelta

from core.domain.listings import (
    Chain,
    ListingKey,
    Mint,
    Report,
    Reported,
    SourceName,
    Standing,
    Step,
    Venue,
    Wallet,
    sighting,
    step,
)
from core.domain.money import Amount, Unit

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = ListingKey(Venue.ME, Chain.SOLANA, Mint("mint"), Wallet("seller"))


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def dollars(whole: int) -> Amount:
    return Amount(whole * 1_000_000, Unit.USD_MICROS)


def listed(
    whole: int, second: float, *, seen: float | None = None, source: SourceName = SourceName.MAGIC_EDEN
) -> Report:
    """On sale for this many dollars since `second`."""
    return _report(Reported.LISTED, second, seen, source, dollars(whole))


def ended(said: Reported, second: float, *, seen: float | None = None) -> Report:
    return _report(said, second, seen, SourceName.MAGIC_EDEN, None)


def sighted(whole: int, second: float) -> Report:
    """Among what is on sale at `second`; listed long before."""
    return sighting(listed(whole, 0, source=SourceName.COLLECTOR_CRYPT), at(second))


def _report(
    said: Reported, second: float, seen: float | None, source: SourceName, ask: Amount | None
) -> Report:
    price = None if ask is None else ask.value
    return Report(
        key=KEY,
        source=source,
        event_id=f"{said}:{second}:{price}",
        said=said,
        effective_at=at(second),
        seen_at=at(second if seen is None else seen),
        ask=ask,
    )


class Listing:
    """One listing as the rules leave it: what a report does is what they say it does."""

    def __init__(self) -> None:
        self.standing: Standing | None = None
        self.asks: list[Amount] = []
        self._worked: set[tuple[SourceName, str]] = set()

    def take(self, report: Report) -> Step:
        name = (report.source, report.event_id)
        done = step(self.standing, report, is_replay=name in self._worked)
        self._worked.add(name)
        if done in {Step.OPENS, Step.REPRICES}:
            assert report.ask is not None
            self.asks.append(report.ask)
            self.standing = Standing(
                True, report.ask, report.effective_at, report.seen_at, None, report.source
            )
        elif done is Step.CLOSES:
            ask = self.standing.ask if self.standing else None
            seen_at, source = report.seen_at, report.source
            self.standing = Standing(False, ask, report.effective_at, seen_at, report.said, source)
        return done
