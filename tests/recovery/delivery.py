"""Deals stream in while the bot is killed again and again: each is shown once in every channel, none is lost.

`make prove-delivery` runs more of it than the suite has time for.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from core.domain.deals import variant_words
from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from core.simulator.discord.population import ADA_ID, BOT_ID
from core.simulator.market.things import Currency, Token, Venue, ms_of
from tests.e2e.community import environment
from tests.recovery.machine import BotProcess, offline, online
from tests.recovery.rows import arrived, watching
from tests.recovery.servers import found_servers

DISCOUNT_BPS = 4_500
"""Enough for GOLD, which no limit of posts an hour holds back."""
WAIT_S = 240.0
"""Discord takes one message a second of a channel, and sixty are the most that are to come."""
ADDRESS = re.compile(r"[1-9A-HJ-NP-Za-km-z]{32,44}")
EPHEMERAL = 64
LOOK_EVERY_S = 0.09
CLOSING_WORDS = ("Sold", "Delisted", "Repriced", "No longer on sale")


@dataclass(frozen=True, slots=True)
class Script:
    """What happens in one run; the same seed, the same script."""

    seed: int
    channels: int = 20
    deals: int = 12
    kills: int = 2
    venues: tuple[Venue, ...] = (Venue.CC, Venue.ME)
    pause_max_s: float = 0.25
    life_max_s: float = 2.5
    """How long the bot lives between two kills, counted from when Discord has it."""


@dataclass(slots=True)
class Run:
    """One run under way."""

    simulator: Simulator
    bot: BotProcess
    channels: list[int]
    random: Random
    listed: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    async def list_deals(self, script: Script) -> None:
        market = self.simulator.market
        plain = [token for token in market.scenery.deal_tokens if self._has_no_variants(token)]
        for token in self.random.sample(plain, script.deals):
            venue = self.random.choice(script.venues)
            price = market.asks.fair(token, ms_of(_now())) * (10_000 - DISCOUNT_BPS) // 10_000
            market.put_on_sale(token.mint, price, _now(), venue=venue, currency=Currency.USDC)
            self.listed.append(token.mint)
            await asyncio.sleep(self.random.uniform(0, script.pause_max_s))

    def _has_no_variants(self, token: Token) -> bool:
        """Of a card with variants ALT may name another one: that call is UNDETERMINED, and not at once."""
        market = self.simulator.market
        card = market.scenery.cards[market.scenery.kind(token).card_id]
        return not variant_words(f"{card.parallel} {card.stamp}") and token.mint not in market.book

    async def be_killed(self, script: Script) -> None:
        for _ in range(script.kills):
            await asyncio.sleep(self.random.uniform(0, script.life_max_s))
            await self.bot.kill()
            await offline(self.simulator)
            await self.bot.start()
            await online(self.simulator)

    def end_some(self) -> None:
        """Of what everybody was shown some is sold, some taken back, and some gets another price."""
        market = self.simulator.market
        for n, mint in enumerate(self.listed):
            if n % 4 == 0:
                market.sell(mint, _now())
            elif n % 4 == 1:
                market.delist(mint, _now())
            elif n % 4 == 2:
                market.reprice(mint, market.listing(mint).price_atoms * 3, _now())
            else:
                continue
            self.ended.append(mint)

    def shown(self) -> dict[tuple[int, str], list[str]]:
        """The messages in each channel about each token, as text."""
        found: dict[tuple[int, str], list[str]] = {}
        listed = set(self.listed)
        for channel in self.channels:
            for message in self.simulator.discord.messages.all_in(channel):
                if message.author_id == BOT_ID and not message.payload.get("flags", 0) & EPHEMERAL:
                    text = str(message.payload)
                    for mint in listed.intersection(ADDRESS.findall(text)):
                        found.setdefault((channel, mint), []).append(text)
        return found

    def unshown(self) -> list[tuple[int, str]]:
        shown = self.shown()
        wanted = [(channel, mint) for channel in self.channels for mint in self.listed]
        return [place for place in wanted if place not in shown]

    def unclosed(self) -> list[tuple[int, str]]:
        closings = {place: map(_is_closing, texts) for place, texts in self.shown().items()}
        return [place for place, are in closings.items() if place[1] in self.ended and not all(are)]

    def doubled(self) -> list[tuple[int, str]]:
        return [place for place, texts in self.shown().items() if len(texts) > 1]


async def prove(script: Script, database_url: str, folder: Path) -> None:
    """One run. Raises AssertionError when a deal is missing somewhere, is there twice, or is not closed."""
    async with _beginning(script, database_url, folder) as run:
        await asyncio.gather(run.list_deals(script), run.be_killed(script))
        await _until(lambda: not run.unshown())
        run.end_some()
        await run.be_killed(replace(script, kills=1))
        await _until(lambda: not run.unclosed())
        left = {"lost": run.unshown(), "twice": run.doubled(), "not closed": run.unclosed()}
        assert not any(left.values()), (left, run.bot.said()[-4_000:])


@asynccontextmanager
async def _beginning(script: Script, database_url: str, folder: Path) -> AsyncIterator[Run]:
    """Everybody has set the bot up, and it knows the market as it found it."""
    config = SimulatorConfig(pace=0, cards=400, listings=4, has_limits=False, seed=script.seed)
    async with open_simulator(config) as simulator:
        channels = found_servers(simulator.discord, script.channels)
        bot = BotProcess(environment(simulator.url, database_url, folder), folder / "bot.log")
        try:
            await bot.start()
            await online(simulator)
            async with watching(database_url) as db:
                await arrived(db)
            for channel in channels:
                await _set_up(simulator, channel)
            yield Run(simulator, bot, channels, Random(script.seed))
        finally:
            await bot.kill()


async def _set_up(simulator: Simulator, channel: int) -> None:
    people = simulator.discord.people
    act = await people.run_command(ADA_ID, channel, "setup", {"channel": str(channel)})
    await people.settled(act)


async def _until(happens: Callable[[], bool]) -> None:
    """Wait for it; who waits in vain is told by the faults that are left."""
    with suppress(TimeoutError):
        async with asyncio.timeout(WAIT_S):
            while not happens():  # noqa: ASYNC110  # a look at all messages is dear
                await asyncio.sleep(LOOK_EVERY_S)


def _is_closing(text: str) -> bool:
    return any(word in text for word in CLOSING_WORDS)


def _now() -> datetime:
    return datetime.now(UTC)
