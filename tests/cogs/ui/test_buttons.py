"""Buy and Copy: ids that come back whole, answers that say what was found."""

from datetime import timedelta

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.client import DYNAMIC_ITEMS
from cogs.ui.buttons import BuyButton, CopyButton, buy_embed, buy_view, copied
from cogs.ui.setup import SetupChannel
from core.domain.listings import Venue
from core.domain.money import Amount, Unit
from core.domain.posts import BuyCheck, BuyState
from tests.cogs.deal_posts import DOLLAR, MINT, NOW, a_deal

CHECKED_AT = NOW - timedelta(seconds=4)


def a_check(
    state: BuyState, dollars: int | None = 80, *, venue: Venue = Venue.CC, now_at: Venue | None = None
) -> BuyCheck:
    ask = None if dollars is None else Amount(dollars * DOLLAR, Unit.USD_MICROS)
    return BuyCheck(a_deal(venue=venue), state, ask, None if ask is None else ask.value, CHECKED_AT, now_at)


@given(st.integers(min_value=0, max_value=10**18 - 1))
def test_every_post_id_comes_back_from_its_buttons(post_id: int) -> None:
    for button in (BuyButton(post_id), CopyButton(post_id)):
        # Dispatch uses fullmatch; the constructor of discord.py would be content with match.
        match = button.template.fullmatch(button.custom_id)
        assert match is not None
        assert int(match["post_id"]) == post_id
        assert len(button.custom_id) <= 100


def test_the_select_of_setup_comes_back_too() -> None:
    choice = SetupChannel()
    assert choice.template.fullmatch(choice.custom_id)


@pytest.mark.parametrize(
    "custom_id", ["v1:buy:", "v1:buy:12x", "v1:buy:-1", "v2:buy:12", "v1:buy:" + "9" * 19]
)
def test_a_foreign_id_is_nobodys_button(custom_id: str) -> None:
    patterns = [item.__discord_ui_compiled_template__ for item in DYNAMIC_ITEMS]
    assert not any(pattern.fullmatch(custom_id) for pattern in patterns)


def test_no_id_belongs_to_two_buttons() -> None:
    items = (BuyButton(12), CopyButton(12), SetupChannel())
    for item in items:
        owners = [
            kind for kind in DYNAMIC_ITEMS if kind.__discord_ui_compiled_template__.fullmatch(item.custom_id)
        ]
        assert owners == [type(item)]


def all_subclasses(kind: type) -> set[type]:
    children: list[type] = kind.__subclasses__()
    return set(children).union(*map(all_subclasses, children))


def test_every_dynamic_item_of_ours_is_registered() -> None:
    ours = {kind for kind in all_subclasses(discord.ui.DynamicItem) if kind.__module__.startswith("cogs.")}
    assert ours == set(DYNAMIC_ITEMS)


@pytest.mark.parametrize("kind", DYNAMIC_ITEMS)
def test_whatever_discord_py_calls_on_a_dynamic_item_is_guarded(kind: type) -> None:
    for name in ("callback", "from_custom_id", "interaction_check"):
        method = vars(kind).get(name)
        function = getattr(method, "__func__", method)
        assert function is None or hasattr(function, "__wrapped__"), f"{kind.__name__}.{name} is not guarded"


@pytest.mark.parametrize(
    ("check", "says"),
    [
        (a_check(BuyState.LIVE), "**Still on sale** at $80.00, by the same seller.\n"
         "That is 50 % under, by the value of the post."),
        (a_check(BuyState.REPRICED, 200), "**The price has changed**: $80.00 → $200.00.\n"
         "That is 25 % over, by the value of the post."),
        (a_check(BuyState.RESOLD), "**Another seller** offers it now at $80.00; "
         "the post was about `Se11…1abc`.\nThat is 50 % under, by the value of the post."),
        (a_check(BuyState.MOVED, 60, now_at=Venue.ME), "**Moved to Magic Eden**: $60.00 now, "
         "by the same seller; it was $80.00.\nThat is 62.5 % under, by the value of the post."),
        (a_check(BuyState.GONE, None), "**No longer on sale.** It was sold or taken off the market."),
    ],
)  # fmt: skip
def test_buy_says_what_a_fresh_look_found(check: BuyCheck, says: str) -> None:
    embed = buy_embed(check, now=NOW)
    assert embed.description == says
    assert embed.footer.text == "checked 4 s ago at Collector Crypt"


async def test_buy_links_to_the_marketplace_where_the_order_lives() -> None:
    for check in (a_check(BuyState.LIVE, venue=Venue.ME), a_check(BuyState.MOVED, now_at=Venue.ME)):
        (row,) = buy_view(check).to_components()
        (link,) = row["components"]
        address = f"https://magiceden.io/item-details/{MINT}"
        assert (link["label"], link["url"]) == ("Open at Magic Eden", address)
        assert buy_embed(check, now=NOW).url == address


async def test_there_is_no_link_to_what_is_gone() -> None:
    assert buy_view(a_check(BuyState.GONE, None)).to_components() == []


def test_copied_are_the_certificate_and_the_token_and_nothing_else() -> None:
    assert copied(a_deal()) == ("12345678", MINT)
    assert copied(a_deal(certificate="")) == (MINT,)
    assert copied(a_deal(certificate="12\u202e34\n")) == ("1234", MINT)
