"""Digital assets as Helius tells them, and token accounts as every Solana node does."""

import hashlib
from typing import Final

from core.simulator.market.identifiers import base58
from core.simulator.market.things import Asset, Standard
from core.simulator.market.values import DAY_MS
from core.simulator.market.world import World
from core.simulator.vendors.desk import Json
from core.simulator.vendors.onchain import token_traits

COLLECTIONS: Final = {
    Standard.CORE: "CCryptUfeFSZ3Fgc9FLeKrhLVAP67FSqi1GuVoj9CRac",
    Standard.PNFT: "CCryptWBYktukHDQ2vHGtVcmtjXxYzvw8XNVY64YN2Yf",
}
AUTHORITY: Final = "DQPERZ9e86pNJ4mhUnCEP8V75yxZofsipoVrRWT5Wdxd"
TOKEN_PROGRAM: Final = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"  # noqa: S105 - a program
ON_CHAIN_NAME: Final = 32
SCHEMA: Final = "https://schema.metaplex.com/nft1.0.json"
UNCOMPRESSED: Final = {
    "eligible": False,
    "compressed": False,
    "data_hash": "",
    "creator_hash": "",
    "asset_hash": "",
    "tree": "",
    "seq": 0,
    "leaf_id": 0,
}
ROYALTY: Final = {
    "royalty_model": "creators",
    "target": None,
    "percent": 0.0,
    "basis_points": 0,
    "primary_sale_happened": False,
    "locked": False,
}


def account_address(asset: Asset) -> str:
    """Where a pNFT lies."""
    return base58(hashlib.sha256(f"account {asset.mint}".encode()).digest())


class Rows:
    """Builds rows from the world as it is."""

    def __init__(self, world: World) -> None:
        self._world = world

    def slot(self, now_ms: int) -> int:
        """The newest slot, at 400 ms each."""
        return 450_000_000 + now_ms % (400 * DAY_MS) // 400

    def asset(self, asset: Asset) -> Json:
        """An item of DAS. Core assets carry their full name beside the one cut at 32 characters."""
        is_core = asset.standard is Standard.CORE
        return {
            "interface": "MplCoreAsset" if is_core else "ProgrammableNFT",
            "id": asset.mint,
            "content": self._core_content(asset) if is_core else self._pnft_content(asset),
            "authorities": [{"address": AUTHORITY, "scopes": ["full"]}],
            "compression": UNCOMPRESSED,
            "grouping": [{"group_key": "collection", "group_value": COLLECTIONS[asset.standard]}],
            "royalty": ROYALTY,
            "creators": [] if is_core else [{"address": AUTHORITY, "share": 100, "verified": False}],
            "ownership": self._ownership(asset),
            "supply": None
            if is_core
            else {"print_max_supply": 0, "print_current_supply": 0, "edition_nonce": 255},
            "mutable": True,
            "burnt": False,
        }

    def account(self, asset: Asset, wallet: str) -> Json:
        """A token account with one piece in it."""
        amount = {"amount": "1", "decimals": 0, "uiAmount": 1.0, "uiAmountString": "1"}
        info = {
            "isNative": False,
            "mint": asset.mint,
            "owner": wallet,
            "state": "frozen" if self._world.order_of(asset) is not None else "initialized",
            "tokenAmount": amount,
        }
        return {
            "pubkey": account_address(asset),
            "account": {
                "lamports": 2_039_280,
                "owner": TOKEN_PROGRAM,
                "data": {
                    "program": "spl-token",
                    "parsed": {"info": info, "type": "account"},
                    "space": 165,
                },
                "executable": False,
                "rentEpoch": 2**64 - 1,
                "space": 165,
            },
        }

    def _ownership(self, asset: Asset) -> Json:
        """A listed pNFT stays with its owner, frozen and delegated."""
        is_held = asset.standard is Standard.PNFT and self._world.order_of(asset) is not None
        return {
            "frozen": is_held,
            "delegated": is_held,
            "delegate": AUTHORITY if is_held else None,
            "ownership_model": "single",
            "owner": self._world.asks.owner(asset),
        }

    def _core_content(self, asset: Asset) -> Json:
        title = self._world.label(asset).title
        sides = [f"https://nft.collectorcrypt.com/{side}/{asset.cc_id}" for side in ("front", "back")]
        files = [
            {
                "uri": uri,
                "mime": "image/jpeg",
                "cc_cdn": f"https://d1xpxki1g4htqu.cloudfront.net/{asset.gemrate_id}",
                "cdn_uri": f"https://cdn.helius-rpc.com/cdn-cgi/image//{uri}",
            }
            for uri in sides
        ]
        metadata = {
            "name": title[:ON_CHAIN_NAME],
            "symbol": "",
            "json_name": title,
            "attributes": self._attributes(asset),
            "description": title,
            "insuredValue": str(asset.insured_usd),
        }
        return {
            "$schema": SCHEMA,
            "files": files,
            "links": {"image": sides[0]},
            "json_uri": f"https://arweave.net/{asset.gemrate_id}",
            "metadata": metadata,
        }

    def _pnft_content(self, asset: Asset) -> Json:
        image = f"https://arweave.net/{asset.gemrate_id}"
        return {
            "$schema": SCHEMA,
            "json_uri": f"https://arweave.net/{asset.vault_id}",
            "files": [{"uri": image, "mime": "image/jpeg"}],
            "metadata": {
                "name": self._world.label(asset).title[:ON_CHAIN_NAME],
                "symbol": "",
                "token_standard": "ProgrammableNonFungible",
                "attributes": self._attributes(asset),
            },
            "links": {"image": image},
        }

    def _attributes(self, asset: Asset) -> list[Json]:
        return token_traits(self._world, asset, self._world.label(asset))
