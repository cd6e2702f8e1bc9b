"""What must not be set: each refusal is one sentence that says what to do."""

import ipaddress
from urllib.parse import urlsplit

from core.errors import StartError
from core.settings.kinds import Role, Tls
from core.settings.model import NAMES, Settings, is_loopback

SECRET_LENGTH_MIN = 32
SECRET_CHARACTERS_MIN = 10
ADDRESSES = (*(name for name in NAMES if name.endswith("_URL") and name != "DATABASE_URL"), "POSTHOG_HOST")


def wrong(name: str, text: str, expected: str) -> StartError:
    """The sentence about a value that cannot be understood."""
    return StartError(f"{name} is {text[:60]!r}; {expected} is expected.")


def refuse_bad_addresses(settings: Settings) -> None:
    for name in ADDRESSES:
        if (url := getattr(settings, name.lower())) is not None:
            _refuse_bad_url(name, url)
    try:
        ipaddress.ip_network(settings.api_proxy or "127.0.0.1", strict=False)
    except ValueError as error:
        expected = "an address or network, such as 10.0.0.2 or 10.0.0.0/24,"
        raise wrong("API_PROXY", settings.api_proxy or "", expected) from error


def _refuse_bad_url(name: str, url: str) -> None:
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise StartError(f"{name} is not an address that begins with https://.") from error
    if not is_whole:
        raise StartError(f"{name} is not an address that begins with https://.")
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise StartError(f"{name} must begin with https:// unless it is on this machine.")


def refuse_an_open_door(settings: Settings) -> None:
    """TLS and secrets of the API: plain HTTP only on loopback or behind a named proxy."""
    token = settings.operator_token.reveal() if settings.operator_token else None
    if token and (len(token) < SECRET_LENGTH_MIN or len(set(token)) < SECRET_CHARACTERS_MIN):
        raise StartError("OPERATOR_TOKEN is too weak: `python bot.py secret` prints a strong one.")
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
    if token is None:
        raise StartError(f"{reach}, so OPERATOR_TOKEN is needed: `python bot.py secret` prints one.")
