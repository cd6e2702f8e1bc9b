"""ALT's answers: certificates, assets with a value and its confidence, sales. Grades are text: "10.0"."""

import hashlib
import math
from typing import Final

from aiohttp import web

from core.simulator.market.things import Card, Kind, Sale, Token
from core.simulator.market.values import fair_usd_micros
from core.simulator.market.world import World
from core.simulator.vendors.desk import Json, iso, picture_url

BLACK_LABEL: Final = "10.5"
UNVALUED_SHARE: Final = 0.06
UNCOUNTED_SHARE: Final = 0.1
BIAS: Final = 0.05


class Rows:
    """Builds ALT's answers at one moment. Its value of a kind is off the fair one by a few percent."""

    def __init__(self, world: World, request: web.Request, now_ms: int) -> None:
        self._world = world
        self._request = request
        self._now_ms = now_ms

    def cert(self, certificate: str) -> Json:
        """The slab of a certificate and its asset, None when ALT does not know it."""
        token = self._world.scenery.token_by_certificate(certificate)
        if token is None or token.slab.alt_kind_id is None:
            return None
        kind = self._world.scenery.kinds[token.slab.alt_kind_id]
        return {
            "certNumber": certificate,
            "gradeNumber": self._grade_number(kind),
            "gradingCompany": self._world.scenery.grader(kind).alt_code,
            "asset": self.asset(self._world.scenery.card(kind), kind, token),
        }

    def kind(self, card: Card, company: str, grade_number: str) -> Kind | None:
        """The kind of a card in this grade; of two with the same number the one without a label."""
        scenery = self._world.scenery
        found = [
            kind
            for kind in self._world.scenery.kinds_of(card)
            if scenery.grader(kind).alt_code == company and self._grade_number(kind) == grade_number
        ]
        return min(found, key=lambda kind: bool(scenery.grade(kind).label), default=None)

    def asset(self, card: Card, kind: Kind | None, token: Token | None = None) -> Json:
        """An asset, valued in one grade; nulls when that grade is not known."""
        scenery = self._world.scenery
        return {
            "id": card.alt_asset_id,
            "name": scenery.alt_name(card),
            "year": str(card.year),
            "subject": card.name,
            "category": scenery.category(card).upper().replace(" ", "_"),
            "brand": scenery.set_name(card),
            "variety": scenery.variety(card),
            "attributes": {"cardNumber": card.number, "printRun": None},
            "predictedPrice": self._value(kind)[0] if kind else None,
            "altValueInfo": self._value_info(kind),
            "cardPops": self._populations(card),
            "images": self._images(card, token),
            "activeListings": [],
        }

    def transactions(self, kind: Kind, *, shows_skipped: bool) -> list[Json]:
        """Sales of a kind in no order to rely on."""
        sales = [
            sale
            for sale in self._world.outside_sales(kind.id)
            if sale.at_ms <= self._now_ms and (shows_skipped or sale.skipped_reason is None)
        ]
        return [self._transaction(kind, sale) for sale in sorted(sales, key=lambda sale: sale.id)]

    def _transaction(self, kind: Kind, sale: Sale) -> Json:
        has_time = sale.at_ms % 3 == 0
        dollars, rest = divmod(sale.usd_micros, 1_000_000)
        is_short = rest == 0 and sale.at_ms % 2 == 0
        return {
            "id": sale.id,
            "date": iso(sale.at_ms) if has_time else iso(sale.at_ms)[:10],
            "auctionHouse": sale.house,
            "auctionType": "AUCTION" if sale.is_auction else "FIXED_PRICE",
            "price": str(dollars) if is_short else f"{dollars}.{rest:06d}",
            "attributes": {
                "gradeNumber": self._grade_number(kind),
                "gradingCompany": self._world.scenery.grader(kind).alt_code,
                "url": f"https://www.ebay.com/itm/{int(sale.id[:8], 16):012d}",
                "autograph": None,
            },
            "subjectToChange": False,
            "consolidatedSkippedReason": sale.skipped_reason,
            "label": None,
        }

    def _value_info(self, kind: Kind | None) -> Json:
        if kind is None or _lot(kind, "unvalued") < UNVALUED_SHARE:
            empty = dict.fromkeys(
                ("currentConfidenceMetric", "currentErrorLowerBound", "currentErrorUpperBound")
            )
            return {"currentAltValue": None, "confidenceData": empty}
        value, confidence = self._value(kind)
        error = (105 - confidence) / 250
        return {
            "currentAltValue": value,
            "confidenceData": {
                "currentConfidenceMetric": confidence,
                "currentErrorLowerBound": round(value * (1 - error), 2),
                "currentErrorUpperBound": round(value * (1 + error), 2),
            },
        }

    def _value(self, kind: Kind) -> tuple[float, float]:
        """Dollars, and a confidence that grows with the number of sales."""
        fair = fair_usd_micros(kind, self._now_ms) / 1_000_000
        bias = (_lot(kind, "bias") * 2 - 1) * BIAS
        confidence = min(96.0, 48 + 14 * math.log1p(kind.sales_a_quarter) + 6 * _lot(kind, "confidence"))
        return round(fair * (1 + bias), 2), round(confidence, 1)

    def _populations(self, card: Card) -> list[Json]:
        return [
            {
                "gradingCompany": self._world.scenery.grader(kind).alt_code,
                "gradeNumber": self._grade_number(kind),
                "count": kind.population,
            }
            for kind in self._world.scenery.kinds_of(card)
            if _lot(kind, "uncounted") >= UNCOUNTED_SHARE
        ]

    def _images(self, card: Card, token: Token | None) -> list[Json]:
        known = token or self._world.scenery.token_of(card)
        return [{"position": "FRONT", "url": picture_url(self._request, self._world, known)}]

    def _grade_number(self, kind: Kind) -> str:
        grade = self._world.scenery.grade(kind)
        return BLACK_LABEL if grade.label == "Black" else f"{grade.tenths / 10:.1f}"


def _lot(kind: Kind, purpose: str) -> float:
    """A number in 0..1 that is always the same for this kind and purpose."""
    return int.from_bytes(hashlib.sha256(f"{purpose} {kind.id} {kind.phase}".encode()).digest()[:4]) / 2**32
