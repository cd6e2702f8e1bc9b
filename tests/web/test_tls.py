"""TLS: certificates from files, read again when they change, or one made for this machine alone."""

import ssl
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from core.clock import Clock, ManualClock, SystemClock
from core.errors import StartError
from core.settings import Settings, Tls
from core.web.self_signed import RENEWED_BEFORE, VALID_FOR
from core.web.tls import server_tls
from tests.logs import written_logs
from tests.web.certificates import certificate_shown, replace, trusting, write_pair
from tests.web.serving import NOW, running_api


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def from_files(certificate: Path, key: Path) -> Settings:
    return Settings(api_tls=Tls.FILES, api_tls_cert=certificate, api_tls_key=key)


def refusal(settings: Settings) -> str:
    """The sentence with which these files are refused."""
    with pytest.raises(StartError) as caught:
        server_tls(settings, ManualClock(NOW))
    return str(caught.value)


def test_off_means_plain_http() -> None:
    assert server_tls(Settings(api_tls=Tls.OFF), ManualClock(NOW)) is None


async def test_the_certificate_of_the_files_is_shown_and_believed(
    authority: trustme.CA, tmp_path: Path
) -> None:
    tls = server_tls(from_files(*write_pair(authority, tmp_path, "127.0.0.1")), ManualClock(NOW))
    async with running_api(tls=tls) as api:
        assert api.url.startswith("https://127.0.0.1:")
        answer = await api.ask("GET", "/healthz", ssl=trusting(authority))
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await api.ask("GET", "/healthz")
    assert answer.status == 200


async def test_old_versions_of_tls_are_refused(authority: trustme.CA, tmp_path: Path) -> None:
    tls = server_tls(from_files(*write_pair(authority, tmp_path, "127.0.0.1")), ManualClock(NOW))
    assert tls is not None
    assert tls.minimum_version is ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("server_name", [None, "localhost"])
async def test_new_files_are_used_without_a_restart(
    authority: trustme.CA, tmp_path: Path, server_name: str | None
) -> None:
    tls = server_tls(from_files(*write_pair(authority, tmp_path, "127.0.0.1")), ManualClock(NOW))
    async with running_api(tls=tls) as api:
        before = await certificate_shown(api.url, server_name=server_name)
        same = await certificate_shown(api.url, server_name=server_name)
        write_pair(authority, tmp_path, "127.0.0.1")
        after = await certificate_shown(api.url, server_name=server_name)
        still = await certificate_shown(api.url, server_name=server_name)
    assert before == same
    assert before != after == still


async def test_new_files_that_cannot_be_used_are_told_of_once_and_the_old_stay(
    authority: trustme.CA, tmp_path: Path
) -> None:
    certificate, key = write_pair(authority, tmp_path, "127.0.0.1")
    tls = server_tls(from_files(certificate, key), ManualClock(NOW))
    with written_logs() as stream:
        async with running_api(tls=tls) as api:
            before = await certificate_shown(api.url)
            replace(certificate, b"half of a")
            shown = [await certificate_shown(api.url) for _ in range(3)]
            certificate.unlink()
            shown += [await certificate_shown(api.url) for _ in range(3)]
            write_pair(authority, tmp_path, "127.0.0.1")
            mended = await certificate_shown(api.url)
    assert shown == [before] * 6
    assert mended != before
    told = stream.getvalue()
    assert (told.count("must be PEM files"), told.count("cannot be read"), told.count("is in use")) == (
        1,
        1,
        1,
    )


def test_missing_files_are_told_in_a_sentence(authority: trustme.CA, tmp_path: Path) -> None:
    certificate, key = write_pair(authority, tmp_path, "localhost")
    missing = tmp_path / "missing.pem"
    assert refusal(from_files(missing, key)) == f"API_TLS_CERT names {missing}, which cannot be read."
    assert refusal(from_files(certificate, missing)) == f"API_TLS_KEY names {missing}, which cannot be read."
    assert refusal(from_files(tmp_path, key)) == f"API_TLS_CERT names {tmp_path}, which cannot be read."


def test_a_key_of_another_certificate_is_told_in_a_sentence(authority: trustme.CA, tmp_path: Path) -> None:
    certificate, key = write_pair(authority, tmp_path, "localhost")
    replace(key, authority.issue_cert("localhost").private_key_pem.bytes())
    assert refusal(from_files(certificate, key)) == (
        "API_TLS_KEY is not the key of the certificate in API_TLS_CERT."
    )


def test_a_key_with_a_password_is_refused_instead_of_asked_for(authority: trustme.CA, tmp_path: Path) -> None:
    certificate, key = write_pair(authority, tmp_path, "localhost")
    private = load_pem_private_key(key.read_bytes(), password=None)
    locked = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word"))
    replace(key, locked)
    expected = "API_TLS_CERT and API_TLS_KEY must be PEM files, the key without a password."
    assert refusal(from_files(certificate, key)) == expected
    replace(key, b"nonsense")
    assert refusal(from_files(certificate, key)) == expected


def self_signed(folder: Path, clock: Clock) -> ssl.SSLContext:
    context = server_tls(Settings(data_dir=folder), clock)
    assert context is not None
    return context


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_the_pair_made_here_protects_this_machine(tmp_path: Path, host: str) -> None:
    async with running_api(tls=self_signed(tmp_path, SystemClock())) as api:
        believed = ssl.create_default_context(cafile=str(tmp_path / "tls" / "localhost.crt"))
        url = api.url.replace("127.0.0.1", host)
        async with api.client.get(f"{url}/healthz", ssl=believed) as response:
            assert response.status == 200


def test_the_key_made_here_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    self_signed(tmp_path / "data", ManualClock(NOW))
    folder = tmp_path / "data" / "tls"
    modes = {path.name: path.stat().st_mode & 0o777 for path in [folder, *folder.iterdir()]}
    assert modes == {"tls": 0o700, "localhost.key": 0o600, "localhost.crt": 0o644}


def test_the_pair_made_here_is_kept(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    self_signed(tmp_path, clock)
    before = (tmp_path / "tls" / "localhost.crt").read_bytes()
    clock.advance(VALID_FOR - RENEWED_BEFORE - timedelta(days=1))
    self_signed(tmp_path, clock)
    assert (tmp_path / "tls" / "localhost.crt").read_bytes() == before


async def test_the_pair_made_here_is_renewed_before_it_ends_without_a_restart(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with running_api(tls=self_signed(tmp_path, clock)) as api:
        before = await certificate_shown(api.url)
        clock.advance(VALID_FOR - RENEWED_BEFORE)
        after = await certificate_shown(api.url)
        still = await certificate_shown(api.url)
    assert before.not_valid_after_utc == NOW + VALID_FOR
    assert after.not_valid_after_utc == clock.now() + VALID_FOR
    assert still == after


@pytest.mark.parametrize("name", ["localhost.crt", "localhost.key"])
@pytest.mark.parametrize("content", [b"", b"nonsense", None])
def test_a_broken_pair_is_made_anew(tmp_path: Path, name: str, content: bytes | None) -> None:
    self_signed(tmp_path, ManualClock(NOW))
    path = tmp_path / "tls" / name
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    self_signed(tmp_path, ManualClock(NOW))
    assert path.stat().st_size > 100


def test_half_of_another_pair_is_made_anew(tmp_path: Path) -> None:
    for folder in (tmp_path / "a", tmp_path / "b"):
        self_signed(folder, ManualClock(NOW))
    key = tmp_path / "a" / "tls" / "localhost.key"
    key.write_bytes((tmp_path / "b" / "tls" / "localhost.key").read_bytes())
    self_signed(tmp_path / "a", ManualClock(NOW))


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "tls").write_text("a file")
    assert refusal(Settings(data_dir=tmp_path)) == (
        f"{tmp_path / 'tls'} cannot be written, so no certificate can be kept there."
    )
