"""Collector Crypt's rows: a token as the marketplace, the catalogue, a wallet and the feed show it."""

import uuid
from typing import Final

from aiohttp import web

from core.simulator.market.things import Activity, Asset, Currency, Deed, Listing, Token, Venue
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

    def shown_listing(self, asset: Asset) -> Listing | None:
        """The open order that Collector Crypt knows of: its own, and Magic Eden's in USDC."""
        listing = self._world.order_of(asset)
        return listing if listing is not None and listing.currency is Currency.USDC else None

    def market_row(self, asset: Asset) -> Json:
        """A row of GET /marketplace: price a number, insured value a string, gradeNum null."""
        listing = self.shown_listing(asset)
        row = self._card(asset) | {
            "listing": None if listing is None else self._short_listing(listing),
            "offers": _offers(asset),
            "owner": self._short_owner(self._world.asks.owner(asset)),
        }
        if asset.hides_mint:
            del row["nftAddress"]
            row["owner"] = None
        return row

    def wallet_row(self, asset: Asset) -> Json:
        """A row of GET /cards/{wallet}/: price a string."""
        listing = self.shown_listing(asset)
        return self._card(asset) | {
            "oraclePrice": None,
            "getBuybackOffer": False,
            "lastTransferredAt": iso(asset.minted_ms),
            "owner": self._owner(self._world.asks.owner(asset)),
            "listing": None if listing is None else self._listing(asset, listing),
            "inSwap": False,
            "createdAt": iso(asset.minted_ms),
        }

    def static_row(self, asset: Asset) -> Json:
        """GET /cards/publicNft/{id}: the catalogue entry, without owner and listing."""
        card = self._card(asset)
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
            "population": self._population(asset),
        }

    def _population(self, asset: Asset) -> int | None:
        if not isinstance(asset, Token):
            return None
        kind = self._world.scenery.kind(asset)
        return None if kind.id % UNKNOWN_POPULATION == 0 else kind.population

    def market_state(self, asset: Asset) -> Json:
        """GET /cards/publicNft/{id}/market: owner and listings."""
        listing = self.shown_listing(asset)
        full = None if listing is None else self._listing(asset, listing)
        owner = self._owner(self._world.asks.owner(asset))
        return {
            "id": asset.cc_id,
            "nftAddress": asset.mint,
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
        price = self._world.rates.dollars(activity.price_atoms, activity.currency, activity.at_ms)
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

    def _card(self, asset: Asset) -> Json:
        label = self._world.label(asset)
        picture = picture_url(self._request, self._world, asset)
        return {
            "id": asset.cc_id,
            "nftAddress": asset.mint,
            "itemName": label.title,
            "blockchain": "Solana",
            "nftStandard": asset.standard.value,
            "status": "Transferred",
            "nftStatus": "Valid",
            "insuredValue": str(asset.insured_usd),
            "grade": label.grade,
            "gradeNum": None,
            "gradingCompany": label.company,
            "gradingID": label.certificate,
            "type": label.form.value,
            "category": label.category,
            "year": label.year,
            "set": label.set_name,
            "serial": label.number,
            "parallel": None if label.number is None else label.variety or "Base",
            "frontImage": picture,
            "backImage": picture,
            "images": _images(asset, picture),
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

    def _listing(self, asset: Asset, listing: Listing) -> Json:
        return self._short_listing(listing) | {
            "id": listing.id,
            "cardId": asset.cc_id,
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


def _images(asset: Asset, picture: str) -> Json:
    sizes = ("back", "backM", "backS", "front", "frontM", "frontS")
    return dict.fromkeys(sizes, picture) | {
        "cardId": asset.cc_id,
        "id": str(uuid.UUID(asset.gemrate_id[:32])),
    }


def _offers(asset: Asset) -> list[Json]:
    """Ids of offers ever made; they say nothing of live bids."""
    count = int(asset.cc_id[-2:]) % OFFERS_MAX
    return [{"id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{asset.mint} {number}"))} for number in range(count)]
