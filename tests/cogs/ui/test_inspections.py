"""What a fresh look says: the offer, the worth, what it rests on, and plainly what is missing."""

from datetime import timedelta

import discord
import msgspec
import pytest

from cogs.ui.inspections import inspection_embed, inspection_view
from core.domain.deals import DEFAULT_POLICY, Deal, DealPolicy, DealTier, Reason, Rejection
from core.domain.inspections import Inspection, LastSeen, Offer, Unanswered
from core.domain.listings import Mint, SourceName, Venue
from core.domain.money import Amount, Unit
from core.domain.valuation import Evidence, EvidenceKind, Valuation
from tests.cogs.deal_posts import DOLLAR, MINT, NOW
from tests.cogs.ui.looks import VALUATION, a_slab

ASK = Amount(80 * DOLLAR, Unit.USD_MICROS)
OFFER = Offer(
    Venue.CC,
    "Se11erWa11et",
    ASK,
    ASK.value,
    NOW - timedelta(seconds=12),
    result=Deal(DealTier.GOLD, 5_000, 56 * DOLLAR),
)
FOUND = Inspection(DEFAULT_POLICY, NOW, Mint(MINT), a_slab(), (OFFER,), valuation=VALUATION)


def shown(**otherwise: object) -> discord.Embed:
    return inspection_embed(msgspec.structs.replace(FOUND, **otherwise), now=NOW)


def lines(**otherwise: object) -> list[str]:
    return (shown(**otherwise).description or "").split("\n")


def missing(**otherwise: object) -> list[str]:
    embed = shown(**otherwise)
    return next((str(f.value).split("\n") for f in embed.fields if f.name == "What is missing"), [])


def offers(**otherwise: object) -> tuple[Offer, ...]:
    return (msgspec.structs.replace(OFFER, **otherwise),)


def test_the_first_lines_say_what_it_costs_and_what_it_is_worth() -> None:
    assert shown().title == "[PSA 10] 1999 #4 Charizard Pokemon Base Set"
    assert lines() == [
        "On sale at Collector Crypt for **$80.00** by `Se11…11et` (checked 12 s ago)",
        "**GOLD**: 50 % under its value; 30 % under is asked for, +$56.00 after fees",
        "Worth **$160.00** ($150.00 – $180.00), confidence 82 of 100",
    ]


def test_what_it_rests_on_stands_below() -> None:
    rests_on = next(field.value for field in shown().fields if field.name == "Rests on")
    assert rests_on == f"ALT: **$160.00** · confidence 82 · said <t:{int(NOW.timestamp())}:R>"


POLICY = DealPolicy(categories=("Magic", "One_Piece"), price_min_usd_micros=100 * DOLLAR)


@pytest.mark.parametrize(
    ("result", "says"),
    [
        (Rejection(Reason.TOO_DEAR, 1_420), "14.2 % under its value, 15 % under is asked for"),
        (Rejection(Reason.TOO_DEAR, -300), "3 % over its value, 15 % under is asked for"),
        (Rejection(Reason.PROFIT, 2_000), "but less profit after fees than every tier asks for"),
        (Rejection(Reason.CATEGORY), r"only Magic, One\_Piece is looked at here"),
        (Rejection(Reason.PRICE_WINDOW), "its price is outside of what is looked at here: from $100.00"),
        (Rejection(Reason.GRADER), "only slabs of PSA, BGS, CGC, SGC, TAG are looked at here"),
        (Deal(DealTier.LOOK, 5_000, 0), "not sure enough for a call (confidence 60 is asked for)"),
        (Deal(DealTier.SUSPICIOUS, 9_000, 0), "85 % or more is too good to be true"),
        (Deal(DealTier.UNDETERMINED, 4_000, 0), "may be another variant than this one"),
    ],
)
def test_a_verdict_is_said_with_the_numbers_of_the_policy(result: Deal | Rejection, says: str) -> None:
    assert says in lines(offers=offers(result=result), policy=POLICY)[1]


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words(reason: Reason) -> None:
    assert "**No deal**: " in lines(offers=offers(result=Rejection(reason)))[1]


def test_a_price_in_a_coin_without_a_rate_is_not_judged() -> None:
    text = lines(offers=offers(ask=Amount(10**9, Unit.LAMPORTS), ask_usd_micros=None, result=None))
    assert text[0].startswith("On sale at Collector Crypt for **1 SOL**")
    assert "in dollars is not known now" in text[1]


def test_a_market_place_that_is_silent_is_told_with_what_was_last_seen() -> None:
    seen = LastSeen(Venue.ME, "seller", ASK, NOW)
    silent = (Unanswered("magiceden", "HTTP 503"), Unanswered("alt", "no answer within 5 s"))
    assert lines(offers=(), last_seen=(seen,))[0].startswith(
        "Magic Eden does not tell whether it is still on"
    )
    assert missing(unanswered=silent) == [
        "Magic Eden does not answer now.",
        "ALT gave no answer within 5 s.",
    ]


def test_what_nobody_configured_would_add_is_said() -> None:
    absent = (SourceName.ALT, SourceName.PRICECHARTING)
    assert missing(absent=absent)[0] == (
        "ALT is not configured; it would add a valuation of this very grade."
    )


@pytest.mark.parametrize(
    ("sales", "says"), [(0, "No sale of this"), (1, "Only 1 sale of this"), (2, "Only 2 sales of this")]
)
def test_a_thin_value_says_what_it_lacks(sales: int, says: str) -> None:
    own = Evidence(EvidenceKind.SALES, 160 * DOLLAR, 50, sales=sales)
    thin = Valuation(160 * DOLLAR, 1, 2, 50, (own,))
    assert missing(valuation=thin)[0].startswith(says)


def test_a_slab_without_a_token_or_a_value_says_so() -> None:
    text = lines(mint=None, offers=(), valuation=None)
    assert text == [
        "No token of this slab is known where I look, so it is not on sale there.",
        "**Nothing is known of its worth**: no sale of this grade, and no valuation.",
    ]


def test_what_nobody_knows_is_unknown_and_not_an_error() -> None:
    embed = shown(slab=None, offers=(), valuation=None)
    assert embed.title == "Not a slab that I know"
    assert (embed.description or "").startswith("I have never seen it, and nobody I may ask knows it")
    assert (embed.description or "").endswith("or a link to the card, may tell me more.")


def test_hostile_words_are_shown_as_they_are_and_everything_fits() -> None:
    evil = "@everyone **bold** [x](https://evil.com) \u202e" * 50
    slab = msgspec.structs.replace(a_slab(), title=evil, certificate="`" * 40, image_url="javascript:x")
    named = tuple(Evidence(EvidenceKind.ALT, DOLLAR, 80, asset_name=evil) for _ in range(50))
    valuation = Valuation(DOLLAR, 1, 2, 80, named)
    silent = tuple(Unanswered(evil + str(n), evil) for n in range(50))
    embed = shown(slab=slab, valuation=valuation, unanswered=silent, offers=(OFFER,) * 50)
    text = str(embed.to_dict())
    assert "@everyone" not in text
    assert "](https://evil" not in text
    assert embed.thumbnail.url is None
    assert len(embed) <= 6_000
    assert all(len(field.value or "") <= 1_024 for field in embed.fields)


def labels(found: Inspection) -> list[str | None]:
    buttons = inspection_view(found).children
    return [button.label for button in buttons if isinstance(button, discord.ui.Button)]


async def test_each_market_place_has_one_link_and_alt_its_page() -> None:
    at_eden = msgspec.structs.replace(OFFER, venue=Venue.ME)
    found = msgspec.structs.replace(FOUND, offers=(OFFER, at_eden, at_eden), alt_asset_id="asset-1")
    assert labels(found) == ["Collector Crypt", "Magic Eden", "ALT"]
    assert labels(FOUND) == ["Collector Crypt"]
