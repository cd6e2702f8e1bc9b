"""Answers that tell of trouble at Discord, and what the real client makes of them by itself."""

import asyncio

import discord
import pytest

from core.simulator.discord.population import DEALS_ID
from core.simulator.faults import FaultKind
from tests.simulator.discord.conftest import PATIENCE_S, Bot, LookAlike

POST = "discord:POST /channels/{id}/messages"
ROUTE = "/channels/{channel_id}/messages"


async def test_the_client_repeats_a_post_by_itself_when_the_server_failed(
    look_alike: LookAlike, bot: Bot
) -> None:
    look_alike.faults.add(POST, FaultKind.STATUS, status=502)
    sent = await bot.channel(DEALS_ID).send("patient")
    assert [asked.status for asked in look_alike.world.ledger.requests("POST", ROUTE)] == [502, 200]
    assert [message.id for message in look_alike.world.messages.all_in(DEALS_ID)] == [sent.id]


@pytest.mark.parametrize(
    ("kind", "error", "posted"),
    [
        (FaultKind.HTML, TypeError, 0),
        (FaultKind.TRUNCATE, ValueError, 1),
        (FaultKind.WRONG_TYPES, TypeError, 1),
    ],
)
async def test_an_answer_that_is_none_breaks_the_client_with_or_without_the_effect(
    look_alike: LookAlike, bot: Bot, kind: FaultKind, error: type[Exception], posted: int
) -> None:
    look_alike.faults.add(POST, kind)
    with pytest.raises(error):
        await bot.channel(DEALS_ID).send("x")
    assert len(look_alike.world.messages.all_in(DEALS_ID)) == posted


async def test_the_client_waits_for_a_slow_answer(look_alike: LookAlike, bot: Bot) -> None:
    fault = look_alike.faults.add(POST, FaultKind.LATENCY, seconds=PATIENCE_S)
    sending = asyncio.create_task(bot.channel(DEALS_ID).send("slow"))
    await asyncio.wait_for(fault.hit(), PATIENCE_S)
    assert (sending.done(), look_alike.world.messages.all_in(DEALS_ID)) == (False, [])
    look_alike.faults.clear()
    assert (await sending).content == "slow"


async def test_a_page_of_a_guard_is_a_refusal_without_a_code(look_alike: LookAlike, bot: Bot) -> None:
    look_alike.faults.add(POST, FaultKind.HTML, status=403)
    with pytest.raises(discord.Forbidden) as refused:
        await bot.channel(DEALS_ID).send("x")
    assert (refused.value.code, "Just a moment" in refused.value.text) == (0, True)
