"""The searches of all texts find what they are named after; what they look for is put together here."""

import pytest

from tests.architecture import texts


@pytest.mark.parametrize(
    "path", ["work/main", "root/.cache", "home/ada/cartel", "Users/ada/cartel", "tmp/brief"]
)
def test_a_path_of_one_machine_is_found(path: str) -> None:
    assert texts.machine_path_faults(f"see /{path}/notes")


@pytest.mark.parametrize(
    "text", ["https://example.test/work/1", "core/simulator/home/page", "a {tmp_path}/root", "/data"]
)
def test_other_paths_are_no_fault(text: str) -> None:
    assert texts.machine_path_faults(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "--index-" + "url https://example.test",
        "--extra-index-" + "url=x",
        "--find-" + "links ./wheels",
        "https://pypi." + "org/simple/aiohttp",
        "https://files.pythonhosted." + "org/packages/aa/aiohttp.whl",
        "[[tool.uv.in" + "dex]]",
    ],
)
def test_the_address_of_an_index_is_found(text: str) -> None:
    assert texts.index_address_faults(text)
    assert (
        texts.index_address_faults("aiohttp==3.14.5 --hash=sha256:aa # see https://docs.aiohttp.org/") == []
    )


@pytest.mark.parametrize(
    "text",
    [
        "M" + "T" * 23 + "." + "a" * 6 + "." + "b" * 27,
        "https://discord.com/api/webhooks/" + "1" * 18 + "/" + "a" * 60,
        "-----BEGIN EC PRIVATE" + " KEY-----",
        "ghp_" + "a" * 36,
        "AKIA" + "A" * 16,
        "phc_" + "a" * 40,
    ],
)
def test_a_secret_is_found(text: str) -> None:
    assert texts.secret_faults(f"x = {text!r}")
    assert texts.secret_faults("DISCORD_TOKEN=\nBOT_TOKEN=demo-bot-token") == []
