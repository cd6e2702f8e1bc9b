"""Collector Crypt's rows: a token as the marketplace, the catalogue, a wallet and the feed show it."""

import uuid
from typing import Final

from aiohttp import web

from core.simulator.market.things import Activity, Currency, Deed, Listing, Token, Venue
from core.simulator.market.values import usd_micros
from core.simulator.market.world import World
from core.simulator.vendors.desk import USDC_MINT, Json, dollars, iso, picture_url

# Taking a card off sale is not reported: it shows as absence from a complete walk of the marketplace.
ACTIONS: Final = {Deed.LIST: "List", Deed.REPRICE: "Listing Updated", Deed.SALE: "Sale"}
UNKNOWN_POPULATION: Final = 3
OFFERS_MAX: Final = 4


class Rows:
    """Builds rows for one request. Prices of SOL orders are not shown: Collector Crypt speaks USDC only."""

    def __init__(self, world: World, request: web.Request) -> None:
        self._world = world
        self._request = request

    def shown_listing(self, token: Token) -> Listing | None:
        """The open order that Collector Crypt knows of: its own, and Magic Eden's in USDC."""
        listing = self._world.book.get(token.mint)
        return listing if listing is not None and listing.currency is Currency.USDC else None

    def market_row(self, token: Token) -> Json:
        """A row of GET /marketplace: price a number, insured value a string, gradeNum null."""
        listing = self.shown_listing(token)
        row = self._card(token) | {
            "listing": None if listing is None else self._short_listing(listing),
            "offers": _offers(token),
            "owner": self._short_owner(self._world.asks.owner(token)),
        }
        if token.hides_mint:
            del row["nftAddress"]
            row["owner"] = None
        return row

    def wallet_row(self, token: Token) -> Json:
        """A row of GET /cards/{wallet}/: price a string."""
        listing = self.shown_listing(token)
        return self._card(token) | {
            "oraclePrice": None,
            "getBuybackOffer": False,
            "lastTransferredAt": iso(token.minted_ms),
            "owner": self._owner(self._world.asks.owner(token)),
            "listing": None if listing is None else self._listing(listing),
            "inSwap": False,
            "createdAt": iso(token.minted_ms),
        }

    def static_row(self, token: Token) -> Json:
        """GET /cards/publicNft/{id}: the catalogue entry, without owner and listing."""
        kind = self._world.scenery.kind(token)
        card = self._card(token)
        kept = (
            "id",
            "nftAddress",
            "itemName",
            "grade",
            "gradeNum",
            "gradingCompany",
            "gradingID",
            "insuredValue",
            "frontImage",
            "backImage",
            "year",
            "set",
            "serial",
            "category",
            "nftStandard",
            "images",
        )
        return {name: card[name] for name in kept} | {
            "population": None if kind.id % UNKNOWN_POPULATION == 0 else kind.population,
        }

    def market_state(self, token: Token) -> Json:
        """GET /cards/publicNft/{id}/market: owner and listings."""
        listing = self.shown_listing(token)
        full = None if listing is None else self._listing(listing)
        owner = self._owner(self._world.asks.owner(token))
        return {
            "id": token.cc_id,
            "nftAddress": token.mint,
            "listing": full,
            "listings": [] if full is None else [full],
            "owner": owner,
            "author": None,
            "ownerId": owner.get("id"),
            "status": "Transferred",
            "nftStatus": "Valid",
            "inSwap": False,
            "activeSwapId": None,
            "burnedForBridge": False,
        }

    def activity(self, activity: Activity) -> Json:
        """A row of GET /card-activity."""
        token = self._world.token(activity.mint)
        price = usd_micros(activity.price_atoms, activity.currency, activity.at_ms)
        return {
            "id": activity.signature,
            "action": ACTIONS[activity.deed],
            "amount": dollars(price),
            "priceInfo": {
                "splPrice": {
                    "rawAmount": str(price),
                    "address": USDC_MINT,
                    "decimals": 6,
                    "symbol": "USDC",
                }
            },
            "cardId": token.cc_id,
            "nftAddress": token.mint,
            "createdAt": iso(activity.at_ms),
            "from": self._short_owner(activity.seller),
            "to": None if activity.buyer is None else self._short_owner(activity.buyer),
            "transactionUrl": None,
            "instructionName": None,
            "source": "COLLECTOR_CRYPT",
        }

    def _card(self, token: Token) -> Json:
        scenery = self._world.scenery
        kind = scenery.kind(token)
        card = scenery.card(kind)
        picture = picture_url(self._request, self._world, token)
        return {
            "id": token.cc_id,
            "nftAddress": token.mint,
            "itemName": scenery.title(token),
            "blockchain": "Solana",
            "nftStandard": token.standard.value,
            "status": "Transferred",
            "nftStatus": "Valid",
            "insuredValue": str(token.insured_usd),
            "grade": scenery.grade(kind).text,
            "gradeNum": None,
            "gradingCompany": scenery.grader(kind).company,
            "gradingID": token.slab.certificate,
            "type": "Card",
            "category": scenery.category(card),
            "year": card.year,
            "set": scenery.set_name(card),
            "serial": card.number,
            "parallel": scenery.variety(card) or "Base",
            "frontImage": picture,
            "backImage": picture,
            "images": _images(token, picture),
            "vault": "OmniVault",
        }

    def _short_owner(self, wallet: str) -> Json:
        person = self._world.scenery.person(wallet)
        if person is None:
            return {"wallet": wallet}
        return {"id": person.user_id, "name": person.name, "wallet": wallet}

    def _owner(self, wallet: str) -> Json:
        person = self._world.scenery.person(wallet)
        if person is None:
            return {"wallet": wallet}
        blank = None if person.name is None else ""
        return {
            "id": person.user_id,
            "wallet": wallet,
            "name": person.name,
            "photo": None,
            "bio": blank,
            "personalSite": blank,
            "twitterUsername": blank,
            "createdAt": iso(person.joined_ms),
        }

    def _seller_id(self, listing: Listing) -> str:
        person = self._world.scenery.person(listing.seller)
        return person.user_id if person else listing.seller

    def _short_listing(self, listing: Listing) -> Json:
        return {
            "createdAt": iso(listing.created_ms),
            "currency": listing.currency.value,
            "price": dollars(listing.price_atoms),
            "receiptId": listing.receipt,
            "sellerId": self._seller_id(listing),
            "updatedAt": iso(listing.updated_ms),
            "marketplace": marketplace(listing.venue),
        }

    def _listing(self, listing: Listing) -> Json:
        token = self._world.token(listing.mint)
        return self._short_listing(listing) | {
            "id": listing.id,
            "cardId": token.cc_id,
            "price": str(dollars(listing.price_atoms)),
            "status": "Active",
            "listingAddress": listing.address,
            "closedAt": None,
            "closedReason": None,
            "closedBy": None,
            "chainSlot": listing.slot,
            "chainTxIndex": listing.slot % 1024,
            "chainIxIndex": 1,
        }


def marketplace(venue: Venue) -> str:
    """CC or ME."""
    return venue.value.upper()


def _images(token: Token, picture: str) -> Json:
    sizes = ("back", "backM", "backS", "front", "frontM", "frontS")
    return dict.fromkeys(sizes, picture) | {
        "cardId": token.cc_id,
        "id": str(uuid.UUID(token.gemrate_id[:32])),
    }


def _offers(token: Token) -> list[Json]:
    """Ids of offers ever made; they say nothing of live bids."""
    count = int(token.cc_id[-2:]) % OFFERS_MAX
    return [{"id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{token.mint} {number}"))} for number in range(count)]
