"""The settings of the vendors: where each is, whether it is asked, and its key."""

import msgspec

from core.settings.kinds import Seconds, Secret


class VendorSettings(msgspec.Struct, frozen=True, kw_only=True):
    """A vendor without the key it needs, or switched off, is not there."""

    collectorcrypt_url: str = "https://api.collectorcrypt.com"
    collectorcrypt_key: Secret | None = None
    collectorcrypt_poll_s: Seconds = 30.0
    magiceden_url: str = "https://api-mainnet.magiceden.dev/v2"
    magiceden_key: Secret | None = None
    magiceden_enabled: bool = True
    magiceden_poll_s: Seconds = 2.0
    beezie_url: str = "https://solana-api.beezie.com"
    beezie_enabled: bool = False
    opensea_url: str = "https://api.opensea.io/api/v2"
    opensea_key: Secret | None = None
    ebay_url: str = "https://api.ebay.com"
    ebay_client_id: Secret | None = None
    ebay_client_secret: Secret | None = None
    alt_url: str | None = None
    alt_key: Secret | None = None
    pricecharting_url: str = "https://www.pricecharting.com/api"
    pricecharting_token: Secret | None = None
    psa_url: str = "https://api.psacard.com/publicapi"
    psa_token: Secret | None = None
    tcgdex_url: str = "https://api.tcgdex.net/v2/en"
    tcgdex_enabled: bool = True
    tcgcsv_url: str = "https://tcgcsv.com/tcgplayer"
    tcgcsv_enabled: bool = True
    scryfall_url: str = "https://api.scryfall.com"
    scryfall_enabled: bool = True
    ygoprodeck_url: str = "https://db.ygoprodeck.com/api/v7"
    ygoprodeck_enabled: bool = True
    tcgplayer_url: str = "https://api.tcgplayer.com"
    tcgplayer_public_key: Secret | None = None
    tcgplayer_private_key: Secret | None = None
    coingecko_url: str = "https://api.coingecko.com/api/v3"
    coingecko_key: Secret | None = None
    coinbase_url: str = "https://api.coinbase.com/v2"
    jupiter_url: str = "https://api.jup.ag/price/v3"
    jupiter_key: Secret | None = None
    pyth_url: str = "https://hermes.pyth.network/v2"
    pyth_key: Secret | None = None
    helius_url: str = "https://mainnet.helius-rpc.com"
    helius_key: Secret | None = None
    solana_rpc_url: Secret | None = None
    """A Secret: private nodes keep their key in the path."""
    solana_ws_url: Secret | None = None
    """A Secret for the same reason."""
    helius_webhook_secret: Secret | None = None
