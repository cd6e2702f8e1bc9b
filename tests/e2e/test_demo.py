"""`bot.py demo`: shows a deal by itself, survives kills, keeps what happened, leaves nothing behind."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from core.cli.demo import Plan
from core.cli.demo import run as run_demo
from core.cli.demo.plan import bot_environment
from tests.cli.processes import run, start
from tests.e2e.demo import Visitor, is_alive, processes_of, until
from tests.recovery.rows import arrived, watching

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
READY = "Ctrl-C stops it; everything is kept for the next start.\n"


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return Plan(data=tmp_path / "demo", port=0, api_port=0, pace=0).with_free_ports()


@asynccontextmanager
async def shown(plan: Plan, capsys: pytest.CaptureFixture[str]) -> AsyncIterator[tuple[Visitor, str]]:
    """The demo, from ready to stopped, and what it printed until it was ready."""
    demo = asyncio.create_task(run_demo(plan))
    printed = ""

    async def is_ready() -> bool:
        nonlocal printed
        if demo.done():
            demo.result()
        printed += capsys.readouterr().out
        return printed.endswith(READY)

    try:
        async with aiohttp.ClientSession() as session:
            await until(is_ready)
            yield Visitor(plan, session, os.getpid()), printed
    finally:
        demo.cancel()
        assert await demo == 0
        assert await processes_of(os.getpid()) == {}


async def test_a_first_start_shows_a_deal_though_nobody_moves_a_hand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "of-the-developers-own-bot")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'precious.db'}")
    plan = Plan(data=tmp_path / "demo", port=0, api_port=0, pace=12).with_free_ports()
    async with shown(plan, capsys) as (visitor, printed):
        assert printed == (
            "Cards Cartel demo: a pretend Discord and a pretend card market, all on this machine.\n"
            f"  Page  {plan.page}  (read the deals, press the buttons, type / for commands)\n"
            f"  API   {plan.api}\n"
            f"  Logs  {plan.data}/bot.log and {plan.data}/simulator.log\n"
            f"The first deal appears within seconds. {READY}"
        )
        assert await visitor.is_online()
        await until(lambda: has_posts(visitor))
        assert await visitor.deals()
    assert capsys.readouterr().out == "Stopped.\n"
    assert not (tmp_path / "precious.db").exists()


async def has_posts(visitor: Visitor) -> bool:
    return bool(await visitor.posts())


async def test_who_is_killed_comes_back_and_the_world_goes_on(
    plan: Plan, capsys: pytest.CaptureFixture[str]
) -> None:
    async with shown(plan, capsys) as (visitor, _):
        async with watching(plan.database_url) as db:
            await arrived(db)  # what is listed before the market is known is no news
        await visitor.new_post()
        children = await visitor.children()

        os.kill(children["bot"], signal.SIGKILL)
        await visitor.until_new("bot", children["bot"])
        await visitor.until_online()
        second = await visitor.new_post()
        assert len(posts := await visitor.posts()) == 2
        assert "The bot ended (-9) and starts again in 0.5 s" in capsys.readouterr().out

        await until_saved(plan, second)
        os.kill(children["simulator"], signal.SIGKILL)
        await visitor.until_new("simulator", children["simulator"])
        await visitor.until_online()
        await visitor.new_post()
        assert numbers(await visitor.posts())[:2] == numbers(posts)

        before = (await visitor.children())["bot"]
        await visitor.tell("/sim/restart-bot")
        await visitor.until_new("bot", before)
        await visitor.until_online()
        posts = await visitor.posts()
    async with shown(plan, capsys) as (visitor, printed):
        assert "It goes on where it was." in printed
        assert numbers(await visitor.posts()) == numbers(posts)
        acts = await visitor.ask("/sim/discord/ledger")
        assert acts is not None
        assert acts["interactions"] == []


def numbers(posts: list[str]) -> list[str]:
    """Which messages these are, however they look by now: a chart may have come to them."""
    return [post.partition("'id': '")[2].partition("'")[0] for post in posts]


async def until_saved(plan: Plan, post: str) -> None:
    """The simulator keeps its state every few seconds: wait until this message is in it."""
    [number] = numbers([post])

    async def is_saved() -> bool:
        return number in (plan.data / "simulator" / "discord.json").read_text(encoding="utf-8")

    await until(is_saved)


async def test_a_demo_that_is_killed_leaves_nobody_behind(plan: Plan) -> None:
    options = ("--port", str(plan.port), "--api-port", str(plan.api_port), "--data", str(plan.data))
    demo = await start("demo", *options, settings={})
    assert demo.stdout is not None
    try:
        while not (await demo.stdout.readline()).endswith(READY.encode()):
            assert demo.returncode is None
        await another_demo_is_refused(plan, demo.pid)
        left = list((await processes_of(demo.pid)).values())
        assert len(left) == 2
    finally:
        demo.kill()
        await demo.communicate()

    async def are_gone() -> bool:
        return not any(is_alive(pid) for pid in left)

    await until(are_gone)
    again = await start("demo", *options, settings={})
    assert again.stdout is not None
    await again.stdout.readline()
    again.send_signal(signal.SIGINT)
    out, err = await again.communicate()
    assert (again.returncode, out, err) == (0, b"Stopped.\n", b"")


async def another_demo_is_refused(plan: Plan, pid: int) -> None:
    """On the same folder, and on a port of the first: one sentence each."""
    free, other = ("--port", "0", "--api-port", "0"), str(plan.data.with_name("other"))
    same_folder = await run("demo", *free, "--data", str(plan.data))
    assert (same_folder.code, same_folder.out, same_folder.err) == (
        1,
        "",
        f"Another process ({pid}) already runs on {plan.data}/simulator: stop it first, "
        "or give this demo another --data.\n",
    )
    for option, port in (("--port", plan.port), ("--api-port", plan.api_port)):
        taken = await run("demo", *free, option, str(port), "--data", other)
        said = f"Port {port} is in use: choose another with {option}, or 0 for any.\n"
        assert (taken.code, taken.out, taken.err) == (1, "", said)


def test_the_demos_bot_gets_no_setting_of_the_developers_own(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("POSTHOG_KEY", "OPERATOR_TOKEN_FILE", "ROLES"):
        monkeypatch.setenv(name, "planted")
    monkeypatch.setenv("EDITOR", "vi")
    environment = bot_environment(plan)
    assert "planted" not in environment.values()
    assert environment["EDITOR"] == "vi"
