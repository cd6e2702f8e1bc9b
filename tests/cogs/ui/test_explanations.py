"""A deal in whole sentences: whatever it is, somebody who has read nothing understands what to do."""

import pytest

from cogs.ui.deals import deal_view
from cogs.ui.explanations import digest_explanation, explanation_embed
from core.domain.deals import DealTier
from core.domain.listings import Reported, Venue
from core.domain.posts import Closing, DealPost, DigestLine, DigestPost
from core.domain.valuation import Evidence, EvidenceKind
from tests.cogs.deal_posts import DOLLAR, GOOD_DEAL, NOW, a_deal

LINE = DigestLine(
    version_id=1,
    **{
        name: getattr(GOOD_DEAL, name)
        for name in DigestLine.__struct_fields__
        if name not in {"version_id", "closing"}
    },
)


def test_the_offer_its_worth_and_the_call_come_first() -> None:
    text = explanation_embed(a_deal()).description or ""
    assert text.split("\n")[0].startswith(
        "Somebody offers this card at Collector Crypt for **$80.00**. PSA has graded it 10"
    )
    assert "about **$160.00**: the price is **50 % under** that" in text
    assert "**GOLD** is our strongest call" in text


@pytest.mark.parametrize("tier", DealTier)
def test_every_call_has_a_sentence(tier: DealTier) -> None:
    assert f"**{tier.upper()}**" in (explanation_embed(a_deal(tier=tier)).description or "")


@pytest.mark.parametrize("kind", EvidenceKind)
def test_every_kind_of_evidence_has_a_risk(kind: EvidenceKind) -> None:
    deal = a_deal(evidence=(Evidence(kind, 160 * DOLLAR, 80),))
    risks = next(field for field in explanation_embed(deal).fields if field.name == "What could be wrong")
    assert len(str(risks.value).split("\n")) == 3


def test_how_sure_it_is_is_said_in_numbers_and_with_what_is_missing() -> None:
    deal = a_deal(missing=("no sales of this grade in 90 days",), silent=("alt",))
    sure = next(field for field in explanation_embed(deal).fields if field.name == "How sure that is")
    assert str(sure.value).split("\n") == [
        "Confidence 82 of 100: of a hundred values of which we are so sure, about 82 are truly within their "
        "range. This one's is $150.00 – $180.00.",
        "Missing: no sales of this grade in 90 days.",
        "ALT gave no answer when it was valued.",
    ]


CLOSINGS = [
    (Closing(Reported.SOLD, NOW), "It was sold since."),
    (Closing(Reported.DELISTED, NOW), "It was taken off the market since."),
    (Closing(Reported.GONE, NOW), "It is no longer on sale."),
    (Closing(Reported.LISTED, NOW), "Its price changed since."),
    (Closing(Reported.LISTED, NOW, new_ask=GOOD_DEAL.price), "Its price changed since."),
]


@pytest.mark.parametrize(("closing", "ending"), CLOSINGS)
def test_a_deal_that_is_over_says_how_and_that_it_was(closing: Closing, ending: str) -> None:
    embed = explanation_embed(a_deal(closing=closing))
    text = embed.description or ""
    assert text.startswith("Somebody offered this card at Collector Crypt for **$80.00**.")
    assert (
        "We thought it was worth about **$160.00**: the price was **50 % under** that. "
        "Sold again at its value it would have left +$56.00 after fees." in text
    )
    assert text.endswith(f"\n**{ending}**")
    assert embed.fields[0].name == "Why we thought it was worth that"
    assert "Buy" not in str(embed.to_dict())
    assert "Good offers live for seconds" not in str(embed.to_dict())


@pytest.mark.parametrize(
    ("cents", "is_open", "said"),
    [
        (5_600, True, "would leave +$56.00 after fees"),
        (0, True, "would break even after fees"),
        (-400, True, "would lose $4.00 after fees"),
        (0, False, "would have broken even after fees"),
        (-400, False, "would have lost $4.00 after fees"),
    ],
)
def test_what_is_left_is_said_in_a_whole_sentence(cents: int, is_open: bool, said: str) -> None:
    closing = None if is_open else Closing(Reported.SOLD, NOW)
    deal = a_deal(net_profit_usd_micros=cents * DOLLAR // 100, closing=closing)
    assert f"Sold again at its value it {said}." in (explanation_embed(deal).description or "")


@pytest.mark.parametrize(
    ("deal", "opens", "others"),
    [
        (a_deal(), "`CC`, `ALT`, `ME` open the card's pages there.", ["`Buy`", "`Copy`"]),
        (a_deal(tier=DealTier.LOOK, alt_asset_id=""), "`CC`, `ME` open the card's pages there.",
         ["`Buy`", "`Copy`"]),
        (a_deal(venue=Venue.BEEZIE, alt_asset_id=""), "`Beezie` opens the card's page there.",
         ["`Buy`", "`Copy`"]),
        (a_deal(tier=DealTier.SUSPICIOUS), "`CC`, `ALT`, `ME` open the card's pages there.", ["`Copy`"]),
        (a_deal(closing=CLOSINGS[0][0]), "`CC`, `ALT`, `ME` open the card's pages there.", ["`Copy`"]),
    ],
)  # fmt: skip
def test_the_buttons_are_those_of_the_post_in_its_order(
    deal: DealPost, opens: str, others: list[str]
) -> None:
    embed = explanation_embed(deal)
    [first, *rest] = str(embed.fields[-1].value).split("\n")
    assert first == opens
    assert [line.split(" ")[0] for line in rest] == others
    named = [word.strip("`,") for line in (first, *rest) for word in line.split() if word[0] == "`"]
    [row] = deal_view(deal, 1).to_components()
    assert named == [button["label"] for button in row["components"] if not button["disabled"]]
    assert ("`Buy`" in str(embed.to_dict())) is ("`Buy`" in others)


def test_a_digest_shows_its_first_lines_and_how_many_more_there_are() -> None:
    text = digest_explanation(DigestPost((LINE,) * 5, 4, NOW)).description or ""
    assert text.count("is offered at [Collector Crypt](https://collectorcrypt.com/assets/solana/") == 3
    assert "… and 6 further deals." in text


def test_the_longest_deal_fits() -> None:
    evil = "@everyone **x** " * 99
    evidence = tuple(Evidence(EvidenceKind.ALT, DOLLAR, 80, asset_name=evil) for _ in range(40))
    embed = explanation_embed(
        a_deal(title=evil, evidence=evidence, missing=(evil,) * 40, silent=(evil,) * 40)
    )
    assert len(embed) <= 6_000
    assert all(len(field.value or "") <= 1_024 for field in embed.fields)
    assert "@everyone" not in str(embed.to_dict())
