"""A deal as a message: what its first lines say, what its buttons are, and that Discord takes it."""

from datetime import timedelta

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.ui.deals import CLOSED_COLOUR, COLOURS, deal_embed, deal_view, deals_embed
from cogs.ui.errors import VENDORS
from core.domain.deals import DealTier
from core.domain.guilds import Guild, ServerSettings
from core.domain.listings import Reported, SourceName, Venue
from core.domain.money import Amount, Unit
from core.domain.operations import SourceHealth
from core.domain.posts import Closing, DealPage, DealPost, DealView
from core.domain.valuation import Evidence, EvidenceKind
from tests.cogs.deal_posts import DOLLAR, MINT, NOW, a_deal

SENT_AT = NOW


def embed_of(deal: DealPost, *, is_sent: bool = True) -> discord.Embed:
    return deal_embed(deal, now=NOW, post_id=12, sent_at=SENT_AT if is_sent else None)


def lines_of(deal: DealPost) -> list[str]:
    return (embed_of(deal).description or "").split("\n")


def fields_of(deal: DealPost) -> dict[str | None, str | None]:
    return {field.name: field.value for field in embed_of(deal).fields}


def test_the_first_three_lines_say_what_price_against_value_and_why() -> None:
    deal = a_deal()
    assert embed_of(deal).title == "[PSA 10] 1999 #4 Charizard Pokemon Base Set"
    assert lines_of(deal) == [
        "$80.00 → worth $160.00 · 50 % under · +$56.00 after fees",
        "**GOLD** · confidence 82 of 100: ALT $160.00, 12 sales in 90 days around $155.00",
    ]


def test_a_price_in_coins_is_shown_with_its_dollars() -> None:
    deal = a_deal(price=Amount(412_000_000, Unit.LAMPORTS), price_usd_micros=61_200_000)
    assert lines_of(deal)[0].startswith("0.412 SOL ($61.20) → worth $160.00")


def test_the_facts_stand_below() -> None:
    assert fields_of(a_deal()) == {
        "Range": "$150.00 – $180.00",
        "Population": "1,234 copies",
        "Insured": "$200.00",
        "Certificate": "PSA `12345678`",
        "Seller": "`Se11…1abc` at Collector Crypt",
        "Listed": f"<t:{int((NOW - timedelta(seconds=6)).timestamp())}:R>",
        "Token": f"`{MINT}`",
    }


def test_what_is_unknown_is_left_out() -> None:
    bare = a_deal(
        evidence=(Evidence(EvidenceKind.INSURED, 160 * DOLLAR, 40),),
        low_usd_micros=160 * DOLLAR, high_usd_micros=160 * DOLLAR,
        insured_usd_micros=None, listed_at=None, image_url="not a picture",
    )  # fmt: skip
    assert set(fields_of(bare)) == {"Certificate", "Seller", "Token"}
    assert embed_of(bare).thumbnail.url is None
    assert embed_of(bare).footer.text == "seen 0.8 s before this post · deal 12"


@pytest.mark.parametrize("tier", list(DealTier))
def test_every_tier_has_its_colour_and_its_word(tier: DealTier) -> None:
    deal = a_deal(tier=tier)
    assert embed_of(deal).colour == discord.Colour(COLOURS[tier])
    assert f"**{tier.upper()}**" in lines_of(deal)[1]


def test_a_look_says_what_is_missing() -> None:
    deal = a_deal(tier=DealTier.LOOK, missing=("confidence is 40, 60 is asked for", "only 1 sales"))
    assert lines_of(deal)[2] == (
        "Not sure enough for a call: confidence is 40, 60 is asked for; only 1 sales."
    )


def test_a_suspicious_deal_warns_and_offers_no_purchase() -> None:
    assert "Too good to be true" in lines_of(a_deal(tier=DealTier.SUSPICIOUS, discount_bps=9_000))[2]


def test_an_undetermined_deal_names_what_was_valued() -> None:
    evidence = (Evidence(EvidenceKind.ALT, 160 * DOLLAR, 82, asset_name="Charizard *Staff* Prerelease"),)
    lines = lines_of(a_deal(tier=DealTier.UNDETERMINED, evidence=evidence))
    assert lines[2].startswith("Check by eye")
    assert lines[2].endswith(r"What was valued: Charizard \*Staff\* Prerelease.")


def test_a_value_names_the_average_and_who_gave_no_answer() -> None:
    evidence = (Evidence(EvidenceKind.AVERAGE, 160 * DOLLAR, 60, sales=3),)
    lines = lines_of(a_deal(evidence=evidence, silent=("magiceden", "collectorcrypt")))
    assert lines[1].endswith("confidence 82 of 100: Cartel average $160.00 of 3 sales")
    assert lines[2] == (
        "No answer from Magic Eden and Collector Crypt: some of what is known there is missing."
    )


def test_the_average_has_a_line_of_its_own_whatever_else_is_known() -> None:
    average = Evidence(EvidenceKind.AVERAGE, 152 * DOLLAR, 60, sales=4)
    others = tuple(Evidence(kind, 160 * DOLLAR, 80) for kind in list(EvidenceKind)[:3])
    assert fields_of(a_deal(evidence=(*others, average)))["Cartel average"] == "$152.00 · 4 sales"


def test_the_footer_of_a_deal_valued_anew_says_so() -> None:
    footer = "valued anew, listed 6 s before this post · deal 12"
    assert embed_of(a_deal(was_revised=True)).footer.text == footer


def test_the_footer_tells_time_to_post_and_our_share() -> None:
    footer = "listed 6 s before this post · ours 0.8 s · deal 12"
    assert embed_of(a_deal()).footer.text == footer
    assert embed_of(a_deal(), is_sent=False).footer.text == footer


def test_a_deal_that_was_open_before_says_so_and_claims_no_speed() -> None:
    deal = a_deal(was_open_before=True, listed_at=NOW - timedelta(days=3))
    assert embed_of(deal).footer.text == (
        "already open when I arrived, listed 3 d before this post · deal 12"
    )


@pytest.mark.parametrize(
    ("closing", "line"),
    [
        (Closing(Reported.SOLD, SENT_AT + timedelta(seconds=192), Amount(85 * DOLLAR, Unit.USD_MICROS)),
         "**Sold 3 m 12 s after this post at $85.00**"),
        (Closing(Reported.SOLD, SENT_AT - timedelta(seconds=2)), "**Sold 2 s before this post**"),
        (Closing(Reported.DELISTED, SENT_AT + timedelta(minutes=5)), "**Delisted 5 m after this post**"),
        (Closing(Reported.GONE, SENT_AT + timedelta(minutes=5)),
         "**No longer on sale, noticed 5 m after this post**"),
        (Closing(Reported.LISTED, SENT_AT + timedelta(minutes=5),
                 new_ask=Amount(500_000_000, Unit.LAMPORTS)), "**Repriced 5 m after this post at 0.5 SOL**"),
    ],
)  # fmt: skip
def test_the_closing_edit_says_how_it_ended(closing: Closing, line: str) -> None:
    deal = a_deal(closing=closing)
    assert lines_of(deal)[0] == line
    assert lines_of(deal)[1].startswith("$80.00 → worth $160.00")
    assert embed_of(deal).colour == discord.Colour(CLOSED_COLOUR)


def test_a_deal_that_ended_before_it_was_sent_says_so() -> None:
    closed = a_deal(closing=Closing(Reported.SOLD, NOW))
    assert (embed_of(closed, is_sent=False).description or "").startswith("**Sold before this post**")


def buttons_of(deal: DealPost) -> list[tuple[str | None, str | None, bool]]:
    row = deal_view(deal, 12).to_components()
    assert len(row) == 1
    return [(b["label"], b.get("url") or b.get("custom_id"), b["disabled"]) for b in row[0]["components"]]


async def test_the_buttons_stand_in_one_row_in_their_order() -> None:
    assert buttons_of(a_deal()) == [
        ("CC", f"https://collectorcrypt.com/assets/solana/{MINT}", False),
        ("ALT", "https://app.alt.xyz/research/asset-1", False),
        ("ME", f"https://magiceden.io/item-details/{MINT}", False),
        ("Buy", "v1:buy:12", False),
        ("Copy", "v1:copy:12", False),
    ]


async def test_without_an_alt_asset_its_button_is_left_out() -> None:
    assert [label for label, _, _ in buttons_of(a_deal(alt_asset_id=""))] == ["CC", "ME", "Buy", "Copy"]


async def test_a_suspicious_deal_has_no_buy_button() -> None:
    assert "Buy" not in [label for label, _, _ in buttons_of(a_deal(tier=DealTier.SUSPICIOUS))]


async def test_a_closed_deal_cannot_be_bought_but_its_ids_can_be_copied() -> None:
    closed = a_deal(closing=Closing(Reported.SOLD, NOW))
    assert {label: disabled for label, _, disabled in buttons_of(closed)}["Buy"]
    assert not {label: disabled for label, _, disabled in buttons_of(closed)}["Copy"]


async def test_a_name_in_a_link_cannot_leave_its_place() -> None:
    deal = a_deal(mint="../../evil?x=#y", alt_asset_id='"><script>')
    assert buttons_of(deal)[0][1] == "https://collectorcrypt.com/assets/solana/..%2F..%2Fevil%3Fx%3D%23y"


HOSTILE = st.text(alphabet="a*_`|~[]<>@:/\\\u202e\n\U0001f0cfé", max_size=3_000)


def assert_discord_takes(embed: discord.Embed) -> None:
    units = [embed.title or "", embed.description or "", embed.footer.text or ""]
    units += [text for field in embed.fields for text in (field.name or "", field.value or "")]
    lengths = [len(text.encode("utf-16-le")) // 2 for text in units]
    assert sum(lengths) <= 6_000
    assert lengths[0] <= 256
    assert lengths[1] <= 4_096
    assert lengths[2] <= 2_048
    assert len(embed.fields) <= 25
    assert all(
        0 < len(field.name or "") <= 256 and 0 < len(field.value or "") <= 1_024 for field in embed.fields
    )


@given(HOSTILE, st.sampled_from(DealTier), st.integers(min_value=-(2**62), max_value=2**62))
def test_the_largest_and_most_hostile_texts_still_make_a_message(
    text: str, tier: DealTier, micros: int
) -> None:
    evidence = (
        Evidence(EvidenceKind.ALT, micros, 100, asset_name=text, asset_id=text, population=2**62),
    ) * 9
    deal = a_deal(
        title=text, tier=tier, certificate=text, mint=text, seller=text, image_url=text, evidence=evidence,
        missing=(text,) * 9, silent=(text,) * 9,
        low_usd_micros=-(2**62), high_usd_micros=micros, value_usd_micros=micros,
        net_profit_usd_micros=micros, discount_bps=micros, insured_usd_micros=micros, venue=Venue.ME,
        closing=Closing(Reported.SOLD, NOW, Amount(2**62, Unit.LAMPORTS)),
    )  # fmt: skip
    assert_discord_takes(embed_of(deal))
    page = DealPage(tuple(DealView(n, deal, NOW, is_open=True) for n in range(10)))
    assert_discord_takes(deals_embed(page, tier=None, guild=None))


def test_the_list_shows_each_deal_with_its_links() -> None:
    page = DealPage((DealView(1, a_deal(alt_asset_id=""), NOW, is_open=True),))
    (field,) = deals_embed(page, tier=DealTier.GOLD, guild=None).fields
    listed = int((NOW - timedelta(seconds=6)).timestamp())
    assert field.name == "GOLD · [PSA 10] 1999 #4 Charizard Pokemon Base Set"
    assert field.value == (
        "$80.00 → worth $160.00 · 50 % under · +$56.00 after fees\n"
        f"[CC](https://collectorcrypt.com/assets/solana/{MINT}) · "
        f"[ME](https://magiceden.io/item-details/{MINT}) · <t:{listed}:R>"
    )


def test_the_list_says_which_sources_keep_new_listings_waiting() -> None:
    page = DealPage(
        (DealView(1, a_deal(), NOW, is_open=True),),
        waits_for=(SourceHealth("alt", True, NOW), SourceHealth("magiceden", True, None)),
    )
    assert deals_embed(page, tier=None, guild=None).description == (
        f"ALT stopped answering <t:{int(NOW.timestamp())}:R>: new listings wait for it.\n"
        "Magic Eden does not answer right now: new listings wait for it."
    )


def test_every_source_has_a_name_that_people_know() -> None:
    assert set(VENDORS) == set(SourceName)


@pytest.mark.parametrize(
    ("tier", "guild", "says"),
    [
        (None, None, "No deal is open right now"),
        (DealTier.GOLD, Guild(1, "g", ServerSettings(channel_id=2)), "No GOLD deal is open"),
        (None, Guild(1, "g"), "choose one with `/setup`"),
        (
            None,
            Guild(1, "g", ServerSettings(channel_id=2), paused_because="I may not post."),
            "is paused: I may not post.",
        ),
    ],
)
def test_an_empty_list_says_what_to_do(tier: DealTier | None, guild: Guild | None, says: str) -> None:
    assert says in (deals_embed(DealPage(()), tier=tier, guild=guild).description or "")
