"""Every stand-in passes every request through the fault menu, and refuses the hasty in its vendor's way."""

from dataclasses import dataclass, field, replace

import aiohttp
import pytest

from core.simulator.app import SimulatorConfig, open_simulator
from core.simulator.vendors.desk import SOL_MINT
from core.simulator.vendors.pyth import SOL_USD_ID
from tests.simulator.vendors.asking import Json, Watch

pytestmark = pytest.mark.slow

BEARER = {"Authorization": "Bearer anything"}
BEEZIE = {"categoryId": "1"}
RPC = {"method": "getHealth", "params": []}


@dataclass(frozen=True)
class Asked:
    """A request that the stand-in of a vendor answers with 200, and what faults call it."""

    target: str
    path: str
    body: Json = None
    key: dict[str, str] = field(default_factory=dict)

    def send(self, http: aiohttp.ClientSession) -> aiohttp.client._RequestContextManager:
        path = f"/vendors/{self.path}"
        if self.body is None:
            return http.get(path, headers=self.key)
        return http.post(path, json=self.body, headers=self.key)


ASKED = [
    Asked("collectorcrypt", "collectorcrypt/marketplace"),
    Asked("magiceden", "magiceden/v2/collections/collector_crypt/stats"),
    Asked("alt", "alt/graphql/Cert", {"operationName": "Cert", "query": "{cert{asset{id}}}"}),
    Asked("coingecko:price", "coingecko/api/v3/simple/price?ids=solana&vs_currencies=usd"),
    Asked("coingecko:chart", "coingecko/api/v3/coins/solana/market_chart?vs_currency=usd&days=90"),
    Asked("coinbase", "coinbase/v2/prices/SOL-USD/spot"),
    Asked("jupiter", f"jupiter/price/v3?ids={SOL_MINT}"),
    Asked("pyth", f"pyth/v2/updates/price/latest?ids[]=0x{SOL_USD_ID}", key=BEARER),
    Asked("pricecharting", "pricecharting/api/products?t=token&q=luffy"),
    Asked("psa", "psa/publicapi/cert/GetByCertNumber/123456789", key=BEARER),
    Asked("tcgdex", "tcgdex/v2/en/cards?name=char"),
    Asked("tcgcsv", "tcgcsv/tcgplayer/3/groups"),
    Asked("scryfall", "scryfall/bulk-data"),
    Asked("ygoprodeck", "ygoprodeck/api/v7/cardinfo.php"),
    Asked("helius", "helius/?api-key=key", RPC),
    Asked("solana", "solana/", RPC),
    Asked("beezie", "beezie/dropItems/byCategory", BEEZIE),
    Asked("opensea", "opensea/api/v2/collections/courtyard-nft/stats", key={"x-api-key": "key"}),
    Asked("ebay", "ebay/identity/v1/oauth2/token", {}),
    Asked("tcgplayer", "tcgplayer/token", {}),
]

# How often in a row a vendor is asked before it refuses, and for how long it then does.
LIMITS = [
    ("magiceden", 2, 1),
    ("jupiter", 30, 60),
    ("pyth", 30, 60),
    ("pricecharting", 1, 1),
    ("psa", 100, 86_400),
    ("scryfall", 10, 30),
    ("ygoprodeck", 20, 3600),
    ("helius", 10, 1),
    ("opensea", 60, 60),
]


def asked(name: str) -> Asked:
    return next(one for one in ASKED if one.target == name)


@pytest.mark.parametrize("one", ASKED, ids=[one.target for one in ASKED])
async def test_every_fault_strikes_every_vendor(one: Asked, config: SimulatorConfig) -> None:
    async with open_simulator(config) as sim, aiohttp.ClientSession(sim.url) as http:
        for kind, status in (("rate_limit", 429), ("status", 500), ("html", 200)):
            fault = sim.faults.add(f"vendor:{one.target}", kind)
            async with one.send(http) as response:
                assert (response.status, fault.hits) == (status, 1)
        async with one.send(http) as response:
            healthy = await response.read()
        for kind in ("truncate", "wrong_types"):
            sim.faults.add(f"vendor:{one.target}", kind)
            async with one.send(http) as response:
                assert await response.read() != healthy


@pytest.mark.parametrize(("name", "most", "wait_s"), LIMITS)
async def test_the_hasty_are_refused_until_they_have_waited(
    name: str, most: int, wait_s: float, config: SimulatorConfig, watch: Watch
) -> None:
    one = asked(name)
    strict = replace(config, has_limits=True)
    async with open_simulator(strict) as sim, aiohttp.ClientSession(sim.url) as http:
        for expected in [*[200] * most, 429]:
            async with one.send(http) as response:
                assert response.status == expected
        watch.advance(wait_s - 0.5)
        async with one.send(http) as response:
            assert response.status == 429
        watch.advance(1)
        async with one.send(http) as response:
            assert response.status == 200


async def test_plain_text_has_no_types_to_be_wrong(config: SimulatorConfig) -> None:
    async with open_simulator(config) as sim, aiohttp.ClientSession(sim.url) as http:
        sim.faults.add("vendor:magiceden", "wrong_types")
        async with http.get("/vendors/magiceden/v2/collections/nobody/listings") as response:
            assert (response.status, await response.text()) == (400, "Invalid symbol")
