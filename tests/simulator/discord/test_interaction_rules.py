"""What Discord lets a bot do with an interaction and what not, as the real client is told."""

import io

import discord
import pytest

from core.simulator.discord.interactions import State
from core.simulator.discord.limits import INTERACTION_FIRST_ANSWER_S, INTERACTION_TOKEN_S
from core.simulator.discord.population import ADA_ID, BOT_ID, DEALS_ID, TOM_ID
from tests.simulator.discord.conftest import LookAlike, StartBot
from tests.simulator.discord.stage import Act, Asked, Stage, form, one_button, raw

ACKNOWLEDGED, TOO_LATE, NO_WEBHOOK, EXPIRED = (400, 40060), (404, 10062), (404, 10015), (401, 50027)


@pytest.fixture
async def stage(look_alike: LookAlike, start_bot: StartBot) -> Stage:
    made = Stage(look_alike)
    await start_bot(made.bot)
    return made


def passing(stage: Stage, seconds: float) -> Act:
    async def act(_: Asked) -> None:
        stage.look_alike.clock.step(seconds)

    return act


async def say(interaction: Asked) -> None:
    await interaction.response.send_message("said", ephemeral=True)


async def think(interaction: Asked) -> None:
    await interaction.response.defer(ephemeral=True, thinking=True)


async def ask(interaction: Asked) -> None:
    await interaction.response.send_modal(form())


async def follow(interaction: Asked) -> None:
    await interaction.followup.send("more")


async def edit(interaction: Asked) -> None:
    await interaction.edit_original_response(content="edited")


async def fetch(interaction: Asked) -> None:
    await interaction.original_response()


async def delete(interaction: Asked) -> None:
    await interaction.delete_original_response()


async def update(interaction: Asked) -> None:
    await interaction.response.edit_message(content="updated")


async def empty(interaction: Asked) -> None:
    await interaction.response.edit_message(content=None, view=None)


@pytest.mark.parametrize("answer", [say, think, ask])
async def test_an_answer_after_three_seconds_is_10062_for_the_client(stage: Stage, answer: Act) -> None:
    outcome = await stage.run(passing(stage, INTERACTION_FIRST_ANSWER_S + 0.5), answer)
    assert stage.codes == [TOO_LATE]
    assert isinstance(stage.refused[0], discord.NotFound)
    assert outcome.state is State.WAITING


@pytest.mark.parametrize("first", [4, 5])
@pytest.mark.parametrize("second", [say, think, ask])
async def test_what_another_process_has_answered_is_40060_for_the_client(
    stage: Stage, first: int, second: Act
) -> None:
    outcome = await stage.run(raw(stage, first, content="first"), second)
    assert stage.codes == [ACKNOWLEDGED]
    assert outcome.modal is None
    assert len(stage.look_alike.world.messages.all_in(DEALS_ID)) == 1


async def test_a_form_is_not_answered_with_a_form(stage: Stage) -> None:
    await stage.run(ask)
    outcome = await stage.submit(raw(stage, 9, title="t", custom_id="f", components=[]), say)
    asked = stage.look_alike.world.ledger.requests(route="/interactions/{interaction_id}/{token}/callback")
    assert [request.status for request in asked] == [200, 400, 200]
    assert (stage.codes, outcome.state) == ([], State.ANSWERED)


@pytest.mark.parametrize("kind", [6, 7])
async def test_only_what_came_from_a_message_can_update_it(stage: Stage, kind: int) -> None:
    outcome = await stage.run(raw(stage, kind, content="x"))
    assert outcome.state is State.WAITING
    await stage.run(ask)
    outcome = await stage.submit(raw(stage, kind, content="x"))
    assert outcome.state is State.WAITING
    post = await stage.post()
    await stage.press(post.id, ask)
    outcome = await stage.submit(raw(stage, kind, content="x"))
    assert (outcome.state, outcome.original and outcome.original.id) == (State.ANSWERED, post.id)


@pytest.mark.parametrize("act", [follow, edit, fetch, delete])
async def test_nothing_follows_before_the_first_answer(stage: Stage, act: Act) -> None:
    await stage.run(act, say)
    assert stage.codes == [NO_WEBHOOK]


@pytest.mark.parametrize("act", [follow, edit, fetch, delete])
async def test_nothing_follows_after_fifteen_minutes(stage: Stage, act: Act) -> None:
    await stage.run(say, passing(stage, INTERACTION_TOKEN_S - 5), follow, passing(stage, 10), act)
    assert stage.codes == [EXPIRED]


async def test_the_place_of_an_interaction_is_told(stage: Stage) -> None:
    told: list[tuple[bool, bool]] = []

    async def look(interaction: Asked) -> None:
        told.append((interaction.context.guild, interaction.context.dm_channel))
        await say(interaction)

    await stage.press((await stage.post()).id, look)
    tom = await stage.bot.fetch_user(TOM_ID)
    private = await tom.send("deal", view=one_button())
    await stage.press(private.id, look)
    assert told == [(True, False), (False, True)]


async def test_choices_are_followed_by_nothing(look_alike: LookAlike) -> None:
    option = {"type": 3, "name": "card", "description": "d", "autocomplete": True}
    commands = [{"name": "price", "description": "d", "options": [option]}]
    await look_alike.api("PUT", f"/applications/{BOT_ID}/commands", json=commands)
    look_alike.world.first_answer_s = 0.01
    typing = await look_alike.world.people.autocomplete(TOM_ID, DEALS_ID, "price", {"card": "m"}, "card")
    typing.state = State.WAITING
    path = f"/interactions/{typing.id}/{typing.token}/callback"
    assert (await look_alike.api("POST", path, json={"type": 8, "data": {"choices": []}}))[0] == 204
    status, body = await look_alike.api("POST", f"/webhooks/{BOT_ID}/{typing.token}", json={"content": "x"})
    assert (status, body["code"]) == NO_WEBHOOK


async def test_an_update_may_not_leave_nothing(stage: Stage) -> None:
    post = await stage.post()
    outcome = await stage.press(post.id, empty, update)
    assert stage.codes == [(400, 50006)]
    assert (outcome.original and outcome.original.payload["content"]) == "updated"


async def test_a_message_that_is_gone_cannot_be_updated(stage: Stage) -> None:
    post = await stage.post()

    async def take_away(_: Asked) -> None:
        await post.delete()

    await stage.press(post.id, take_away, update, say)
    assert stage.codes == [(404, 10008)]


async def test_an_ephemeral_message_is_there_for_its_token_only(stage: Stage) -> None:
    outcome = await stage.run(say)
    assert outcome.original is not None
    message = stage.bot.channel(DEALS_ID).get_partial_message(outcome.original.id)
    for asking in (message.fetch(), message.edit(content="x"), message.delete()):
        with pytest.raises(discord.NotFound) as refused:
            await asking
        assert refused.value.code == 10008
    assert not stage.look_alike.world.sees(ADA_ID, outcome.original)
    assert stage.bot.seen == []


async def test_the_deferral_decides_who_sees_the_answer(stage: Stage) -> None:
    outcome = await stage.run(think, follow)
    assert outcome.original is not None
    assert outcome.followups == []
    assert (outcome.original.payload["content"], outcome.original.ephemeral_to) == ("more", TOM_ID)
    assert outcome.original.payload["edited_timestamp"] is None


async def test_a_first_answer_and_a_later_one_can_bring_files(stage: Stage) -> None:
    async def show(interaction: Asked) -> None:
        await interaction.response.send_message(file=discord.File(io.BytesIO(b"1"), "one.txt"))

    async def add(interaction: Asked) -> None:
        await interaction.edit_original_response(attachments=[discord.File(io.BytesIO(b"2"), "two.txt")])

    outcome = await stage.run(show, add)
    assert outcome.original is not None
    assert [file["filename"] for file in outcome.original.payload["attachments"]] == ["two.txt"]
    assert stage.codes == []
