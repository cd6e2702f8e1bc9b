"""The pages of a list: what was asked for above, and buttons that come back whole below."""

import discord
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.ui.pages import PageButton, filter_text, page_embed, page_view
from core.domain.deals import DealTier
from core.domain.filters import EVERYTHING, DealFilter
from core.domain.posts import DealPage, DealView
from tests.cogs.deal_posts import NOW, a_deal

IDS = st.integers(min_value=0, max_value=10**18 - 1)
PAGE = DealPage((DealView(7, a_deal(), NOW, is_open=True, version_id=41),))


@given(IDS, st.sampled_from("abn"), IDS)
def test_every_page_comes_back_from_its_button(page_id: int, way: str, cursor: int) -> None:
    button = PageButton(page_id, way, cursor)
    match = button.template.fullmatch(button.custom_id)
    assert match is not None
    assert (int(match["page_id"]), match["way"], int(match["cursor"])) == (page_id, way, cursor)
    assert len(button.custom_id) <= 100


def buttons(page: DealPage, page_id: int | None = 1) -> list[tuple[str | None, bool]]:
    children = page_view(page, page_id).children
    return [
        (button.custom_id.removeprefix("v1:page:1:"), button.item.disabled)
        for button in children
        if isinstance(button, PageButton)
    ]


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        (msgspec.structs.replace(PAGE, next_before=41), [("a41", True), ("b41", False), ("n0", False)]),
        (
            msgspec.structs.replace(PAGE, next_before=41, has_newer=True),
            [("a41", False), ("b41", False), ("n0", False)],
        ),
        (msgspec.structs.replace(PAGE, has_newer=True), [("a41", False), ("b0", True), ("n0", False)]),
        (DealPage((), has_newer=True), [("a0", True), ("b0", True), ("n0", False)]),
        (DealPage((), next_before=5, is_cut=True), [("a0", True), ("b5", False), ("n0", False)]),
    ],
)
async def test_buttons_lead_only_to_pages_that_there_are(
    page: DealPage, shown: list[tuple[str, bool]]
) -> None:
    assert buttons(page) == shown


async def test_a_list_of_one_page_has_no_buttons() -> None:
    assert page_view(PAGE, None).children == []


def test_what_was_asked_for_stands_above() -> None:
    where = DealFilter(tier=DealTier.GOLD, text="@everyone **x**")
    assert page_embed(PAGE, where).title == r"Newest open GOLD deals: “@" + "\u200b" + r"everyone \*\*x\*\*”"
    assert page_embed(PAGE, EVERYTHING).title == "Newest open deals"
    assert filter_text(EVERYTHING) == ""


@pytest.mark.parametrize(
    ("page", "where", "says"),
    [
        (DealPage(()), DealFilter(text="x"), "No open deal fits. Leave out a filter."),
        (DealPage((), has_newer=True), EVERYTHING, "None further that is still open."),
        (
            DealPage((), next_before=5, is_cut=True),
            DealFilter(text="x"),
            "None of those that I looked at fits.",
        ),
        (
            DealPage((), next_before=5, has_newer=True, is_cut=True),
            DealFilter(text="x"),
            "None of those that I looked at fits.",
        ),
    ],
)
def test_an_empty_page_says_why(page: DealPage, where: DealFilter, says: str) -> None:
    assert page_embed(page, where).description == says


def test_a_search_that_stopped_says_so_and_fits() -> None:
    page = DealPage(PAGE.items * 10, next_before=5, is_cut=True)
    embed = page_embed(page, DealFilter(text="x" * 100, category="y" * 100))
    assert isinstance(embed, discord.Embed)
    too_many = "There were too many to look at them all: "
    assert embed.footer.text == f"{too_many}choose a tier, or go on with Older."
    by_tier = page_embed(page, DealFilter(tier=DealTier.GOLD, text="x"))
    assert by_tier.footer.text == f"{too_many}go on with Older."
    assert len(embed) <= 6_000
