"""A deal in whole sentences: whatever it is, somebody who has read nothing understands what to do."""

import pytest

from cogs.ui.explanations import digest_explanation, explanation_embed
from core.domain.deals import DealTier
from core.domain.listings import Reported
from core.domain.posts import Closing, DigestLine, DigestPost
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


def test_a_deal_that_is_over_says_so() -> None:
    closed = a_deal(closing=Closing(Reported.SOLD, NOW))
    assert "**It is over**" in (explanation_embed(closed).description or "")


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
