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
    alt_url: str | None = None
    alt_key: Secret | None = None
    coingecko_url: str = "https://api.coingecko.com/api/v3"
    coingecko_key: Secret | None = None
