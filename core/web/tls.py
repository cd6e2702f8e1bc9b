"""TLS for the API's port: a certificate from files, or one made here for this machine alone.

Each handshake looks whether the files changed, so a renewed certificate needs no restart.
"""

import ssl
from pathlib import Path
from typing import Protocol

import structlog

from core.clock import Clock
from core.errors import StartError
from core.settings import Settings, Tls
from core.web.self_signed import SelfSigned

_log = structlog.stdlib.get_logger(__name__)


class Pair(Protocol):
    """A certificate (with its chain) and its key, in PEM files."""

    certificate: Path
    key: Path

    def renew(self) -> None:
        """Called before each handshake: replace the files when that is due. Raises StartError."""
        ...


class Files:
    """A pair that somebody else renews."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self.certificate = certificate
        self.key = key

    def renew(self) -> None:
        """Nothing to do: whoever made the files replaces them."""


def server_tls(settings: Settings, clock: Clock) -> ssl.SSLContext | None:
    """What the port speaks; None is plain HTTP. Raises StartError when the files cannot be used."""
    if settings.api_tls is Tls.OFF:
        return None
    if settings.api_tls is Tls.FILES and settings.api_tls_cert and settings.api_tls_key:
        return reloading_context(Files(settings.api_tls_cert, settings.api_tls_key))
    return reloading_context(SelfSigned(settings.data_dir / "tls", clock))


def reloading_context(pair: Pair) -> ssl.SSLContext:
    """A context whose connections get the pair as it is at their handshake."""
    pair.renew()
    context = current = load(pair)
    stamp = _stamp(pair)

    def choose(connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        nonlocal current, stamp
        try:
            pair.renew()
            found = _stamp(pair)
            if found != stamp:
                stamp = found
                current = load(pair)
                _log.info("a new certificate is in use")
        except StartError as error:
            _log.warning("the certificate cannot be renewed; the one before stays in use", reason=str(error))
        connection.context = current

    # Called at every handshake, also when the client names no server.
    context.sni_callback = choose
    return context


def load(pair: Pair) -> ssl.SSLContext:
    """Raises StartError with what is wrong with the files."""
    for name, path in (("API_TLS_CERT", pair.certificate), ("API_TLS_KEY", pair.key)):
        try:
            path.open("rb").close()
        except OSError as error:
            raise StartError(f"{name} names {path}, which cannot be read.") from error
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # An empty password: a key that has one is refused, instead of asked for on the terminal.
        context.load_cert_chain(pair.certificate, pair.key, password="")
    except ssl.SSLError as error:
        raise StartError(_sentence(error)) from error
    return context


def _sentence(error: ssl.SSLError) -> str:
    if error.reason == "KEY_VALUES_MISMATCH":
        return "API_TLS_KEY is not the key of the certificate in API_TLS_CERT."
    return "API_TLS_CERT and API_TLS_KEY must be PEM files, the key without a password."


def _stamp(pair: Pair) -> tuple[tuple[int, int, int], ...]:
    """Changes whenever a file is replaced; empty while one is missing."""
    try:
        stats = [path.stat() for path in (pair.certificate, pair.key)]
    except OSError:
        return ()
    return tuple((stat.st_mtime_ns, stat.st_size, stat.st_ino) for stat in stats)
