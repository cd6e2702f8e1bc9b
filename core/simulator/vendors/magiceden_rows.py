"""Magic Eden's rows: listings, tokens and activities. `price` is a float of SOL, also for orders in USDC."""

from typing import Final

from aiohttp import web

from core.simulator.market.scenery import grade_text
from core.simulator.market.things import Activity, Currency, Deed, Listing, Standard, Token, Venue
from core.simulator.market.values import LAMPORTS_A_SOL, lamports
from core.simulator.market.world import World
from core.simulator.vendors.desk import SOL_MINT, USDC_MINT, Json, picture_url, plain_number, traits

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

    def token(self, token: Token) -> Json:
        """GET /tokens/{mint}."""
        image = picture_url(self._request, self._world, token)
        return self._token(token, image) | _links(token)

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

    def _token(self, token: Token, image: str) -> Json:
        return {
            "mintAddress": token.mint,
            "owner": self._world.asks.owner(token),
            "supply": 1,
            "collection": SYMBOL,
            "name": self._world.scenery.title(token),
            "updateAuthority": AUTHORITY,
            "primarySaleHappened": True,
            "sellerFeeBasisPoints": 0,
            "image": image,
            "attributes": self._attributes(token),
            "properties": {
                "category": "image",
                "files": [{"uri": image, "type": "image/jpeg"}],
                "creators": [{"address": AUTHORITY, "share": 100}],
            },
        }

    def _attributes(self, token: Token) -> list[Json]:
        """The on-chain traits in their recorded order, with the grade that Magic Eden believes in."""
        scenery = self._world.scenery
        believed = scenery.kinds[token.me_kind_id]
        card = scenery.card(believed)
        grade = scenery.grade(believed)
        number = grade_text(grade.tenths)
        is_core = token.standard is Standard.CORE
        category, set_name = scenery.category(card), scenery.set_name(card)
        variety = scenery.variety(card)
        return traits(
            [
                ("Collector Crypt ID", token.cc_id),
                ("Serial Number", card.number),
                ("Type", "Card"),
                ("Category", category),
                ("Status", "Valid"),
                ("Year", str(card.year)),
                ("Insured Value", str(token.insured_usd)),
                ("Vault", "OmniVault"),
                ("Location", ""),
                ("Vault ID", token.vault_id),
                ("Grading ID", token.slab.certificate),
                ("Grading Company", scenery.grader(believed).company),
                ("Autographed", "false"),
                ("The Grade", grade.text),
                ("Authenticated", "true"),
                *([] if is_core else [("GradeNum", number)]),
                ("Set", set_name),
                ("Gemrate Id", token.gemrate_id),
                *([("Gemrate Universal Id", token.gemrate_id)] if is_core else []),
                ("Gemrate Grade", f"g{number.replace('.', '_')}"),
                ("Card Name", card.name),
                (
                    "Description",
                    f"{card.year} {set_name} {card.name} {variety} {card.number}".replace("  ", " "),
                ),
                ("Spec Id", str(10_000_000 + card.id)),
                ("Set Url", "https://www.psacard.com/pop/tcg-cards"),
                ("Parallel", variety or "Base"),
            ]
        )

    def _sol(self, price_atoms: int, currency: Currency, at_ms: int) -> int | float:
        return plain_number(lamports(price_atoms, currency, at_ms) / LAMPORTS_A_SOL)

    def _price_info(self, price_atoms: int, currency: Currency, at_ms: int) -> Json:
        raw = str(lamports(price_atoms, currency, at_ms))
        info: Json = {"solPrice": {"rawAmount": raw, "address": SOL_MINT, "decimals": 9}}
        if currency is Currency.USDC:
            info["splPrice"] = {
                "rawAmount": str(price_atoms),
                "address": USDC_MINT,
                "decimals": 6,
                "symbol": "USDC",
            }
        return info


def _links(token: Token) -> Json:
    return {"animationUrl": "", "externalUrl": f"https://collectorcrypt.com/assets/solana/{token.mint}"}


def orders_on_magiceden(world: World) -> list[Listing]:
    """Every open order that lives there."""
    return [listing for listing in world.book.open_orders() if listing.venue is Venue.ME]
