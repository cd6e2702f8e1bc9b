"""What a person gets from /deals and from the buttons of a post, privately and in time."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from core.domain.deals import DealTier
from core.domain.listings import SourceName
from core.domain.money import Amount, Unit
from core.domain.operations import SourceHealth
from core.domain.posts import BuyCheck, BuyState, DealPage, DealView
from core.errors import SourceUnavailable
from core.simulator.app import Simulator
from core.simulator.discord.interactions import Interaction, State
from core.simulator.discord.messages import Message
from core.simulator.discord.population import DEALS_ID, GENERAL_ID, GUILD_ID, TOM_ID, WES_ID
from tests.cogs.conftest import Stage, staged
from tests.cogs.deal_posts import DOLLAR, MINT, NOW, a_deal, a_post
from tests.cogs.memory import Memory, StepClock


@pytest.fixture
async def posted(stage: Stage) -> Message:
    """A deal in the channel, known as post 7, and still on sale at its price."""
    deal = a_deal()
    stage.memory.deals.deals[7] = deal
    stage.memory.deals.checks[7] = BuyCheck(
        deal, BuyState.LIVE, deal.price, deal.price_usd_micros, stage.clock.now()
    )
    stage.memory.posts.wanted.append(a_post(7, DEALS_ID, GUILD_ID))
    await stage.publisher.publish_due()
    return stage.messages()[0]


async def pressed(
    stage: Stage, message: Message, custom_id: str, *, person: int = TOM_ID, count: int = 1
) -> list[Message]:
    return await stage.answers(await stage.discord.people.press(person, message.id, custom_id), count)


def text_of(message: Message) -> str:
    """What a person reads, content and embed alike."""
    embeds = message.payload["embeds"]
    return str(message.payload["content"] or (embeds[0].get("description", "") if embeds else ""))


async def test_buy_answers_privately_with_a_fresh_look_and_a_link(stage: Stage, posted: Message) -> None:
    (answer,) = await pressed(stage, posted, "v1:buy:7")
    assert answer.ephemeral_to == TOM_ID
    assert text_of(answer).startswith("**Still on sale** at $80.00")
    ((link,),) = [row["components"] for row in answer.payload["components"]]
    assert link["url"] == f"https://collectorcrypt.com/assets/solana/{MINT}"


async def test_buy_says_what_has_changed(stage: Stage, posted: Message) -> None:
    dearer = Amount(95 * DOLLAR, Unit.USD_MICROS)
    checks = stage.memory.deals.checks
    checks[7] = BuyCheck(a_deal(), BuyState.REPRICED, dearer, dearer.value, stage.clock.now())
    (answer,) = await pressed(stage, posted, "v1:buy:7")
    assert "**The price has changed**: $80.00 → $95.00" in text_of(answer)


async def test_copy_answers_with_one_value_a_message_and_nothing_else(stage: Stage, posted: Message) -> None:
    answers = await pressed(stage, posted, "v1:copy:7", count=2)
    assert [answer.payload["content"] for answer in answers] == ["12345678", MINT]
    assert {answer.ephemeral_to for answer in answers} == {TOM_ID}
    assert not any(answer.payload["embeds"] for answer in answers)


async def test_pressing_twice_and_by_two_people_is_harmless(stage: Stage, posted: Message) -> None:
    for person in (TOM_ID, TOM_ID, WES_ID):
        (answer,) = await pressed(stage, posted, "v1:buy:7", person=person)
        assert answer.ephemeral_to == person
    assert stage.messages() == [posted]


@pytest.mark.parametrize(("custom_id", "count"), [("v1:buy:7", 1), ("v1:copy:7", 2)])
async def test_two_people_who_press_twice_at_once_are_each_answered_each_time(
    stage: Stage, posted: Message, custom_id: str, count: int
) -> None:
    people = (TOM_ID, TOM_ID, WES_ID, WES_ID)
    answers = await asyncio.gather(
        *(pressed(stage, posted, custom_id, person=person, count=count) for person in people)
    )
    assert [{answer.ephemeral_to for answer in each} for each in answers] == [{person} for person in people]
    assert len({tuple(map(text_of, each)) for each in answers}) == 1
    assert stage.messages() == [posted]


async def test_buy_acknowledges_at_once_however_slow_the_market_place_is(
    stage: Stage, posted: Message
) -> None:
    stage.memory.deals.gate.clear()
    press = await stage.discord.people.press(TOM_ID, posted.id, "v1:buy:7")
    assert (press.state, press.is_settled) == (State.DEFERRED, False)
    stage.memory.deals.gate.set()
    (answer,) = await stage.answers(press)
    assert text_of(answer).startswith("**Still on sale**")


async def test_buttons_live_through_a_restart(simulator: Simulator, memory: Memory, clock: StepClock) -> None:
    memory.deals.deals[7] = a_deal()
    memory.posts.wanted.append(a_post(7, DEALS_ID, GUILD_ID))
    async with staged(simulator, memory, clock) as before:
        await before.publisher.publish_due()
    async with staged(simulator, memory, clock) as after:
        (message,) = after.messages()
        assert len(await pressed(after, message, "v1:copy:7", count=2)) == 2


async def test_a_post_that_is_not_known_any_more_says_so(stage: Stage, posted: Message) -> None:
    stage.memory.deals.deals.clear()
    (answer,) = await pressed(stage, posted, "v1:buy:7")
    assert text_of(answer) == "This post is not known any more."


async def test_a_vendor_that_is_down_is_named_with_since_when(stage: Stage, posted: Message) -> None:
    since = NOW - timedelta(minutes=5)
    stage.memory.operations.health = (SourceHealth("collectorcrypt", is_down=True, since=since),)
    stage.memory.deals.error = SourceUnavailable(SourceName.COLLECTOR_CRYPT, "timeout")
    (answer,) = await pressed(stage, posted, "v1:buy:7")
    assert text_of(answer) == (
        f"Collector Crypt does not answer right now (since <t:{int(since.timestamp())}:R>), "
        "so I cannot tell whether this is still on sale. Nothing was lost; try again in a minute."
    )


async def test_since_when_is_left_out_rather_than_the_sentence(stage: Stage, posted: Message) -> None:
    stage.memory.operations.error = RuntimeError("no database")
    stage.memory.deals.error = SourceUnavailable(SourceName.MAGIC_EDEN, "timeout")
    (answer,) = await pressed(stage, posted, "v1:buy:7")
    assert text_of(answer).startswith("Magic Eden does not answer right now, so I cannot tell whether")


@pytest.mark.parametrize("custom_id", ["v1:buy:7", "v1:copy:7"])
async def test_a_bug_behind_a_button_is_logged_once_and_shown_as_its_reference(
    stage: Stage, posted: Message, custom_id: str
) -> None:
    stage.memory.deals.error = RuntimeError("secret detail")
    with capture_logs() as logs:
        (answer,) = await pressed(stage, posted, custom_id)
    (line,) = [entry for entry in logs if entry["event"] == "bug"]
    assert text_of(answer) == (
        f"Something went wrong on our side; nothing you did. Reference `{line['reference']}`."
    )
    assert line["subject"] == custom_id


async def latest(stage: Stage, **options: str) -> tuple[Interaction, Message]:
    interaction = await stage.discord.people.run_command(WES_ID, GENERAL_ID, "deals latest", options)
    (answer,) = await stage.answers(interaction)
    return interaction, answer


async def test_latest_lists_the_newest_open_deals_privately(stage: Stage) -> None:
    stage.memory.deals.page = DealPage((DealView(1, a_deal(), NOW, is_open=True),))
    _, answer = await latest(stage)
    assert answer.ephemeral_to == WES_ID
    (field,) = answer.payload["embeds"][0]["fields"]
    assert field["name"].startswith("GOLD · ")
    assert stage.memory.deals.asked == [(None, GUILD_ID)]


async def test_latest_of_a_tier_asks_for_that_tier(stage: Stage) -> None:
    _, answer = await latest(stage, tier="gold")
    assert stage.memory.deals.asked == [(DealTier.GOLD, GUILD_ID)]
    assert answer.payload["embeds"][0]["title"] == "Newest open GOLD deals"


async def test_an_empty_list_before_setup_says_what_to_do(stage: Stage) -> None:
    _, answer = await latest(stage)
    assert "`/setup`" in text_of(answer)


async def test_latest_says_which_source_new_listings_wait_for(stage: Stage) -> None:
    alt = SourceHealth("alt", is_down=True, since=NOW)
    stage.memory.deals.page = DealPage((), waits_for=(alt,))
    _, answer = await latest(stage)
    said = f"ALT stopped answering <t:{int(NOW.timestamp())}:R>: new listings wait for it."
    assert text_of(answer).split("\n")[1:] == [said]


async def test_a_bug_behind_a_command_is_logged_once_and_shown_as_its_reference(stage: Stage) -> None:
    stage.memory.deals.error = RuntimeError("secret detail")
    with capture_logs() as logs:
        _, answer = await latest(stage)
    (line,) = [entry for entry in logs if entry["event"] == "bug"]
    assert line["reference"] in text_of(answer)
    assert "secret" not in text_of(answer)
    assert line["subject"] == "deals latest"


async def test_what_became_of_commands_and_buttons_is_counted(stage: Stage, posted: Message) -> None:
    await pressed(stage, posted, "v1:buy:7")
    stage.memory.deals.error = RuntimeError("boom")
    await pressed(stage, posted, "v1:buy:7")
    exposed = stage.bot.metrics.exposition().decode()
    assert 'cartel_interactions_total{command="v1:buy",outcome="ok"} 1.0' in exposed
    assert 'cartel_interactions_total{command="v1:buy",outcome="RuntimeError"} 1.0' in exposed
