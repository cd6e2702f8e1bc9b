"""What people read of followed wallets, hostile words and unknown cards included."""

from datetime import timedelta

import msgspec
import pytest

from cogs.ui.follows import follow_choices, follow_embed, follow_more_embed, follows_embed
from cogs.ui.posts import mark_of, message_of
from core.domain.catalog import Grade, Grader
from core.domain.follows import Follow, FollowedWallet, FollowKind, FollowMorePost, FollowPost
from core.domain.listings import Chain, Mint, Venue, Wallet
from core.domain.posts import Payload
from core.domain.revaluations import RevaluationPost, RevaluationState, Span
from tests.databases import NOW
from tests.services.reports import sol, usd

WHALE = Wallet("7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU")
OTHER = Wallet("9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM")
POST = FollowPost(
    kind=FollowKind.SOLD,
    followed=(FollowedWallet(WHALE, "whale"),),
    seller=WHALE,
    buyer=OTHER,
    chain=Chain.SOLANA,
    mint=Mint("So11111111111111111111111111111111111111112"),
    venue=Venue.CC,
    at=NOW,
    title="2024 #017 Nico Robin PSA 10",
    grader=Grader.PSA,
    grade=Grade(100),
    certificate="12345678",
    price=usd(80),
    price_usd_micros=usd(80).value,
    value_usd_micros=usd(160).value,
)
SAID_WHALE, SAID_OTHER = "**whale** `7xKX…gAsU`", "`9WzD…AWWM`"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, f"{SAID_WHALE} **sold** it for **$80.00** to {SAID_OTHER}."),
        ({"buyer": None}, f"{SAID_WHALE} **sold** it for **$80.00**."),
        ({"price": None}, f"{SAID_WHALE} **sold** it to {SAID_OTHER}."),
        ({"seller": OTHER, "buyer": WHALE}, f"{SAID_WHALE} **bought** it for **$80.00** from {SAID_OTHER}."),
        ({"kind": FollowKind.LISTED, "buyer": None}, f"{SAID_WHALE} **lists** it for **$80.00**."),
        ({"kind": FollowKind.LISTED, "price": sol(2)}, f"{SAID_WHALE} **lists** it for **2 SOL ($80.00)**."),
        ({"kind": FollowKind.DELISTED}, f"{SAID_WHALE} **took it off the market**."),
        ({"kind": FollowKind.GONE}, f"{SAID_WHALE} offers it **no longer**; no sale was reported."),
        ({"followed": (FollowedWallet(WHALE),)}, f"`7xKX…gAsU` **sold** it for **$80.00** to {SAID_OTHER}."),
    ],
)
def test_each_event_is_one_sentence(changes: dict[str, object], said: str) -> None:
    embed = follow_embed(msgspec.structs.replace(POST, **changes), "#post-1")
    assert str(embed.description).split("\n")[0] == said


def test_our_value_stands_below_and_whole_addresses_can_be_copied() -> None:
    embed = follow_embed(POST, "#post-1")
    assert embed.title == "[PSA 10] 2024 \\#017 Nico Robin".replace("\\#", "#")
    assert "Our value is $160.00, so the price is 50 % under." in str(embed.description)
    assert [(field.name, field.value) for field in embed.fields] == [
        ("Wallet · whale", f"`{WHALE}`"),
        ("Token", f"`{POST.mint}`"),
    ]
    assert str(embed.url).endswith("#post-1")


@pytest.mark.parametrize(
    ("venue", "pages"),
    [
        (Venue.CC, "[Collector Crypt](https://collectorcrypt.com/assets/solana/{0}) · "
                   "[Magic Eden](https://magiceden.io/item-details/{0})"),
        (Venue.ME, "[Magic Eden](https://magiceden.io/item-details/{0}) · "
                   "[Collector Crypt](https://collectorcrypt.com/assets/solana/{0})"),
        (Venue.COURTYARD, "[Courtyard](https://courtyard.io/asset/{0})"),
    ],
)  # fmt: skip
def test_links_lead_to_the_order_first(venue: Venue, pages: str) -> None:
    embed = follow_embed(msgspec.structs.replace(POST, venue=venue), "#post-1")
    at = f"<t:{int(NOW.timestamp())}:R>"
    assert str(embed.description).split("\n")[-1] == f"{at} · {pages.format(POST.mint)}"


def test_an_unknown_card_is_its_token() -> None:
    unknown = msgspec.structs.replace(POST, title="", grader=None, grade=None, value_usd_micros=None)
    embed = follow_embed(unknown, "#post-1")
    assert embed.title == "Token So11…1112"
    assert "Our value" not in str(embed.description)


def test_hostile_words_are_shown_as_they_are_and_do_nothing() -> None:
    hostile = "<@1> @everyone [x](http://evil) `"
    post = msgspec.structs.replace(
        POST, followed=(FollowedWallet(WHALE, hostile),), title=hostile * 20, image_url="javascript:alert(1)"
    )
    embed = follow_embed(post, "#post-1")
    text = f"{embed.title}{embed.description}"
    assert "<@1>" not in text
    assert "@everyone" not in text
    assert "](http://" not in text
    assert embed.thumbnail.url is None


@pytest.mark.parametrize(
    "payload",
    [
        POST,
        FollowMorePost(1, 30, NOW),
        RevaluationPost(1, Span.ALL, RevaluationState.RUNNING, total=1, cut=0, created_at=NOW),
    ],
)
async def test_each_message_is_known_again_after_a_crash(payload: Payload) -> None:
    message = message_of(payload, post_id=7, now=NOW, sent_at=None)
    assert str(message.embed.url).endswith(mark_of(7))
    assert message.content is None


def test_what_was_too_much_is_one_line() -> None:
    said = follow_more_embed(FollowMorePost(1_234, 30, NOW)).description
    assert (
        said
        == f"… and 1,234 more in the hour from <t:{int(NOW.timestamp())}:R>, after the 30 that were shown."
    )


def a_follow(n: int, label: str = "") -> Follow:
    wallet = Wallet(f"{OTHER[:-2]}{n:02}")
    return Follow(n, 50, 7, wallet, label, NOW + timedelta(minutes=n))


def test_the_longest_list_fits_into_a_message() -> None:
    following = [msgspec.structs.replace(a_follow(n, "*" * 32), paused_because="<" * 300) for n in range(25)]
    embed = follows_embed(following)
    assert len(str(embed.description)) <= 4_096
    assert "more" in str(embed.description)


def test_choices_are_those_whose_label_or_address_has_what_was_typed() -> None:
    following = [a_follow(1, "Big whale"), a_follow(2, "fish"), *(a_follow(n) for n in range(3, 40))]
    assert [choice.name for choice in follow_choices(following, "WHALE")] == ["Big whale · 9WzD…AW01"]
    assert [choice.value for choice in follow_choices(following, "AW02")] == [following[1].wallet]
    assert len(follow_choices(following, "")) == 25
    assert follow_choices(following, "nobody") == []
