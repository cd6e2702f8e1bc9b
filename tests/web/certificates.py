"""Certificates of a made-up authority, and asking a server for the one it shows."""

import asyncio
import ssl
from pathlib import Path

import trustme
from cryptography import x509


def write_pair(authority: trustme.CA, folder: Path, *names: str) -> tuple[Path, Path]:
    """A certificate for these names and its key, each put in place whole."""
    made = authority.issue_cert(*names)
    certificate, key = folder / "api.crt", folder / "api.key"
    replace(key, made.private_key_pem.bytes())
    replace(certificate, b"".join(blob.bytes() for blob in made.cert_chain_pems))
    return certificate, key


def replace(path: Path, content: bytes) -> None:
    draft = path.with_suffix(".draft")
    draft.write_bytes(content)
    draft.replace(path)


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


async def certificate_shown(url: str, *, server_name: str | None = None) -> x509.Certificate:
    """What a new connection is shown, believed or not. Without a name the client asks for none."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    host, _, port = url.removeprefix("https://").rpartition(":")
    _, writer = await asyncio.open_connection(host, int(port), ssl=context, server_hostname=server_name or "")
    try:
        shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        return x509.load_der_x509_certificate(shown)
    finally:
        writer.close()
        await writer.wait_closed()
