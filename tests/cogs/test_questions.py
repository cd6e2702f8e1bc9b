"""What a person is answered who asks about a deal: /deals latest, inspect and why, and the message's menu."""

from datetime import timedelta

from core.domain.deals import DEFAULT_POLICY, Deal, DealTier, Rejection
from core.domain.deals import Reason as Why
from core.domain.filters import DealFilter
from core.domain.inspections import Inspection, Offer, Unanswered
from core.domain.listings import Mint, Venue
from core.domain.posts import DealPage, DealView, DigestPost
from core.domain.traces import Trace
from core.errors import InvalidInput
from core.simulator.discord.messages import Message
from core.simulator.discord.population import DEALS_ID, GENERAL_ID, GUILD_ID, TOM_ID, WES_ID
from tests.cogs.conftest import Stage, staged
from tests.cogs.deal_posts import DOLLAR, MINT, NOW, a_deal, a_post
from tests.cogs.ui.looks import a_line, a_slab, a_version

OLDER = "v1:page:1:b41"


def page(*, next_before: int | None = None) -> DealPage:
    return DealPage((DealView(41, a_deal(), NOW, is_open=True),), next_before)


async def asked(stage: Stage, command: str, **options: object) -> Message:
    act = stage.discord.people.run_command(WES_ID, GENERAL_ID, command, options)
    (answer,) = await stage.answers(await act)
    assert answer.ephemeral_to == WES_ID
    return answer


def embed_of(message: Message) -> dict[str, object]:
    return dict(message.payload["embeds"][0])


def said(message: Message) -> str:
    return str(message.payload["content"] or embed_of(message).get("description", ""))


async def test_latest_asks_for_what_was_chosen(stage: Stage) -> None:
    stage.memory.deals.page = page()
    options = {"tier": "gold", "grader": "PSA", "category": "Pokemon", "price_max": 100, "discount_min": 30}
    answer = await asked(stage, "deals latest", **options, venue="me", text="charizard")
    where = DealFilter(DealTier.GOLD, "PSA", "Pokemon", 100 * DOLLAR, 3_000, Venue.ME, "charizard")  # type: ignore[arg-type]
    assert stage.memory.deals.filters == [where]
    title = str(embed_of(answer)["title"])
    assert title.endswith("PSA · Pokemon · up to $100.00 · at least 30 % under · Magic Eden · “charizard”")
    assert answer.payload["components"] == []


async def test_a_search_in_vain_says_so(stage: Stage) -> None:
    assert (
        said(await asked(stage, "deals latest", text="nothing")) == "No open deal fits. Leave out a filter."
    )


async def test_games_are_proposed_as_they_are_typed(stage: Stage) -> None:
    stage.memory.deals.games = ("Magic: The Gathering", "One Piece", "Pokemon")
    typed = await stage.discord.people.autocomplete(
        WES_ID, GENERAL_ID, "deals latest", {"category": "p"}, "category"
    )
    assert [choice["value"] for choice in typed.choices or []] == ["One Piece", "Pokemon"]


async def test_a_game_without_a_letter_that_shows_takes_no_other_proposal_away(stage: Stage) -> None:
    stage.memory.deals.games = ("\u200b\u202e", "Pokemon")
    typed = await stage.discord.people.autocomplete(
        WES_ID, GENERAL_ID, "deals latest", {"category": ""}, "category"
    )
    assert [choice["value"] for choice in typed.choices or []] == ["Pokemon"]


async def test_pages_are_turned_in_the_same_message_also_after_a_restart(stage: Stage) -> None:
    stage.memory.deals.page = page(next_before=41)
    answer = await asked(stage, "deals latest")
    labels = [
        (button["label"], button["disabled"]) for button in answer.payload["components"][0]["components"]
    ]
    assert labels == [("◀ Newer", True), ("Older ▶", False), ("Newest", False)]
    async with staged(stage.simulator, stage.memory, stage.clock) as after:
        stage.memory.deals.page = DealPage((), has_newer=True)
        turn = await after.discord.people.settled(await after.discord.people.press(WES_ID, answer.id, OLDER))
    assert stage.memory.deals.turns == [(1, 41, None)]
    assert said(answer) == "None further that is still open."
    assert turn.followups == []


async def test_inspect_answers_privately_with_links(stage: Stage) -> None:
    offer = Offer(Venue.CC, "seller", a_deal().price, 80 * DOLLAR, NOW, result=Deal(DealTier.GOLD, 5_000, 1))
    slab = a_slab()
    stage.memory.inspections.found = Inspection(DEFAULT_POLICY, NOW, Mint(MINT), slab, (offer,))
    answer = await asked(stage, "deals inspect", what=MINT)
    assert stage.memory.inspections.asked == [(MINT, GUILD_ID)]
    assert said(answer).startswith("On sale at Collector Crypt for **$80.00**")
    (link,) = answer.payload["components"][0]["components"]
    assert link["url"] == f"https://collectorcrypt.com/assets/solana/{MINT}"


async def test_inspect_says_what_it_does_not_understand(stage: Stage) -> None:
    stage.memory.inspections.found = InvalidInput("I did not understand that.")
    assert said(await asked(stage, "deals inspect", what="?")) == "I did not understand that."


async def test_inspect_names_who_is_silent_when_nobody_knows_it(stage: Stage) -> None:
    silent = (Unanswered("collectorcrypt", "timeout"),)
    stage.memory.inspections.found = Inspection(DEFAULT_POLICY, NOW, Mint(MINT), unanswered=silent)
    answer = await asked(stage, "deals inspect", what=MINT)
    assert said(answer) == "Nobody who answered knows what this is. Try again in a minute."
    fields = {field["name"]: field["value"] for field in answer.payload["embeds"][0]["fields"]}
    assert fields["What is missing"] == "Collector Crypt does not answer now."


async def test_why_tells_the_story_of_the_listing(stage: Stage) -> None:
    trace = Trace(Mint(MINT), a_slab(), DEFAULT_POLICY, (a_line(a_version(Rejection(Why.TOO_DEAR, 1_420))),))
    stage.memory.traces.found = trace
    answer = await asked(stage, "deals why", what=MINT)
    story = answer.payload["embeds"][0]["fields"][0]
    assert "**No deal**: 14.2 % under its value, 15 % under is asked for" in story["value"]
    assert stage.memory.traces.asked == [(MINT, GUILD_ID)]


async def explained(stage: Stage, message: Message, person: int = TOM_ID) -> Message:
    act = stage.discord.people.use_menu(person, message.channel_id, "Explain this deal", message.id)
    (answer,) = await stage.answers(await act)
    assert answer.ephemeral_to == person
    return answer


async def test_a_deal_of_ours_is_explained_in_whole_sentences(stage: Stage) -> None:
    stage.memory.posts.wanted.append(a_post(7, DEALS_ID, GUILD_ID))
    await stage.publisher.publish_due()
    (message,) = stage.messages()
    stage.memory.deals.messages[message.id] = a_deal()
    answer = await explained(stage, message)
    assert said(answer).startswith("Somebody offers this card at Collector Crypt for **$80.00**.")
    names = [field["name"] for field in answer.payload["embeds"][0]["fields"]]
    assert names[-1] == "What the buttons do"


async def test_a_digest_is_explained_by_its_first_lines(stage: Stage) -> None:
    message = stage.discord.people.write(TOM_ID, GENERAL_ID, "stands in for a digest")
    stage.memory.deals.messages[message.id] = DigestPost((), 12, NOW - timedelta(hours=1))
    assert "This is a digest" in said(await explained(stage, message))


async def test_any_other_message_is_no_deal_of_ours(stage: Stage) -> None:
    message = stage.discord.people.write(TOM_ID, GENERAL_ID, "hello")
    assert said(await explained(stage, message)).startswith("This is not a deal of mine.")
