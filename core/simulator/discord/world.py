"""The look-alike's whole state, put together."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, Self

from . import snapshots
from .commands import FOR_GUILD, FOR_PERSON, Commands, Installs
from .errors import ApiError, Code
from .files import Files
from .guilds import Channel, Guild
from .interactions import Interactions
from .ledger import Ledger
from .limits import IDENTIFIES_PER_DAY, INTERACTION_FIRST_ANSWER_S
from .logins import Logins
from .messages import Message, Messages, Nonces
from .people import People
from .permissions import DM, Permission, channel_permissions
from .population import BOT_ID, demo_guild, demo_users
from .ratelimits import RateLimits
from .sessions import Sessions
from .snowflakes import Snowflakes
from .throttles import Throttles
from .watchers import Happening, Watchers
from .wire import Json

HEARTBEAT_S: Final = 41.25
GENEROSITY: Final = 20
CLIENT_SECRET: Final = "demo-client-secret"  # noqa: S105 - known to everybody, opens a toy


def system_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


class DiscordWorld:
    """Everything the look-alike knows.

    now decides about ids, timestamps, nonces (a minute), tokens (15 minutes) and first answers (3 s); rate
    limits follow the real clock, as the clients that obey them do. `gateway/bot` tells of identifies_left,
    shards and max_concurrency; identify_gap_s, 5 at Discord, is how long a shard's bucket waits between
    identifies, 0 so that restarts are quick. base_url (`http://127.0.0.1:PORT`) is set
    once the port is known, before anybody connects. generosity multiplies Discord's rate limits.
    client_secret and redirect_uris are what the website that people log in to is registered with; without
    redirect_uris any loopback address is. installed_by: the people who have the app wherever they are.
    unavailable: the guilds that have an outage.
    """

    def __init__(
        self,
        bot_token: str,
        now: Callable[[], datetime] = system_now,
        *,
        generosity: int = GENEROSITY,
        privileged_intents: int = 0,
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        self.bot_token = bot_token
        self.now = now
        self._base_url = ""
        self.client_secret = CLIENT_SECRET
        self.redirect_uris: tuple[str, ...] = ()
        self.privileged_intents = privileged_intents
        self.heartbeat_s = heartbeat_s
        self.first_answer_s: float = INTERACTION_FIRST_ANSWER_S
        self.identifies_left = IDENTIFIES_PER_DAY
        self.shards = 1
        self.max_concurrency = 1
        self.identify_gap_s = 0.0
        self.users = demo_users()
        guild = demo_guild(self.users)
        self.guilds: dict[int, Guild] = {guild.id: guild}
        self.private: dict[int, Channel] = {}
        self.installed_by: set[int] = set()
        self.unavailable: set[int] = set()
        self.snowflakes = Snowflakes(now)
        self.messages = Messages()
        self.nonces = Nonces()
        self.files = Files()
        self.commands = Commands()
        self.interactions = Interactions(now)
        self.watchers = Watchers()
        self.sessions = Sessions(self._presence_changed)
        self.ledger = Ledger()
        self.rates = RateLimits(system_now, generosity)
        self.throttles = Throttles(system_now, generosity)
        self.logins = Logins(now)
        self.people = People(self)

    @property
    def base_url(self) -> str:
        """Where the look-alike is served, without a slash at the end; empty until it is known."""
        return self._base_url

    @base_url.setter
    def base_url(self, url: str) -> None:
        snapshots.move_files(self, self._base_url, url)
        self._base_url = url

    @property
    def gateway_url(self) -> str:
        """Where clients open their WebSocket."""
        return self.base_url.replace("http", "ws", 1) + "/gateway"

    def find_channel(self, channel_id: int) -> Channel | None:
        """A channel of a guild or a private one, None when unknown."""
        for guild in self.guilds.values():
            if channel_id in guild.channels:
                return guild.channels[channel_id]
        return next((channel for channel in self.private.values() if channel.id == channel_id), None)

    def channel(self, channel_id: int) -> Channel:
        """A channel. Raises 10003."""
        channel = self.find_channel(channel_id)
        if channel is None:
            raise ApiError(Code.UNKNOWN_CHANNEL)
        return channel

    def private_channel(self, person_id: int) -> Channel:
        """The private channel between the bot and a person, opened when there is none."""
        if person_id not in self.private:
            person = self.users[person_id]
            self.private[person_id] = Channel(self.snowflakes.next(), person.name, None, recipient=person)
        return self.private[person_id]

    def permissions(self, user_id: int, channel: Channel) -> int:
        """What a user may do in a channel; 0 for strangers."""
        if channel.guild_id is None:
            is_inside = channel.recipient is not None and user_id in (BOT_ID, channel.recipient.id)
            return DM if is_inside else 0
        guild = self.guilds[channel.guild_id]
        member = guild.members.get(user_id)
        return 0 if member is None else channel_permissions(guild, channel, member)

    def is_bot_in(self, guild_id: int | None) -> bool:
        """Whether the bot is in the guild; a private chat with it counts."""
        return guild_id is None or BOT_ID in self.guilds[guild_id].members

    def is_known_to_bot(self, person_id: int) -> bool:
        """Whether the person shares a guild with the bot or carries the app along."""
        shared = (person_id in guild.members and BOT_ID in guild.members for guild in self.guilds.values())
        return person_id in self.installed_by or any(shared)

    def installs(self, person_id: int, guild_id: int | None) -> Installs:
        """How the app got to where the person is: FOR_GUILD, FOR_PERSON or both."""
        found = [FOR_GUILD] if self.is_bot_in(guild_id) else []
        return frozenset(found + ([FOR_PERSON] if person_id in self.installed_by else []))

    def sees(self, person_id: int, message: Message) -> bool:
        """Whether a person's client would show this message."""
        if message.ephemeral_to is not None:
            return message.ephemeral_to == person_id
        channel = self.find_channel(message.channel_id)
        return channel is not None and bool(self.permissions(person_id, channel) & Permission.VIEW_CHANNEL)

    def to_snapshot(self) -> Json:
        """What survives a restart, as JSON."""
        return snapshots.save(self)

    @classmethod
    def from_snapshot(cls, snapshot: Json, bot_token: str, now: Callable[[], datetime] = system_now) -> Self:
        """A world that goes on from a snapshot. Set base_url afterwards, as for a new one."""
        world = cls(bot_token, now)
        snapshots.load(world, snapshot)
        return world

    async def close(self) -> None:
        """Say goodbye to clients and end every stream. Calling it twice is fine."""
        self.sessions.close()
        self.watchers.end_all()

    def _presence_changed(self, is_online: bool) -> None:
        self.watchers.tell(Happening("presence", {"online": is_online}), lambda _: True)
