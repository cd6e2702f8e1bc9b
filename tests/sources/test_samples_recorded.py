"""Samples no question of ours fetches as they lie there, and that none is left unread without a reason."""

from pathlib import Path

import msgspec
import pytest

from core.domain.catalog import CardKey, Grade, Grader, SlabFacts
from core.domain.slabs import slab_of_traits
from core.errors import SourceRateLimited, SourceRefused
from core.sources.coingecko import CoinGecko
from core.sources.ebay import Ebay
from core.sources.http import SourceHttp
from tests.sources.payloads import Json
from tests.sources.server import Reply, ScriptedServer

LEFT_OUT = {
    "coingecko/coins_id_market_chart": "candles are read instead",
    "collectorcrypt/gacha_machines_status": "a lottery, not a market",
    "ebay/marketplace_insights_item_sales": "closed to new users",
    "magiceden/collections_symbol_listings": "the collection's activities are read instead",
    "magiceden/idxv2_getListedNftsByCollectionSymbol": "undocumented, the v2 interface is read instead",
    "magiceden/errors": "no body is to be relied on",
    "magiceden/tokens_mint_offers_received": "offers are read at Collector Crypt",
    "others/opensea_collection_stats": "not asked for",
    "others/phygitals_marketplace-listings": "its terms forbid reading by programs",
    "solana/searchAssets.request": "a question, not an answer",
}
OTHER_PIECES = {"freqtrade", "posthog", "pokemontcg"}


@pytest.fixture
def samples(shared_folder: Path) -> Path:
    return shared_folder / "samples"


def read(path: Path) -> Json:
    return msgspec.json.decode(path.read_bytes())


def test_the_newer_kind_of_token_as_recorded(samples: Path) -> None:
    content = read(samples / "collectorcrypt/nft_core_asset.recorded.json")["content"]
    traits = {trait["trait_type"]: trait["value"] for trait in content["metadata"]["attributes"]}
    title, image = content["metadata"]["json_name"], content["links"]["image"]
    assert slab_of_traits(traits, title=title, image_url=image) == SlabFacts(
        grader=Grader.PSA,
        certificate="145822162",
        grade=Grade(100),
        title="2025 #065 Ivysaur PSA 10 Japanese M1l-Mega Brave",
        card=CardKey(
            game="Pokemon",
            set_name="Pokemon Japanese M1l-Mega Brave",
            number="065",
            name="Ivysaur",
            variant="Art Rare",
            year=2025,
        ),
        category="Pokemon",
        image_url="https://nft.collectorcrypt.com/front/2026092456C266582",
        insured_usd_micros=37_000_000,
    )


def test_the_older_kind_of_token_as_recorded(samples: Path) -> None:
    token = read(samples / "collectorcrypt/nft_pnft_item_metamask.recorded-trimmed.json")["nft_token"]
    traits = {trait["key"]: trait["value"] for trait in token["attributes"]}
    assert slab_of_traits(traits, title=token["name"], image_url=token["image_url"]) == SlabFacts(
        grader=Grader.PSA,
        certificate="140024105",
        grade=Grade(100),
        title="2025 #005 Silvers Rayleigh PSA 10 OP11-A Fist of Divine Speed One Piece",
        card=CardKey(
            game="One Piece",
            set_name="One Piece OP11-A Fist of Divine Speed",
            number="005",
            name="Silvers Rayleigh",
            variant="Special Alternate Art",
            year=2025,
        ),
        category="One Piece",
        image_url="https://arweave.net/goKHToXJqQy2Sb7wQC_92G_ynSpl3liCswjgp0DCvEY",
        insured_usd_micros=130_000_000,
    )


async def test_ebay_refusing_our_credentials_as_documented(
    http: SourceHttp, server: ScriptedServer, samples: Path
) -> None:
    server.says(Reply((samples / "ebay/oauth_error.assembled.json").read_bytes(), status=401))
    ebay = Ebay(http, base_url=server.url, client_id="client", client_secret="wrong")
    with pytest.raises(SourceRefused):
        await anext(ebay.asks("charizard", pages_max=1))
    assert len(server.asked) == 1


async def test_coingeckos_used_up_quota_as_seen(
    http: SourceHttp, server: ScriptedServer, samples: Path
) -> None:
    server.says(Reply((samples / "coingecko/error_429.seen-once.json").read_bytes(), status=429))
    with pytest.raises(SourceRateLimited) as caught:
        await CoinGecko(http, base_url=server.url).rate("SOL/USD")
    assert caught.value.retry_after_s == 60


def test_every_sample_is_read_or_left_out_for_a_reason(samples: Path, repository_root: Path) -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in sorted(_tests_of(repository_root)))
    vendors = [path for path in samples.glob("*/*.json") if path.parent.name not in OTHER_PIECES]
    assert vendors
    unread = {
        f"{path.parent.name}/{path.stem}"
        for path in vendors
        if path.name not in tests
        and not any(f"{path.parent.name}/{path.stem}".startswith(name) for name in LEFT_OUT)
    }
    assert unread == set()


def _tests_of(repository_root: Path) -> list[Path]:
    return list((repository_root / "tests" / "sources").glob("test_samples*.py"))
