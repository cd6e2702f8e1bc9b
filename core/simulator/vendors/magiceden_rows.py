"""Magic Eden's rows: listings, tokens and activities. `price` is a float of SOL, also for orders in USDC."""

from typing import Final

from aiohttp import web

from core.simulator.market.labels import Label
from core.simulator.market.rates import LAMPORTS_A_SOL
from core.simulator.market.things import (
    Activity,
    Asset,
    Currency,
    Deed,
    Good,
    Listing,
    Token,
    Venue,
)
from core.simulator.market.world import World
from core.simulator.vendors.desk import SOL_MINT, USDC_MINT, Json, picture_url, plain_number
from core.simulator.vendors.onchain import token_traits

SYMBOL: Final = "collector_crypt"
AUCTION_HOUSE: Final = "E8cU1WiRWjanGxmn96ewBgk9vPTcL6AEZ1t6F6fkgUWe"
REFERRAL: Final = "autMW8SgBkVYeBgqYiTuJZnkvDZMVU2MHJh9Jh7CSQ2"
AUTHORITY: Final = "DQPERZ9e86pNJ4mhUnCEP8V75yxZofsipoVrRWT5Wdxd"
UNNAMED: Final = 5  # outside the collection's own feed every fifth row lacks its collection
TYPES: Final = {Deed.LIST: "list", Deed.REPRICE: "list", Deed.DELIST: "delist", Deed.SALE: "buyNow"}


class Rows:
    """Builds rows for one request, at one moment."""

    def __init__(self, world: World, request: web.Request, now_ms: int) -> None:
        self._world = world
        self._request = request
        self._now_ms = now_ms

    def listing(self, listing: Listing, *, of_collection: bool) -> Json:
        """A row of the listings endpoints; only the collection's rows carry `extra`."""
        token = self._world.token(listing.mint)
        image = picture_url(self._request, self._world, token)
        extra = {"extra": {"img": image}} if of_collection else {}
        links = {} if of_collection else _links(token)
        return {
            "pdaAddress": listing.address,
            "auctionHouse": AUCTION_HOUSE,
            "tokenAddress": "",
            "tokenMint": listing.mint,
            "seller": listing.seller,
            "sellerReferral": REFERRAL,
            "tokenSize": 1,
            "price": self._sol(listing.price_atoms, listing.currency, self._now_ms),
            "priceInfo": self._price_info(listing.price_atoms, listing.currency, self._now_ms),
            "rarity": {},
            **extra,
            "expiry": -1,
            "token": self._listed_token(token, image) | links,
            "listingSource": "M2",
        }

    def token(self, asset: Asset) -> Json:
        """GET /tokens/{mint}."""
        image = picture_url(self._request, self._world, asset)
        return self._token(asset, image) | _links(asset)

    def activity(self, activity: Activity, *, of_collection: bool) -> Json:
        """A row of the activities endpoints.

        Only orders in USDC carry `priceInfo`; the deprecated `collection` is in the collection's feed only.
        """
        spl = {"priceInfo": self._price_info(activity.price_atoms, activity.currency, activity.at_ms)}
        return {
            "signature": activity.signature,
            "type": TYPES[activity.deed],
            "source": "magiceden_v2",
            "tokenMint": activity.mint,
            **({"collection": SYMBOL} if of_collection else {}),
            "collectionSymbol": SYMBOL if of_collection or activity.slot % UNNAMED else None,
            "slot": activity.slot,
            "blockTime": activity.at_ms // 1000,
            "buyer": activity.buyer,
            "buyerReferral": "",
            "seller": activity.seller,
            "sellerReferral": "",
            "price": self._sol(activity.price_atoms, activity.currency, activity.at_ms),
            **(spl if activity.currency is Currency.USDC else {}),
        }

    def _listed_token(self, token: Token, image: str) -> Json:
        return self._token(token, image) | {
            "collectionName": "Collector Crypt",
            "listStatus": "listed",
            "tokenAddress": "",
            "isCompressed": False,
        }

    def _token(self, asset: Asset, image: str) -> Json:
        return {
            "mintAddress": asset.mint,
            "owner": self._world.asks.owner(asset),
            "supply": 1,
            "collection": SYMBOL,
            "name": self._world.label(asset).title,
            "updateAuthority": AUTHORITY,
            "primarySaleHappened": True,
            "sellerFeeBasisPoints": 0,
            "image": image,
            "attributes": self._attributes(asset),
            "properties": {
                "category": "image",
                "files": [{"uri": image, "type": "image/jpeg"}],
                "creators": [{"address": AUTHORITY, "share": 100}],
            },
        }

    def _attributes(self, asset: Asset) -> list[Json]:
        """The on-chain traits, with the grade that Magic Eden believes in."""
        return token_traits(self._world, asset, self._believed(asset))

    def _believed(self, asset: Asset) -> Label:
        return asset.label if isinstance(asset, Good) else self._world.scenery.believed_label(asset)

    def _sol(self, price_atoms: int, currency: Currency, at_ms: int) -> int | float:
        return plain_number(self._world.rates.lamports(price_atoms, currency, at_ms) / LAMPORTS_A_SOL)

    def _price_info(self, price_atoms: int, currency: Currency, at_ms: int) -> Json:
        raw = str(self._world.rates.lamports(price_atoms, currency, at_ms))
        info: Json = {"solPrice": {"rawAmount": raw, "address": SOL_MINT, "decimals": 9}}
        if currency is Currency.USDC:
            info["splPrice"] = {
                "rawAmount": str(price_atoms),
                "address": USDC_MINT,
                "decimals": 6,
                "symbol": "USDC",
            }
        return info


def _links(asset: Asset) -> Json:
    return {"animationUrl": "", "externalUrl": f"https://collectorcrypt.com/assets/solana/{asset.mint}"}


def orders_on_magiceden(world: World) -> list[Listing]:
    """Every open order that lives there."""
    return [listing for listing in world.book.open_orders() if listing.venue is Venue.ME]
