"""What must not be set: each refusal is one sentence that says what to do."""

import ipaddress
from urllib.parse import urlsplit

from core.errors import StartError
from core.settings.kinds import Role, Secret, Tls
from core.settings.model import NAMES, Settings, is_loopback

SECRET_LENGTH_MIN = 32
SECRET_CHARACTERS_MIN = 10
DOOR_SECRETS = ("OPERATOR_TOKEN", "HELIUS_WEBHOOK_SECRET")
ADDRESSES = (*(name for name in NAMES if name.endswith("_URL") and name != "DATABASE_URL"), "POSTHOG_HOST")

PAIRS = (("EBAY_CLIENT_ID", "EBAY_CLIENT_SECRET"), ("TCGPLAYER_PUBLIC_KEY", "TCGPLAYER_PRIVATE_KEY"))


def wrong(name: str, text: str, expected: str) -> StartError:
    """The sentence about a value that cannot be understood."""
    return StartError(f"{name} is {text[:60]!r}; {expected} is expected.")


def refuse_bad_addresses(settings: Settings) -> None:
    for name in ADDRESSES:
        url = getattr(settings, name.lower())
        if url is not None:
            _refuse_bad_url(name, url.reveal() if isinstance(url, Secret) else url)
    try:
        ipaddress.ip_network(settings.api_proxy or "127.0.0.1", strict=False)
    except ValueError as error:
        expected = "an address or network, such as 10.0.0.2 or 10.0.0.0/24,"
        raise wrong("API_PROXY", settings.api_proxy or "", expected) from error


def refuse_half_a_pair(settings: Settings) -> None:
    for first, second in PAIRS:
        given = [name for name in (first, second) if getattr(settings, name.lower()) is not None]
        if len(given) == 1:
            raise StartError(f"{given[0]} is set without its other half: set both {first} and {second}.")


def _refuse_bad_url(name: str, url: str) -> None:
    plain, safe = ("ws", "wss") if name.endswith("_WS_URL") else ("http", "https")
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in {plain, safe} and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise StartError(f"{name} is not an address that begins with {safe}://.") from error
    if not is_whole:
        raise StartError(f"{name} is not an address that begins with {safe}://.")
    if parts.scheme == plain and not is_loopback(parts.hostname or ""):
        raise StartError(f"{name} must begin with {safe}:// unless it is on this machine.")


def refuse_an_open_door(settings: Settings) -> None:
    """TLS and secrets of the API: plain HTTP only on loopback or behind a named proxy."""
    for name in DOOR_SECRETS:
        _refuse_weak(name, getattr(settings, name.lower()))
    if Role.API not in settings.roles:
        return
    if settings.api_tls is Tls.FILES and not (settings.api_tls_cert and settings.api_tls_key):
        raise StartError(
            "API_TLS is files, so API_TLS_CERT and API_TLS_KEY must name the certificate and its key."
        )
    if settings.is_api_on_loopback:
        return
    reach = f"API_HOST {settings.api_host} can be reached from other machines"
    if settings.api_tls is not Tls.FILES and settings.api_proxy is None:
        raise StartError(
            f"{reach}: set API_TLS=files with a real certificate, or API_PROXY to the proxy in front of it."
        )
    if settings.operator_token is None:
        raise StartError(f"{reach}, so OPERATOR_TOKEN is needed: `python bot.py secret` prints one.")


def _refuse_weak(name: str, secret: Secret | None) -> None:
    text = secret.reveal() if secret else None
    if text and (len(text) < SECRET_LENGTH_MIN or len(set(text)) < SECRET_CHARACTERS_MIN):
        raise StartError(f"{name} is too weak: `python bot.py secret` prints a strong one.")
