"""Text from outside shows its letters and does nothing else."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.ui.text import clean, code, plain, shortened, web_url


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("**bold** _it_ ~~no~~ `code`", r"\*\*bold\*\* \_it\_ \~\~no\~\~ \`code\`"),
        ("||spoiler||", r"\|\|spoiler\|\|"),
        ("[click](https://evil.example)", "\\[click\\](https:\\//evil.example)"),
        ("# heading", r"\# heading"),
        ("- item", r"\- item"),
        ("@everyone", "@\u200beveryone"),
        ("<@123> <#45> <t:1:R>", "\\<@\u200b123\\> \\<#45\\> \\<t:1:R\\>"),
        ("a\nb\tc\r\nd", "a b c d"),
        ("safe\u202eevil\u2066x", "safeevilx"),
        ("nul\x00 bell\x07", "nul bell"),
    ],
)
def test_nothing_from_outside_is_markdown_a_mention_or_hidden(hostile: str, shown: str) -> None:
    assert plain(hostile) == shown


def test_an_ordinary_title_stays_as_it_is() -> None:
    title = "1999 #4 Charizard-Holo (1st Edition) PSA 10: Pokémon Base Set — リザードン"
    assert plain(title) == title


@given(st.text(max_size=600), st.integers(min_value=1, max_value=300))
def test_plain_text_never_exceeds_what_discord_counts(text: str, limit: int) -> None:
    assert utf16(plain(text, limit)) <= limit
    assert utf16(clean(text, limit)) <= limit


@given(st.text(max_size=200))
def test_no_hidden_character_survives(text: str) -> None:
    hidden = {c for c in clean(text) if unicodedata.category(c).startswith("C")}
    assert not hidden
    assert "\n" not in plain(text)


@given(st.text(alphabet="`*_|~[]<>@:/\\ab", max_size=80))
def test_every_markdown_character_is_escaped(text: str) -> None:
    without_escapes = plain(text, 1_000).replace("\\\\", "")
    for character in "`*_|~[]<>":
        assert without_escapes.count(character) == without_escapes.count(f"\\{character}")
    assert "://" not in plain(text, 1_000)


def test_a_cut_text_ends_in_an_ellipsis_and_never_in_half_an_escape() -> None:
    assert plain("*" * 50, 10) == r"\*\*\*\*…"
    assert clean("x" * 50, 10) == "x" * 9 + "…"


def test_a_scrawl_of_accents_is_thinned() -> None:
    assert len(clean("e" + "\u0301" * 60)) == 3


def test_code_cannot_be_closed_from_inside() -> None:
    assert code("a`b").count("`") == 2
    assert code("") == "`–`"


@pytest.mark.parametrize(
    "address",
    ["", "ftp://x.example/a.png", "javascript:alert(1)", "https://", "https://[bad", "https://a.example/a b",
     "https://ünicode.example/x", "https://x.example/" + "a" * 3_000],
)  # fmt: skip
def test_an_address_discord_would_refuse_is_left_out(address: str) -> None:
    assert web_url(address) is None


def test_a_good_address_passes() -> None:
    assert web_url("https://x.example/a.png?b=c") == "https://x.example/a.png?b=c"


def test_a_wallet_is_shortened_to_what_people_recognise() -> None:
    assert shortened("7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU") == "7xKX…gAsU"
    assert shortened("short") == "short"
