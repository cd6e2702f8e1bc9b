"""eBay's rows: item summaries with prices as text, the aspects of an item, and errors."""

from typing import Final
from urllib.parse import quote

from aiohttp import web

from core.simulator.market.elsewhere import Offer
from core.simulator.market.raw import money_text
from core.simulator.market.scenery import grade_text
from core.simulator.market.world import World
from core.simulator.vendors.desk import Json, iso, json_response
from core.simulator.vendors.ebay_query import CATEGORY, GRADED

FIRST_ITEM: Final = 110_000_000_000


def error(status: int, number: int, message: str) -> web.Response:
    """eBay's form of an error."""
    row = {
        "errorId": number,
        "domain": "API_BROWSE" if number >= 10_000 else "ACCESS",
        "category": "REQUEST",
        "message": message,
        "longMessage": message,
    }
    return json_response({"errors": [row]}, status=status)


def href(request: web.Request, limit: int, offset: int) -> str:
    """The address of a page of this search."""
    query = dict(sorted((dict(request.query) | {"limit": str(limit), "offset": str(offset)}).items()))
    return f"https://api.ebay.com/buy/browse/v1/item_summary/search?{request.rel_url.with_query(query).query_string}"


class Rows:
    """Builds rows for one request, at one moment."""

    def __init__(self, world: World, request: web.Request, now_ms: int) -> None:
        self._scenery = world.scenery
        self._base = f"{request.scheme}://{request.host}"
        self._now_ms = now_ms

    def title(self, offer: Offer) -> str:
        """What a seller writes: "1999 Pokemon Base Set Charizard #4 PSA 9"; the grade is nowhere else."""
        kind = self._scenery.kinds[offer.kind_id]
        grade = grade_text(self._scenery.grade(kind).tenths)
        name = self._scenery.alt_name(self._scenery.card(kind))
        return f"{name} {self._scenery.grader(kind).alt_code} {grade}"

    def item_id(self, offer: Offer) -> str:
        """The id of the Browse API."""
        return f"v1|{FIRST_ITEM + offer.number}|0"

    def summary(self, offer: Offer) -> Json:
        """A row of the search. An auction has a bid and no price."""
        legacy = str(FIRST_ITEM + offer.number)
        return {
            "itemId": self.item_id(offer),
            "title": self.title(offer),
            "categories": [{"categoryId": CATEGORY}],
            "itemHref": f"https://api.ebay.com/buy/browse/v1/item/{quote(self.item_id(offer))}",
            "seller": {
                "username": f"seller_{offer.seller[:6].lower()}",
                "feedbackPercentage": f"{99 + offer.number % 11 / 10:.1f}",
                "feedbackScore": offer.number % 9000,
            },
            "condition": "Graded",
            "conditionId": GRADED,
            "itemWebUrl": f"https://www.ebay.com/itm/{legacy}",
            "legacyItemId": legacy,
            **(self._auction(offer) if offer.is_auction else self._sale(offer)),
        }

    def aspects(self, offer: Offer) -> list[Json]:
        """What only the item itself tells."""
        kind = self._scenery.kinds[offer.kind_id]
        pairs = (
            ("Professional Grader", self._scenery.grader(kind).company),
            ("Grade", grade_text(self._scenery.grade(kind).tenths)),
            ("Certification Number", offer.certificate),
            ("Card Name", self._scenery.card(kind).name),
        )
        return [{"type": "STRING", "name": name, "value": value} for name, value in pairs]

    def _auction(self, offer: Offer) -> Json:
        return {
            "currentBidPrice": _amount(offer.usd_micros),
            "bidCount": offer.bids,
            "buyingOptions": ["AUCTION"],
            "itemEndDate": iso(offer.closes_ms),
        }

    def _sale(self, offer: Offer) -> Json:
        picture = f"{self._base}/pictures/{FIRST_ITEM + offer.number}.svg"
        shipping = {"shippingCostType": "FIXED", "shippingCost": _amount(offer.shipping_cents * 10_000)}
        return {
            "price": _amount(offer.usd_micros),
            "image": {"imageUrl": picture},
            "thumbnailImages": [{"imageUrl": picture}],
            "shippingOptions": [shipping],
            "buyingOptions": ["FIXED_PRICE", *(["BEST_OFFER"] if offer.number % 2 else [])],
            "itemLocation": {"postalCode": "100**", "country": "US"},
            "adultOnly": False,
            "availableCoupons": False,
            "topRatedBuyingExperience": offer.number % 3 == 0,
            "priorityListing": False,
        }


def _amount(usd_micros: int) -> Json:
    return {"value": money_text(usd_micros), "currency": "USD"}
