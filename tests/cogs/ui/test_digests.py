"""A digest as a message: two lines a deal, never longer than Discord takes, struck through when over."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from cogs.ui.digests import LENGTH_MAX, digest_embed
from cogs.ui.posts import mark_of, message_of
from cogs.ui.text import units
from core.domain.deals import DealTier
from core.domain.digests import LINES_MAX, digest, with_closing
from core.domain.listings import Reported, Venue
from core.domain.money import Amount, Unit
from core.domain.posts import Closing, DigestPost
from tests.cogs.deal_posts import DOLLAR, MINT, NOW, a_deal


def text_of(shown: DigestPost) -> str:
    return digest_embed(shown, 12).description or ""


def test_a_digest_says_what_each_deal_is_and_where() -> None:
    found = {
        1: a_deal(tier=DealTier.INFO, price=Amount(10**9 // 2, Unit.LAMPORTS)),
        2: a_deal(tier=DealTier.LOOK),
    }
    head, first, facts, *rest = text_of(digest(found, NOW)).split("\n")
    assert head == f"**2 more deals**, the first found <t:{int(NOW.timestamp())}:R>"
    assert first == "**INFO** · [PSA 10] 1999 #4 Charizard Pokemon Base Set"
    page = f"[Collector Crypt](https://collectorcrypt.com/assets/solana/{MINT})"
    assert facts == f"0.5 SOL ($80.00) → worth $160.00 · 50 % under · +$56.00 · {page}"
    assert rest[0].startswith("**LOOK**")


def test_what_was_left_out_is_counted() -> None:
    found = {n: a_deal(tier=DealTier.INFO) for n in range(LINES_MAX + 5)}
    shown = text_of(digest(found, NOW))
    assert shown.startswith(f"**{LINES_MAX + 5} more deals**")
    assert shown.endswith("… and 5 more: `/deals latest`")


def test_a_deal_that_is_over_is_struck_through_with_its_end() -> None:
    made = digest({1: a_deal()}, NOW)
    sold = with_closing(made, 1, Closing(Reported.SOLD, NOW, paid=Amount(75 * DOLLAR, Unit.USD_MICROS)))
    assert "~~[PSA 10] 1999 #4 Charizard Pokemon Base Set~~" in text_of(sold)
    assert "$80.00 → sold at $75.00" in text_of(sold)
    gone = with_closing(made, 1, Closing(Reported.GONE, NOW))
    assert "$80.00 → no longer on sale ·" in text_of(gone)
    repriced = Closing(Reported.LISTED, NOW, new_ask=Amount(90 * DOLLAR, Unit.USD_MICROS))
    assert "$80.00 → repriced at $90.00" in text_of(with_closing(made, 1, repriced))


@given(st.lists(st.tuples(st.text(max_size=300), st.sampled_from(Venue)), min_size=1, max_size=40))
def test_a_digest_fits_into_a_message_whatever_the_titles_are(found: list[tuple[str, Venue]]) -> None:
    deals = {n: a_deal(title=title, venue=venue, mint=title[:60]) for n, (title, venue) in enumerate(found)}
    made = digest(deals, NOW)
    shown = text_of(made)
    assert units(shown) <= LENGTH_MAX
    assert "@everyone" not in shown
    assert len(shown.split("\n")) >= 2


def test_a_digest_carries_its_mark_and_no_buttons() -> None:
    message = message_of(digest({1: a_deal()}, NOW), post_id=12, now=NOW, sent_at=None)
    assert (message.embed.url or "").endswith(mark_of(12))
    assert (message.view, message.content, message.embed.title) == (None, None, None)


def test_the_longest_titles_cost_lines_and_these_are_counted() -> None:
    long = "🂡" * 300
    found = {n: a_deal(title=long, mint="m" * 100) for n in range(LINES_MAX)}
    made = msgspec.structs.replace(digest(found, NOW), more=2)
    shown = text_of(made)
    names = sum(line.startswith("**GOLD**") for line in shown.split("\n"))
    assert shown.endswith(f"… and {LINES_MAX + 2 - names} more: `/deals latest`")
