"""Settings: where they come from, what is refused and how it is said, and that the example tells of all."""

from itertools import pairwise
from pathlib import Path
from typing import get_type_hints

import pytest

from core.errors import StartError
from core.settings import NAMES, SECRETS, Role, Secret, Settings, Tls, load, names_in
from core.settings.rules import PAIRS

STRONG = "k3Jq-9vXz_Lw7TnB2sYd5RfG8hPm4Cu6"


def refusal(**texts: str) -> str:
    """The sentence with which these settings are refused."""
    with pytest.raises(StartError) as caught:
        load(texts, None)
    return str(caught.value)


def written(folder: Path, text: str) -> Path:
    path = folder / "settings.env"
    path.write_text(text, encoding="utf-8")
    return path


def shown(settings: Settings) -> dict[str, object]:
    """The settings as comparable values."""
    values = {name: getattr(settings, name.lower()) for name in NAMES}
    return {name: value.reveal() if isinstance(value, Secret) else value for name, value in values.items()}


def test_the_example_names_exactly_the_settings_that_exist(repository_root: Path) -> None:
    assert sorted(names_in(repository_root / ".env.example")) == sorted(NAMES)


def test_a_copy_of_the_example_changes_nothing(repository_root: Path) -> None:
    assert shown(load({}, repository_root / ".env.example")) == shown(Settings())


def test_each_setting_of_the_example_says_in_the_line_above_what_it_is(repository_root: Path) -> None:
    lines = (repository_root / ".env.example").read_text(encoding="utf-8").splitlines()
    silent = [line for above, line in pairwise(lines) if line[:1].isalpha() and not above.startswith("# ")]
    assert silent == []


def test_the_example_has_a_section_for_production(repository_root: Path) -> None:
    text = (repository_root / ".env.example").read_text(encoding="utf-8")
    production = text.partition("# --- Production ")[2]
    assert all(
        f"\n{name}=" in production for name in ("DATABASE_URL", "API_HOST", "API_TLS", "OPERATOR_TOKEN")
    )


def test_secrets_are_exactly_the_settings_typed_so() -> None:
    typed = {name for name, kind in get_type_hints(Settings).items() if kind == Secret | None}
    assert {name.upper() for name in typed} == set(SECRETS)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "API_PORT=1111\nLOG_LEVEL=debug\n")
    settings = load({"API_PORT": "2222"}, path)
    assert (settings.api_port, settings.log_level) == (2222, "debug")


def test_an_empty_value_means_not_set(tmp_path: Path) -> None:
    path = written(tmp_path, "API_PORT=1111\nDISCORD_TOKEN=\n")
    settings = load({"API_PORT": " "}, path)
    assert (settings.api_port, settings.discord_token) == (1111, None)


def test_a_missing_file_sets_nothing(tmp_path: Path) -> None:
    assert shown(load({}, tmp_path / ".env")) == shown(Settings())


def test_a_file_from_another_editor_is_understood(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(b"\xef\xbb\xbfexport ROLES='jobs, bot'\r\nAPI_TLS = off # later\r\nUNKNOWN=1\r\n")
    settings = load({}, path)
    assert (settings.roles, settings.api_tls) == ((Role.BOT, Role.JOBS), Tls.OFF)
    assert names_in(path) == ["ROLES", "API_TLS", "UNKNOWN"]


@pytest.mark.parametrize("line", ["DISCORD_TOKEN", "API_PORT=1\nLOG_LEVEL='info", "= 3"])
def test_a_broken_line_is_named_by_its_number(tmp_path: Path, line: str) -> None:
    path = written(tmp_path, f"\n{line}\n")
    number = 1 + len(line.splitlines())
    with pytest.raises(StartError, match=f"line {number} is not of the form NAME=value"):
        load({}, path)


@pytest.mark.parametrize("content", [b"\xff\xfe=1\n", None])
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / ".env"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(StartError, match="cannot be read: a text file in UTF-8 is expected"):
        load({}, path)


def test_a_secret_can_come_from_a_file(tmp_path: Path) -> None:
    path = written(tmp_path, "  from-a-file\n")
    settings = load({"DISCORD_TOKEN_FILE": str(path), "DATABASE_URL_FILE": str(path)}, None)
    assert settings.discord_token is not None
    assert (settings.discord_token.reveal(), settings.database_url) == ("from-a-file", "from-a-file")


def test_a_secret_file_of_the_environment_wins_over_the_env_file(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("newer", encoding="utf-8")
    settings = load({"DISCORD_TOKEN_FILE": str(secret)}, written(tmp_path, "DISCORD_TOKEN=older"))
    assert settings.discord_token is not None
    assert settings.discord_token.reveal() == "newer"


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    assert refusal(ALT_KEY="abc", ALT_KEY_FILE="somewhere") == (
        "ALT_KEY and ALT_KEY_FILE are both set: keep one of them."
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        (b"\xff\xff", "cannot be read"),
        (b" \n", "is empty"),
        (b"x" * 5000, "is too large"),
    ],
)
def test_a_secret_file_without_a_secret_is_refused(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    assert refusal(DISCORD_TOKEN_FILE=str(path)).startswith(f"DISCORD_TOKEN_FILE names {path}, which {said}")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("API_PORT", "https", "a whole number from 0 to 65535"),
        ("API_PORT", "65536", "a whole number from 0 to 65535"),
        ("OPERATOR_GUILD_ID", "-1", "a whole number from 1 to 9223372036854775807"),
        ("COLLECTORCRYPT_POLL_S", "0", "a number from 0.5 to 3600"),
        ("MAGICEDEN_POLL_S", "nan", "a number from 0.5 to 3600"),
        ("MAGICEDEN_ENABLED", "maybe", "true or false"),
        ("WORLD", "real world", "one of real, demo"),
        ("API_TLS", "on", "one of self-signed, files, off"),
        ("LOG_FORMAT", "xml", "one of auto, console, json"),
        ("LOG_LEVEL", "loud", "one of debug, error, info, warning"),
        ("ROLES", "bot,cook", "one or more of bot, jobs and api, parted by commas,"),
        ("ROLES", ",", "one or more of bot, jobs and api, parted by commas,"),
        ("API_PROXY", "caddy", "an address or network, such as 10.0.0.2 or 10.0.0.0/24,"),
    ],
)
def test_a_wrong_value_is_answered_with_what_is_expected(name: str, text: str, expected: str) -> None:
    assert refusal(**{name: text}) == f"{name} is {text!r}; {expected} is expected."


@pytest.mark.parametrize("text", ["abc\ndef", "abc\0def", "abc\udcffdef"])
def test_a_value_of_several_lines_is_refused_without_repeating_it(tmp_path: Path, text: str) -> None:
    said = "DISCORD_TOKEN holds a line break or another invisible character: one line is expected."
    assert refusal(DISCORD_TOKEN=text) == said
    path = tmp_path / "token"
    path.write_text("abc\ndef\n", encoding="utf-8")
    assert refusal(DISCORD_TOKEN_FILE=str(path)) == said


def test_a_long_wrong_value_is_not_repeated_whole() -> None:
    assert len(refusal(API_PORT="9" * 5000)) < 200


@pytest.mark.parametrize("url", ["alt.xyz", "ftp://alt.xyz", "https://", "https://[::1", "https://a:port/"])
def test_what_is_no_web_address_is_refused_without_repeating_it(url: str) -> None:
    assert refusal(ALT_URL=url) == "ALT_URL is not an address that begins with https://."


def test_a_vendor_is_asked_in_clear_only_on_this_machine() -> None:
    assert load({"ALT_URL": "http://127.0.0.1:8000/alt"}, None).alt_url == "http://127.0.0.1:8000/alt"
    assert (
        refusal(ALT_URL="http://alt.xyz") == "ALT_URL must begin with https:// unless it is on this machine."
    )


@pytest.mark.parametrize("url", ["https://node.example/key", "node.example", "wss://"])
def test_a_node_is_listened_to_over_a_websocket_and_its_key_not_repeated(url: str) -> None:
    assert refusal(SOLANA_WS_URL=url) == "SOLANA_WS_URL is not an address that begins with wss://."
    assert (
        refusal(SOLANA_WS_URL="ws://node.example/key")
        == "SOLANA_WS_URL must begin with wss:// unless it is on this machine."
    )
    for good in ("wss://node.example/key", "ws://127.0.0.1:9/ws"):
        settings = load({"SOLANA_WS_URL": good}, None)
        assert settings.solana_ws_url is not None
        assert settings.solana_ws_url.reveal() == good
        assert good in settings.secret_texts


def test_a_nodes_address_is_a_secret() -> None:
    settings = load({"SOLANA_RPC_URL": "https://node.example/canary-key"}, None)
    assert settings.solana_rpc_url is not None
    assert "canary" not in repr(settings)
    assert "https://node.example/canary-key" in settings.secret_texts
    assert refusal(SOLANA_RPC_URL="node/canary") == (
        "SOLANA_RPC_URL is not an address that begins with https://."
    )


@pytest.mark.parametrize("pair", PAIRS)
def test_half_of_a_pair_of_credentials_is_refused(pair: tuple[str, str]) -> None:
    first, second = pair
    for given in pair:
        assert refusal(**{given: "half"}) == (
            f"{given} is set without its other half: set both {first} and {second}."
        )
    load(dict.fromkeys(pair, "whole"), None)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_plain_http_is_allowed_on_loopback(host: str) -> None:
    assert load({"API_HOST": host, "API_TLS": "off"}, None).is_api_on_loopback


@pytest.mark.parametrize("tls", ["off", "self-signed"])
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "cards.example"])
def test_binding_elsewhere_needs_a_certificate_or_a_named_proxy(host: str, tls: str) -> None:
    asked = {"API_HOST": host, "API_TLS": tls, "OPERATOR_TOKEN": STRONG}
    assert refusal(**asked).startswith(
        f"API_HOST {host} can be reached from other machines: set API_TLS=files"
    )
    assert load({**asked, "API_PROXY": "10.0.0.0/24"}, None).api_host == host
    assert load({**asked, "ROLES": "bot,jobs"}, None).api_host == host
    files = {**asked, "API_TLS": "files", "API_TLS_CERT": "a.crt", "API_TLS_KEY": "a.key"}
    assert load(files, None).api_host == host


def test_binding_elsewhere_needs_the_operators_token() -> None:
    asked = {"API_HOST": "0.0.0.0", "API_TLS": "off", "API_PROXY": "10.0.0.2"}
    assert "so OPERATOR_TOKEN is needed: `python bot.py secret` prints one." in refusal(**asked)


def test_tls_from_files_needs_both_files() -> None:
    assert refusal(API_TLS="files", API_TLS_CERT="a.crt") == (
        "API_TLS is files, so API_TLS_CERT and API_TLS_KEY must name the certificate and its key."
    )


@pytest.mark.parametrize("name", ["OPERATOR_TOKEN", "HELIUS_WEBHOOK_SECRET"])
@pytest.mark.parametrize("weak", ["changeme", "a" * 64, "ab" * 32])
def test_a_weak_key_to_the_api_is_refused_without_repeating_it(name: str, weak: str) -> None:
    assert refusal(**{name: weak}) == f"{name} is too weak: `python bot.py secret` prints a strong one."


def test_no_way_of_printing_shows_a_secret() -> None:
    url = "postgresql://cartel:pass%2Fword@db/cartel"
    settings = load({"DISCORD_TOKEN": "planted-token", "OPERATOR_TOKEN": STRONG, "DATABASE_URL": url}, None)
    printed = f"{settings} {settings!r} {settings.discord_token} {[settings.discord_token]}"
    assert not any(secret in printed for secret in settings.secret_texts)
    assert set(settings.secret_texts) == {"planted-token", STRONG, "pass%2Fword", "pass/word"}


def test_a_password_with_a_slash_is_known_whole() -> None:
    assert "pa/s@s" in load({"DATABASE_URL": "postgresql://u:pa/s@s@db/cartel"}, None).secret_texts
