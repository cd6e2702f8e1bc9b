"""A certificate for this machine alone, made here, kept beside the data and renewed before it ends."""

import os
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from core.clock import Clock
from core.errors import StartError

VALID_FOR = timedelta(days=365)
RENEWED_BEFORE = timedelta(days=30)
CLOCKS_DIFFER_BY = timedelta(days=1)
NAMES = (
    x509.DNSName("localhost"),
    x509.IPAddress(ip_address("127.0.0.1")),
    x509.IPAddress(ip_address("::1")),
)


class SelfSigned:
    """The pair in a folder; whatever is missing, broken or about to end is made anew."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.certificate = folder / "localhost.crt"
        self.key = folder / "localhost.key"
        self._clock = clock
        self._good_until = datetime.min.replace(tzinfo=UTC)

    def renew(self) -> None:
        """Raises StartError when the folder cannot be written."""
        now = self._clock.now()
        if now < self._good_until:
            return
        ends_at = _end(self.certificate, self.key)
        if ends_at is None or now >= ends_at - RENEWED_BEFORE:
            self._write(*_make(now))
            ends_at = now + VALID_FOR
        self._good_until = ends_at - RENEWED_BEFORE

    def _write(self, certificate: bytes, key: bytes) -> None:
        folder = self.key.parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _replace(self.key, key, mode=0o600)
            _replace(self.certificate, certificate, mode=0o644)
        except OSError as error:
            raise StartError(f"{folder} cannot be written, so no certificate can be kept there.") from error


def _end(certificate: Path, key: Path) -> datetime | None:
    """When the kept certificate ends; None when the pair is missing, broken or not one pair."""
    try:
        kept = x509.load_pem_x509_certificate(certificate.read_bytes())
        private = load_pem_private_key(key.read_bytes(), password=None)
    except (OSError, ValueError, TypeError):
        return None
    return kept.not_valid_after_utc if kept.public_key() == private.public_key() else None


def _make(now: datetime) -> tuple[bytes, bytes]:
    """A fresh (certificate, key), both PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Cards Cartel on this machine")])
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS_DIFFER_BY)
        .not_valid_after(now + VALID_FOR)
        .add_extension(x509.SubjectAlternativeName(NAMES), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(identifier, critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return certificate.public_bytes(Encoding.PEM), private


def _replace(path: Path, content: bytes, *, mode: int) -> None:
    """Put a whole file in place of another; nobody ever sees half of it, or a key that others may read."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with open(draft, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as stream:
        stream.write(content)
    draft.replace(path)
