"""Discord's own error codes, as the real client meets them: by what was done, and by a fault."""

import asyncio

import discord
import pytest

from core.simulator.discord.limits import CHANNEL_WRITES, OLD_EDITS, OLD_MESSAGE_S, PRIVATE_OPENINGS
from core.simulator.discord.population import BOT_ID, DEALS_ID, GENERAL_ID, TOM_ID, WES_ID
from core.simulator.discord.throttles import Throttles
from core.simulator.discord.world import system_now
from core.simulator.faults import FaultKind
from tests.simulator.discord.conftest import PATIENCE_S, Bot, LookAlike

POST = "discord:POST /channels/{id}/messages"
EDIT = "/channels/{channel_id}/messages/{message_id}"


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (403, 50007, "Cannot send messages to this user"),
        (403, 50278, "Cannot send messages to this user due to having no mutual guilds"),
        (403, 40003, "You are opening direct messages too fast."),
        (404, 10003, "Unknown Channel"),
        (400, 99999, "400: broken on purpose"),
    ],
)
async def test_a_status_fault_carries_a_code_and_discords_words_for_it(
    look_alike: LookAlike, bot: Bot, status: int, code: int, words: str
) -> None:
    look_alike.faults.add(POST, FaultKind.STATUS, status=status, code=code)
    with pytest.raises(discord.HTTPException) as refused:
        await bot.channel(DEALS_ID).send("x")
    assert (refused.value.status, refused.value.code, refused.value.text) == (status, code, words)


async def test_the_code_of_a_fault_can_be_set_from_outside(look_alike: LookAlike) -> None:
    body = {"target": POST, "kind": "status", "status": 400, "code": 50007}
    await look_alike.control("POST", "/faults", json=body)
    status, refused = await look_alike.api("POST", f"/channels/{DEALS_ID}/messages", json={"content": "x"})
    assert (status, refused["code"]) == (400, 50007)


@pytest.mark.parametrize("code", [20028, 30046])
async def test_a_429_with_a_code_is_waited_out_like_any_other(
    look_alike: LookAlike, bot: Bot, code: int
) -> None:
    fault = look_alike.faults.add(POST, FaultKind.STATUS, status=429, code=code, seconds=0.01, times=2)
    assert (await bot.channel(DEALS_ID).send("patient")).content == "patient"
    assert fault.hits == 2


async def test_a_429_that_never_ends_reaches_the_bot_with_its_code(look_alike: LookAlike, bot: Bot) -> None:
    sent = await bot.channel(DEALS_ID).send("old")
    edit = "discord:PATCH /channels/{id}/messages/{id}"
    look_alike.faults.add(edit, FaultKind.STATUS, status=429, code=30046, seconds=0.001, times=None)
    with pytest.raises(discord.HTTPException) as refused:
        await sent.edit(content="new")
    assert (refused.value.status, refused.value.code) == (429, 30046)


@pytest.fixture
def strict(look_alike: LookAlike) -> LookAlike:
    """Limits without a header as strict as they are assumed to be."""
    look_alike.world.throttles = Throttles(system_now, 1)
    return look_alike


async def test_old_messages_take_few_edits_and_new_ones_many(strict: LookAlike, bot: Bot) -> None:
    old = await bot.channel(DEALS_ID).send("old")
    strict.clock.step(OLD_MESSAGE_S + 1)
    new = await bot.channel(DEALS_ID).send("new")
    path = EDIT.format(channel_id=DEALS_ID, message_id=old.id)
    answers = [
        await strict.api("PATCH", path, json={"content": str(number)}) for number in range(OLD_EDITS[0] + 1)
    ]
    assert [status for status, _ in answers] == [200] * OLD_EDITS[0] + [429]
    body = answers[-1][1]
    assert (body["code"], body["global"]) == (30046, False)
    assert 0 < body["retry_after"] <= OLD_EDITS[1]
    assert (await new.edit(content="newer")).content == "newer"


async def test_a_channel_has_one_write_limit_for_everybody(strict: LookAlike, bot: Bot) -> None:
    for number in range(CHANNEL_WRITES[0]):
        strict.world.people.write(TOM_ID, DEALS_ID, str(number))
    status, body = await strict.api("POST", f"/channels/{DEALS_ID}/messages", json={"content": "x"})
    assert (status, body["code"]) == (429, 20028)
    assert (await bot.channel(GENERAL_ID).send("elsewhere")).content == "elsewhere"


async def test_the_write_limit_says_that_it_is_shared(strict: LookAlike) -> None:
    strict.faults.add(POST, FaultKind.STATUS, status=429, code=20028)
    url = f"{strict.url}/api/v10/channels/{DEALS_ID}/messages"
    async with strict.http.post(url, json={"content": "x"}) as answer:
        assert answer.headers["X-RateLimit-Scope"] == "shared"


async def test_private_channels_cannot_be_opened_too_fast(strict: LookAlike, bot: Bot) -> None:
    for _ in range(PRIVATE_OPENINGS[0]):
        strict.world.throttles.private_opened()
    with pytest.raises(discord.Forbidden) as refused:
        await (await bot.fetch_user(WES_ID)).send("hello")
    assert refused.value.code == 40003


async def test_a_private_channel_that_is_open_may_be_asked_for_again(strict: LookAlike, bot: Bot) -> None:
    channel = strict.world.private_channel(WES_ID)
    for _ in range(PRIVATE_OPENINGS[0]):
        strict.world.throttles.private_opened()
    assert (await bot.create_dm(await bot.fetch_user(WES_ID))).id == channel.id


@pytest.mark.parametrize("code", [50007, 50278])
async def test_a_person_can_refuse_messages_with_either_code(
    look_alike: LookAlike, bot: Bot, code: int
) -> None:
    look_alike.world.users[WES_ID].refuses_dms_with = code
    with pytest.raises(discord.Forbidden) as refused:
        await (await bot.fetch_user(WES_ID)).send("hello")
    assert refused.value.code == code


async def test_a_bot_takes_no_private_channel_and_says_so_with_400(look_alike: LookAlike) -> None:
    status, body = await look_alike.api("POST", "/users/@me/channels", json={"recipient_id": str(BOT_ID)})
    assert (status, body["code"]) == (400, 50007)


async def test_an_empty_message_is_50006(look_alike: LookAlike, bot: Bot) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await asyncio.wait_for(bot.channel(DEALS_ID).send(), PATIENCE_S)
    assert (refused.value.status, refused.value.code) == (400, 50006)
