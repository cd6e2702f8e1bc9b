"""Which vendors there are, which of them the settings switch on, and what each can be asked."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from core.domain.listings import SourceName, Venue
from core.domain.sources import SourcePlan
from core.services.states import FirstToAnswer
from core.settings import Secret, Settings
from core.sources import ebay, psa
from core.sources.alt import Alt
from core.sources.base import ListingStateSource, SlabSource, Sources
from core.sources.beezie import Beezie
from core.sources.coinbase import Coinbase
from core.sources.coingecko import CoinGecko
from core.sources.collectorcrypt import CollectorCrypt
from core.sources.ebay import Ebay
from core.sources.helius import Helius
from core.sources.hints import SolanaLogs
from core.sources.http import SourceHttp
from core.sources.jupiter import Jupiter
from core.sources.magiceden import MagicEden
from core.sources.opensea import OpenSea
from core.sources.pricecharting import PriceCharting
from core.sources.psa import Psa
from core.sources.pyth import Pyth
from core.sources.scryfall import Scryfall
from core.sources.solana import Solana
from core.sources.tcgcsv import TcgCsv
from core.sources.tcgdex import TcgDex
from core.sources.tcgplayer import TcgPlayer
from core.sources.ygoprodeck import YgoProDeck

T = TypeVar("T")

NEEDED: Mapping[SourceName, tuple[str, ...]] = {
    SourceName.COLLECTOR_CRYPT: (),
    SourceName.MAGIC_EDEN: ("MAGICEDEN_ENABLED",),
    SourceName.BEEZIE: ("BEEZIE_ENABLED",),
    SourceName.OPENSEA: ("OPENSEA_KEY",),
    SourceName.EBAY: ("EBAY_CLIENT_ID", "EBAY_CLIENT_SECRET"),
    SourceName.ALT: ("ALT_URL",),
    SourceName.PRICECHARTING: ("PRICECHARTING_TOKEN",),
    SourceName.PSA: ("PSA_TOKEN",),
    SourceName.TCGDEX: ("TCGDEX_ENABLED",),
    SourceName.TCGCSV: ("TCGCSV_ENABLED",),
    SourceName.SCRYFALL: ("SCRYFALL_ENABLED",),
    SourceName.YGOPRODECK: ("YGOPRODECK_ENABLED",),
    SourceName.TCGPLAYER: ("TCGPLAYER_PUBLIC_KEY", "TCGPLAYER_PRIVATE_KEY"),
    SourceName.COINGECKO: (),
    SourceName.COINBASE: (),
    SourceName.JUPITER: (),
    SourceName.PYTH: ("PYTH_KEY",),
    SourceName.HELIUS: ("HELIUS_KEY",),
    SourceName.SOLANA: ("SOLANA_RPC_URL",),
}
"""What must be set, or true, for a vendor to be asked; in the order in which vendors are shown."""
_PER_DAY = {SourceName.EBAY: ebay.LIMITS.per_day, SourceName.PSA: psa.LIMITS.per_day}


def plans(settings: Settings) -> tuple[SourcePlan, ...]:
    """Every vendor there could be, and why one is not asked."""
    return tuple(SourcePlan(name, off_because(settings, name), _PER_DAY.get(name)) for name in NEEDED)


def off_because(settings: Settings, name: SourceName) -> str:
    """Empty for a vendor that is asked."""
    values = {needed: getattr(settings, needed.lower()) for needed in NEEDED[name]}
    switched_off = [needed for needed, value in values.items() if value is False]
    missing = [needed for needed, value in values.items() if value is None]
    if switched_off:
        return f"{switched_off[0]} is false"
    if not missing:
        return ""
    return f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set"


def open_sources(settings: Settings, http: SourceHttp) -> Sources:
    """The vendors that the settings switch on."""
    vault = CollectorCrypt(
        http, base_url=settings.collectorcrypt_url, key=_reveal(settings.collectorcrypt_key)
    )
    eden, beezie, opensea = _eden(settings, http), _beezie(settings, http), _opensea(settings, http)
    values, rates = _values(settings, http), _rates(settings, http)
    catalogues, chain = _catalogues(settings, http), _chain(settings, http)
    vaults: tuple[SlabSource, ...] = (vault, *eden, *beezie, *opensea)
    return Sources(
        slabs={source.name: source for source in vaults},
        states=_states(vault, eden, beezie, opensea),
        listings=(vault, *beezie, *opensea),
        counted=(vault, *beezie),
        activities=eden,
        hints=_hints(settings, http),
        valuations=values,
        rates=rates,
        candles=tuple(source for source in rates if isinstance(source, CoinGecko)),
        sales=tuple(source for source in values if isinstance(source, Alt)),
        histories=eden,
        token_histories=(vault, *eden),
        stats=eden,
        wallets=(vault, *eden, *chain),
        wallet_activities=(vault, *eden),
        owners=chain,
        offers=(vault,),
        certificates=_psa(settings, http),
        catalogues=catalogues,
        searches=tuple(source for source in catalogues if not isinstance(source, TcgCsv)),
        asks=_ebay(settings, http),
    )


def _states(
    vault: CollectorCrypt,
    eden: Iterable[ListingStateSource],
    beezie: Iterable[ListingStateSource],
    opensea: Iterable[ListingStateSource],
) -> dict[Venue, ListingStateSource]:
    """Who knows each venue best; the vault knows Magic Eden's orders too, which may be gone for good."""
    states: dict[Venue, ListingStateSource] = {Venue.CC: vault, Venue.ME: vault}
    for market in eden:
        states[Venue.ME] = FirstToAnswer(market, vault)
    for venue, sources in ((Venue.BEEZIE, beezie), (Venue.COURTYARD, opensea)):
        for source in sources:
            states[venue] = source
    return states


def _eden(settings: Settings, http: SourceHttp) -> tuple[MagicEden, ...]:
    if not settings.magiceden_enabled:
        return ()
    return (MagicEden(http, base_url=settings.magiceden_url, key=_reveal(settings.magiceden_key)),)


def _beezie(settings: Settings, http: SourceHttp) -> tuple[Beezie, ...]:
    return (Beezie(http, base_url=settings.beezie_url),) if settings.beezie_enabled else ()


def _opensea(settings: Settings, http: SourceHttp) -> tuple[OpenSea, ...]:
    key = _reveal(settings.opensea_key)
    return () if key is None else (OpenSea(http, base_url=settings.opensea_url, key=key),)


def _hints(settings: Settings, http: SourceHttp) -> tuple[SolanaLogs, ...]:
    url = _reveal(settings.solana_ws_url)
    return () if url is None else (SolanaLogs(http.clock, url=url, random=http.random),)


def _values(settings: Settings, http: SourceHttp) -> tuple[Alt | PriceCharting, ...]:
    """In the order in which they are asked."""
    alt = charting = None
    if settings.alt_url is not None:
        alt = Alt(http, base_url=settings.alt_url, key=_reveal(settings.alt_key))
    if (token := _reveal(settings.pricecharting_token)) is not None:
        charting = PriceCharting(http, base_url=settings.pricecharting_url, key=token)
    return _there(alt, charting)


def _rates(settings: Settings, http: SourceHttp) -> tuple[CoinGecko | Coinbase | Jupiter | Pyth, ...]:
    """In order of preference."""
    pyth = None
    if (key := _reveal(settings.pyth_key)) is not None:
        pyth = Pyth(http, base_url=settings.pyth_url, key=key)
    return _there(
        CoinGecko(http, base_url=settings.coingecko_url, key=_reveal(settings.coingecko_key)),
        Coinbase(http, base_url=settings.coinbase_url),
        Jupiter(http, base_url=settings.jupiter_url, key=_reveal(settings.jupiter_key)),
        pyth,
    )


def _catalogues(
    settings: Settings, http: SourceHttp
) -> tuple[TcgDex | TcgCsv | Scryfall | YgoProDeck | TcgPlayer, ...]:
    player = None
    public, private = _reveal(settings.tcgplayer_public_key), _reveal(settings.tcgplayer_private_key)
    if public is not None and private is not None:
        url = settings.tcgplayer_url
        player = TcgPlayer(http, base_url=url, client_id=public, client_secret=private)
    return _there(
        TcgDex(http, base_url=settings.tcgdex_url) if settings.tcgdex_enabled else None,
        TcgCsv(http, base_url=settings.tcgcsv_url) if settings.tcgcsv_enabled else None,
        Scryfall(http, base_url=settings.scryfall_url) if settings.scryfall_enabled else None,
        YgoProDeck(http, base_url=settings.ygoprodeck_url) if settings.ygoprodeck_enabled else None,
        player,
    )


def _chain(settings: Settings, http: SourceHttp) -> tuple[Helius | Solana, ...]:
    """The one that sees all assets first."""
    helius = solana = None
    if (key := _reveal(settings.helius_key)) is not None:
        helius = Helius(http, base_url=settings.helius_url, key=key)
    if (url := _reveal(settings.solana_rpc_url)) is not None:
        solana = Solana(http, base_url=url)
    return _there(helius, solana)


def _psa(settings: Settings, http: SourceHttp) -> tuple[Psa, ...]:
    token = _reveal(settings.psa_token)
    return () if token is None else (Psa(http, base_url=settings.psa_url, token=token),)


def _ebay(settings: Settings, http: SourceHttp) -> tuple[Ebay, ...]:
    id, secret = _reveal(settings.ebay_client_id), _reveal(settings.ebay_client_secret)
    if id is None or secret is None:
        return ()
    return (Ebay(http, base_url=settings.ebay_url, client_id=id, client_secret=secret),)


def _there(*sources: T | None) -> tuple[T, ...]:
    return tuple(source for source in sources if source is not None)


def _reveal(secret: Secret | None) -> str | None:
    return None if secret is None else secret.reveal()
