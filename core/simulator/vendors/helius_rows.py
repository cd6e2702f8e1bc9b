"""Digital assets as Helius tells them, and token accounts as every Solana node does."""

import hashlib
from typing import Final

from core.simulator.market.identifiers import base58
from core.simulator.market.scenery import grade_text
from core.simulator.market.things import Standard, Token
from core.simulator.market.values import DAY_MS
from core.simulator.market.world import World
from core.simulator.vendors.desk import Json, traits

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


def account_address(token: Token) -> str:
    """Where a pNFT lies."""
    return base58(hashlib.sha256(f"account {token.mint}".encode()).digest())


class Rows:
    """Builds rows from the world as it is."""

    def __init__(self, world: World) -> None:
        self._world = world

    def slot(self, now_ms: int) -> int:
        """The newest slot, at 400 ms each."""
        return 450_000_000 + now_ms % (400 * DAY_MS) // 400

    def asset(self, token: Token) -> Json:
        """An item of DAS. Core assets carry their full name beside the one cut at 32 characters."""
        is_core = token.standard is Standard.CORE
        return {
            "interface": "MplCoreAsset" if is_core else "ProgrammableNFT",
            "id": token.mint,
            "content": self._core_content(token) if is_core else self._pnft_content(token),
            "authorities": [{"address": AUTHORITY, "scopes": ["full"]}],
            "compression": UNCOMPRESSED,
            "grouping": [{"group_key": "collection", "group_value": COLLECTIONS[token.standard]}],
            "royalty": ROYALTY,
            "creators": [] if is_core else [{"address": AUTHORITY, "share": 100, "verified": False}],
            "ownership": self._ownership(token),
            "supply": None
            if is_core
            else {"print_max_supply": 0, "print_current_supply": 0, "edition_nonce": 255},
            "mutable": True,
            "burnt": False,
        }

    def account(self, token: Token, wallet: str) -> Json:
        """A token account with one piece in it."""
        amount = {"amount": "1", "decimals": 0, "uiAmount": 1.0, "uiAmountString": "1"}
        info = {
            "isNative": False,
            "mint": token.mint,
            "owner": wallet,
            "state": "frozen" if token.mint in self._world.book else "initialized",
            "tokenAmount": amount,
        }
        return {
            "pubkey": account_address(token),
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

    def _ownership(self, token: Token) -> Json:
        """A listed pNFT stays with its owner, frozen and delegated."""
        is_held = token.standard is Standard.PNFT and token.mint in self._world.book
        return {
            "frozen": is_held,
            "delegated": is_held,
            "delegate": AUTHORITY if is_held else None,
            "ownership_model": "single",
            "owner": self._world.asks.owner(token),
        }

    def _core_content(self, token: Token) -> Json:
        title = self._world.scenery.title(token)
        sides = [f"https://nft.collectorcrypt.com/{side}/{token.cc_id}" for side in ("front", "back")]
        files = [
            {
                "uri": uri,
                "mime": "image/jpeg",
                "cc_cdn": f"https://d1xpxki1g4htqu.cloudfront.net/{token.gemrate_id}",
                "cdn_uri": f"https://cdn.helius-rpc.com/cdn-cgi/image//{uri}",
            }
            for uri in sides
        ]
        metadata = {
            "name": title[:ON_CHAIN_NAME],
            "symbol": "",
            "json_name": title,
            "attributes": self._attributes(token),
            "description": title,
            "insuredValue": str(token.insured_usd),
        }
        return {
            "$schema": SCHEMA,
            "files": files,
            "links": {"image": sides[0]},
            "json_uri": f"https://arweave.net/{token.gemrate_id}",
            "metadata": metadata,
        }

    def _pnft_content(self, token: Token) -> Json:
        image = f"https://arweave.net/{token.gemrate_id}"
        return {
            "$schema": SCHEMA,
            "json_uri": f"https://arweave.net/{token.vault_id}",
            "files": [{"uri": image, "mime": "image/jpeg"}],
            "metadata": {
                "name": self._world.scenery.title(token)[:ON_CHAIN_NAME],
                "symbol": "",
                "token_standard": "ProgrammableNonFungible",
                "attributes": self._attributes(token),
            },
            "links": {"image": image},
        }

    def _attributes(self, token: Token) -> list[Json]:
        scenery = self._world.scenery
        kind = scenery.kind(token)
        card, grade = scenery.card(kind), scenery.grade(kind)
        number = grade_text(grade.tenths)
        return traits(
            [
                ("Collector Crypt ID", token.cc_id),
                ("Serial Number", card.number),
                ("Type", "Card"),
                ("Category", scenery.category(card)),
                ("Status", "Valid"),
                ("Year", str(card.year)),
                ("Insured Value", str(token.insured_usd)),
                ("Grading ID", token.slab.certificate),
                ("Grading Company", scenery.grader(kind).company),
                ("The Grade", grade.text),
                *([("GradeNum", number)] if token.standard is Standard.PNFT else []),
                ("Set", scenery.set_name(card)),
                ("Card Name", card.name),
                ("Description", f"{card.year} {scenery.set_name(card)} {card.name} {card.number}"),
            ]
        )
