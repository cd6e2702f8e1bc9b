"""Blocked words against titles: whole words, stars, texts without words, and what people paste."""

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.domain.blocking import in_one_form, is_blocked, is_empty, letters_of
from core.domain.wording import words_in

CHARIZARD = "2023 Pokemon 151 Charizard ex #199 Cartel Promo - Full Art (PSA 10)"
MEWTWO = "1999 Mewtwo #10 Holo PSA 9"
MEW = "2000 Pokémon Black-Star Promo #8 Mew PSA 9"
JAPANESE = "2023 ミュウツーex SAR #183 ポケモンカード151 PSA 10"
texts = st.text(max_size=60)
words = st.text(string.ascii_letters + string.digits, min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (MEW, "mew"),
        (MEW, "MÉW"),
        (MEW, "pokemon"),
        (MEW, "black star"),
        (MEW, "Black-Star Promo!"),
        (MEW, "2000"),
        (MEW, "psa 9"),
        ("Ｍｅｗ PSA 9", "mew"),
        ("Me\u0301w PSA 9", "mew"),
        (MEW, "ｍｅｗ"),
        ("Pokémon™ Mew", "pokemon"),
        ("𝐌𝐞𝐰 PSA 9", "mew"),
        ("Lt. Surge's Raichu", "surge"),
        ("Lt. Surge's Raichu", "Surge's"),
        ("Mewtwo&Mew-GX", "mew"),
        ("Straße", "STRASSE"),
        (MEWTWO, "mew*"),
        (MEW, "mew*"),
        (MEW, "mew *"),
        (MEWTWO, "mew＊"),
        (MEWTWO, "mew**"),
        (MEWTWO, "*two"),
        (MEWTWO, "*ewt*"),
        (CHARIZARD, "char*"),
        (CHARIZARD, "*zard ex"),
        (CHARIZARD, "full ar*"),
        (CHARIZARD, "*artel promo full a*"),
        ("Gold ★ Umbreon", "★★ umbreon"),
        ("Umbreon ★", "★"),
        ("Umbreon★★", "★★*"),
        ("Who's that?! Mew", "?!"),
        ("피카츄 V", "피카츄"),
    ],
)
def test_a_run_of_whole_words_is_blocked_however_it_is_spelt(title: str, text: str) -> None:
    assert is_blocked(title, (text,))


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (MEWTWO, "mew"),
        (MEWTWO, "two"),
        (MEWTWO, "mewt"),
        (MEWTWO, "mew*two"),
        (MEWTWO, "*mew"),
        (MEWTWO, "two*x"),
        (CHARIZARD, "carte"),
        (CHARIZARD, "char"),
        (CHARIZARD, "ar"),
        (CHARIZARD, "art full"),
        (CHARIZARD, "charizard promo"),
        (CHARIZARD, "harizard ex*"),
        (CHARIZARD, "charizard e"),
        (CHARIZARD, "★"),
        (CHARIZARD, "??"),
        (CHARIZARD, "."),
        (CHARIZARD, ".*"),
        (CHARIZARD, ".*charizard.+x"),
        (CHARIZARD, "[a-z]"),
        (CHARIZARD, "(?:)"),
        (CHARIZARD, "\\w+"),
        (CHARIZARD, "^$"),
        ("각 V", "가*"),
        (f"{MEW}\nMewtwo", "psa 9 two"),
    ],
)
def test_parts_of_words_other_orders_and_patterns_are_not(title: str, text: str) -> None:
    assert not is_blocked(title, (text,))


@pytest.mark.parametrize(
    "text", ["ミュウツー", "ミュウ", "ﾐｭｳﾂｰ", "ミュウツーex", "ミュウツー ex", "ex", "ポケモン", "カード 151"]
)
def test_a_text_in_a_script_without_spaces_is_found_inside_words(text: str) -> None:
    assert is_blocked(JAPANESE, (text,))


@pytest.mark.parametrize(
    "text", ["ミュウツーe", "ツーexs", "ュex", "ピカチュウ", "ホケモン", "ポゲモン", "card", "15"]
)
def test_other_letters_and_parts_of_words_with_spaces_are_not_found_beside_it(text: str) -> None:
    assert not is_blocked(JAPANESE, (text,))


@pytest.mark.parametrize(
    ("title", "text"), [("皮卡丘 V", "卡丘"), ("การ์ดปิกาจู V", "ปิกาจู"), ("Mew皮卡丘", "mew"), ("ハﾞス", "バス")]
)
def test_chinese_and_thai_are_written_without_spaces_too(title: str, text: str) -> None:
    assert is_blocked(title, (text,))


@pytest.mark.parametrize("text", ["", " ", "*", "**", " * * ", "＊", "\u0301", "*\u0301*", "\u3000"])
def test_a_text_that_says_nothing_blocks_nothing(text: str) -> None:
    assert is_empty(text)
    for title in (CHARIZARD, JAPANESE, "", "*", "** * **", "\u0301"):
        assert not is_blocked(title, (text,))


def test_one_blocked_text_of_many_is_enough_and_none_blocks_nothing() -> None:
    others = tuple(f"word{n}" for n in range(49))
    assert is_blocked(MEW, (*others, "mew"))
    assert not is_blocked(MEW, others)
    assert not is_blocked(MEW, ())


@pytest.mark.parametrize(
    ("text", "kept", "letters"),
    [
        ("MEW", "mew", "mew"),
        ("Mew **", "mew*", "mew"),
        ("＊ Jumbo   Card＊*", "*jumbo card*", "jumbo card"),
        ("mew*two", "mew*two", "mew*two"),
        (" ** ", "*", ""),
        (" ", "", ""),
        ("★ *", "★*", "★"),
    ],
)
def test_equal_texts_are_kept_alike(text: str, kept: str, letters: str) -> None:
    assert in_one_form(text) == kept
    assert letters_of(kept) == letters


@given(texts)
def test_the_kept_form_stays_itself_and_blocks_the_same(text: str) -> None:
    kept = in_one_form(text)
    assert in_one_form(kept) == kept
    assert is_empty(kept) == is_empty(text)
    for title in (text, f"a {text} z", f"a{text}z", CHARIZARD):
        assert is_blocked(title, (kept,)) == is_blocked(title, (text,))


@given(texts, texts, texts)
def test_whatever_says_something_is_found_where_it_stands_by_itself(
    before: str, text: str, after: str
) -> None:
    assume(not is_empty(text))
    assert is_blocked(f"{before} {text.strip(' *')} {after}", (text,))


@given(st.lists(words, max_size=8), st.lists(words, min_size=1, max_size=3))
def test_words_are_found_exactly_where_they_are_a_run_of_the_titles(
    title: list[str], text: list[str]
) -> None:
    said, sought = [words_in(" ".join(some)) for some in (title, text)]
    runs = [said[n : n + len(sought)] for n in range(len(said))]
    assert is_blocked(" ".join(title), (" ".join(text),)) == (sought in runs)


@given(st.lists(words, max_size=8), words)
def test_a_star_is_the_rest_of_a_word(title: list[str], text: str) -> None:
    said, sought = words_in(" ".join(title)), text.casefold()
    found = [is_blocked(" ".join(title), (form,)) for form in (f"{text}*", f"*{text}", f"*{text}*")]
    assert found == [
        any(word.startswith(sought) for word in said),
        any(word.endswith(sought) for word in said),
        any(sought in word for word in said),
    ]


def test_an_endless_title_is_read_to_its_end() -> None:
    assert is_blocked("x" * 200_000 + " mew", ("mew",))
    assert not is_blocked("mewmew " * 50_000, ("mew", "w m", "*" * 4_000 + "m" + "*" * 4_000 + "x"))
