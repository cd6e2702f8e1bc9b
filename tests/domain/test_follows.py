"""What a wallet's address is, what its label may say, and when an event is one that was told before."""

import string
from collections.abc import Iterator
from datetime import timedelta
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.follows import (
    LABEL_LENGTH_MAX,
    SAME_WITHIN,
    Follow,
    FollowKind,
    Happening,
    happening_of,
    has_name,
    label_fault,
    label_of,
    told_before,
    wallet_of,
    words_of,
)
from core.domain.listings import Chain, Reported, Wallet
from tests.services.reports import ME, at, ended, listed, sol, sold

WHALE = "7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU"
EVM = "0x" + "aB" * 20
SAME_S = SAME_WITHIN.total_seconds()


@pytest.mark.parametrize(
    "text", [WHALE, f"  {WHALE}\n", "1" * 32, "So11111111111111111111111111111111111111112"]
)
def test_the_base58_of_32_bytes_is_a_wallet_of_solana(text: str) -> None:
    assert wallet_of(text) == (text.strip(), Chain.SOLANA)


@pytest.mark.parametrize("text", [EVM, EVM.upper(), EVM.lower()])
def test_40_hexadecimal_digits_are_a_wallet_of_polygon_in_small_letters(text: str) -> None:
    assert wallet_of(text) == (EVM.lower(), Chain.POLYGON)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "whale",
        WHALE[:-1] + "0",  # not in base58: 0, O, I and l
        WHALE[:-1] + "l",
        WHALE + "1",
        "z" * 44,  # 33 bytes
        "2" * 32,  # 23 bytes
        WHALE.replace("K", "К"),  # a Cyrillic letter that looks the same
        f"{WHALE} {WHALE}",
        f"https://solscan.io/account/{WHALE}",
        f"<@{'1' * 18}>",
        "0x" + "a" * 39,
        "0x" + "g" * 40,
        "٣" * 40,
        f"{WHALE[:20]}\x00{WHALE[20:]}",
        f"{WHALE[:20]}\u200b{WHALE[20:]}",
        "1" * 100_000,
        "vitalik.eth",
        "../" * 12,
    ],
)
def test_nothing_else_is_a_wallet(text: str) -> None:
    assert wallet_of(text) is None


@given(st.text(string.ascii_letters + string.digits, max_size=60))
def test_what_is_taken_is_written_as_it_is_stored(text: str) -> None:
    found = wallet_of(text)
    assert found is None or wallet_of(found[0]) == found


@pytest.mark.parametrize("label", ["", "whale 1", "Großer Käufer", "🐋", "a" * LABEL_LENGTH_MAX])
def test_a_label_says_what_admins_like(label: str) -> None:
    assert label_fault(label) is None


@pytest.mark.parametrize(
    "label",
    [
        "<@1100000000000000012>",
        "@tom",
        "<@&12>",
        "<#12>",
        "1100000000000000012",
        "a" * (LABEL_LENGTH_MAX + 1),
    ],
)
def test_a_label_mentions_nobody(label: str) -> None:
    assert label_fault(label) is not None


@pytest.mark.parametrize("name", ["tom", "Tom", "TOM", "big", "Big Wallet", "tom's big wallet"])
def test_a_name_is_found_as_words_of_a_label(name: str) -> None:
    label = "tom's big wallet"
    assert has_name(label, name)
    assert any(name.casefold().startswith(word) for word in words_of(label))


@pytest.mark.parametrize("name", ["om", "to", "wall", "tomb", "s", "", "bigwallet"])
def test_a_part_of_a_word_and_a_short_word_are_no_name(name: str) -> None:
    assert not has_name("tom's big wallet", name)


@pytest.mark.parametrize("hidden", ["t\u200bom", "\u202etom", "ｔｏｍ", "to\u00adm", "tom\x00"])
def test_a_name_cannot_be_hidden_by_letters_that_are_not_seen(hidden: str) -> None:
    assert label_of(f"  {hidden}   1 ") == "tom 1"


def is_told_already(happened: Happening, *told: Happening) -> bool:
    return told_before(happened, told) is not None


def a_sale(second: float = 0, **told: object) -> Happening:
    return happening_of(sold(80, second, **told))  # type: ignore[arg-type]


def test_a_sale_is_the_doing_of_both_who_took_part() -> None:
    assert a_sale().wallets == {"seller", "buyer"}
    assert happening_of(listed()).wallets == {"seller"}


def test_the_second_in_which_a_wallet_is_followed_counts_whole() -> None:
    follow = Follow(1, 50, 7, Wallet("seller"), "", at(0.9))
    assert [follow.concerns(a_sale(second)) for second in (-0.1, 0, 0.5, 1)] == [False, True, True, True]
    assert not follow.concerns(a_sale(1, seller="another"))


def test_a_sale_that_two_vendors_date_a_little_apart_is_one() -> None:
    assert is_told_already(a_sale(SAME_S, source=ME), a_sale())
    assert is_told_already(a_sale(), a_sale(SAME_S, source=ME))
    assert not is_told_already(a_sale(SAME_S + 1, source=ME), a_sale())


def test_a_sale_by_another_seller_is_another() -> None:
    assert not is_told_already(a_sale(60, seller="buyer"), a_sale())


def test_another_price_is_another_listing_whoever_tells_of_it() -> None:
    first = happening_of(listed(80, 0))
    assert is_told_already(happening_of(listed(80, 60, source=ME)), first)
    assert not is_told_already(happening_of(listed(70, 60, source=ME)), first)
    assert not is_told_already(happening_of(listed(70, 60)), first)


def test_a_listing_in_another_currency_is_the_same_when_another_vendor_tells_of_it() -> None:
    first = happening_of(listed(80, 0))
    assert is_told_already(happening_of(listed(sol(1), 30, source=ME)), first)
    assert not is_told_already(happening_of(listed(sol(1), 30)), first)


def test_what_is_gone_was_told_when_it_is_known_why() -> None:
    gone = happening_of(ended(Reported.GONE, 60))
    assert gone.kind is FollowKind.GONE
    assert is_told_already(gone, a_sale(30))
    assert is_told_already(gone, happening_of(ended(Reported.DELISTED, 30)))
    assert not is_told_already(a_sale(30), gone)
    assert not is_told_already(gone, a_sale(30), happening_of(listed(80, 40)))
    assert not is_told_already(gone, happening_of(listed(80, 30)))


def test_what_is_listed_again_at_its_price_is_news_when_it_was_off_between() -> None:
    first, off = happening_of(listed(80, 0)), happening_of(ended(Reported.DELISTED, 120))
    again = happening_of(listed(80, 300, source=ME))
    assert is_told_already(again, first)
    assert not is_told_already(again, first, off)
    assert not is_told_already(again, first, happening_of(listed(70, 120)))


def test_a_moment_between_that_only_clocks_make_is_none() -> None:
    first, off = happening_of(listed(80, 0)), happening_of(ended(Reported.DELISTED, 3))
    assert is_told_already(happening_of(listed(80, 5, source=ME)), first, off)


LIFE = st.lists(st.sampled_from(["list", "reprice", "delist"]), min_size=1, max_size=6)


@given(LIFE, st.integers(150, 900), st.integers(-5, 5), st.randoms(use_true_random=False))
def test_each_event_is_told_once_in_whatever_order_two_vendors_tell(
    life: list[str], every_s: int, skew_s: int, order: Random
) -> None:
    events = list(happenings_of(life, every_s))
    late = [msgspec.structs.replace(one, at=one.at + timedelta(seconds=skew_s), source=ME) for one in events]
    late = [msgspec.structs.replace(one, event_id=f"me:{one.event_id}") for one in late]
    told: list[Happening] = []
    streams = [events, late]
    while any(streams):
        stream = order.choice([stream for stream in streams if stream])
        if told_before(stream[0], told) is None:
            told.append(stream[0])
        del stream[0]
    assert len(told) == len(list(happenings_of(life, every_s)))


def happenings_of(life: list[str], every_s: int) -> Iterator[Happening]:
    """A listing's life: on sale at changing prices and off again; what cannot be happens not."""
    price, is_open = 80, False
    for n, what in enumerate(life):
        if what == "delist" and is_open:
            is_open = False
            yield happening_of(ended(Reported.DELISTED, n * every_s))
        elif what != "delist" and (what == "reprice" or not is_open):
            price, is_open = price + (1 if what == "reprice" else 0), True
            yield happening_of(listed(price, n * every_s))


def test_taking_it_off_twice_in_a_while_is_two_events_of_one_vendor() -> None:
    first, second = (happening_of(ended(Reported.DELISTED, at)) for at in (0, 60))
    assert not is_told_already(second, first)
    assert is_told_already(happening_of(ended(Reported.DELISTED, 5, source=ME)), first)
