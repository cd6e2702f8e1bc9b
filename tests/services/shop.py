"""A marketplace with hundreds of cards on sale, each worth $160, and a bot that looks every 20 seconds."""

from contextlib import suppress

import msgspec

from cogs.ui.posts import message_of
from core.domain.deals import DealTier
from core.domain.guilds import ServerSettings
from core.domain.listings import Report, Reported
from core.domain.posts import Post
from core.errors import SourceError, SourceUnavailable
from core.sources.base import Page
from tests.services.house import GUILD, House
from tests.services.reports import CARD, a_slab, at, by_alt, ended, listed, on_sale, page, sold

PER_PAGE = 100
STEP_S = 20
ROLE = 70
SERVERS = (GUILD, GUILD + 1)


class Sent(msgspec.Struct, frozen=True):
    """A message as it was sent, and when."""

    post: Post
    pings: bool
    at_s: float

    @property
    def mint(self) -> str:
        return str(getattr(self.post.payload, "mint", ""))


def pinging(settings: ServerSettings) -> ServerSettings:
    return msgspec.structs.replace(settings, ping_roles={DealTier.GOLD: ROLE, DealTier.HIGH: ROLE})


def offer(mint: str, price: float, since_s: float, seen_s: float) -> Report:
    """Each card is the only one of its kind."""
    card = msgspec.structs.replace(CARD, name=mint)
    report = listed(price, since_s, mint=mint, slab=a_slab(mint, card=card))
    return msgspec.structs.replace(report, seen_at=at(seen_s))


class Shop:
    """What is on sale, by token: its price, and since when."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.asks: dict[str, tuple[float, float]] = {}
        self.sent: list[Sent] = []

    @property
    def now_s(self) -> float:
        return (self.house.clock.now() - at(0)).total_seconds()

    async def found_servers(self) -> None:
        for guild_id in SERVERS:
            await self.house.join(guild_id, channel_id=5_000 + guild_id)
            await self.house.guilds.change(guild_id, pinging, by=1)

    def put(self, mint: str, price: float) -> None:
        """On sale at this price from now on."""
        self.asks[mint] = (price, self.now_s)
        self.house.value(by_alt(160), mint)
        self.house.vault.on_sale[mint] = on_sale(price, self.now_s)

    def end(self, mint: str, said: Reported) -> None:
        price, _ = self.asks.pop(mint)
        self.house.vault.on_sale.pop(mint)
        told = (
            sold(price, self.now_s, mint=mint)
            if said is Reported.SOLD
            else ended(said, self.now_s, mint=mint)
        )
        self.house.vault.endings[mint] = told

    def break_down(self) -> None:
        self.house.vault.break_down()
        self.house.eden.break_down()
        self.house.alt.down = self.house.vault.down

    def answer(self) -> None:
        self.house.vault.down = self.house.eden.down = self.house.alt.down = None

    async def only_seen(self, mint: str) -> None:
        """A GOLD deal is seen, but nobody says any more what it is worth."""
        self.put(mint, 80)
        self.house.pass_time(STEP_S)
        self.house.alt.down = SourceUnavailable(self.house.alt.name, "does not answer")
        await self.look()

    async def live(self, seconds: float, *, step_s: float = STEP_S) -> None:
        """What is due is done, again and again."""
        for _ in range(round(seconds / step_s)):
            self.house.pass_time(step_s)
            await self.look()
            await self.house.rechecks.recheck_due()
            await self.house.arrivals.greet_due()
            await self.show()

    async def look(self) -> None:
        """What is on sale is read and judged."""
        house, newest = self.house, sorted(self.asks.items(), key=lambda one: one[1][1])
        pages = [
            page(
                *(offer(mint, *ask, self.now_s) for mint, ask in newest[start : start + PER_PAGE]),
                seen_s=self.now_s, lists_live=True, total=len(self.asks),
            )
            for start in range(0, len(newest), PER_PAGE)
        ]  # fmt: skip
        house.vault.pages = list[Page | SourceError](reversed(pages))
        for poll, source in (
            (house.listings.poll_listings, house.vault),
            (house.listings.poll_activities, house.eden),
        ):
            with suppress(SourceError):
                await poll(source)
        await house.appraisal.work_due()

    async def show(self) -> None:
        """As the publisher does; what is sent is kept."""
        now = self.house.clock.now()
        for post in await self.house.show_posts():
            if post.message_id is None:
                content = message_of(post.payload, post_id=post.id, now=now, sent_at=None).content
                self.sent.append(Sent(post, content is not None, self.now_s))
