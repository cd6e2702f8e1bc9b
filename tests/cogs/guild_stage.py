"""An admin at a stage whose servers are kept in a real database: what they see, choose, press and enter."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.domain.guild_changes import Change
from core.domain.guilds import ServerSettings
from core.services.guilds import GuildService
from core.simulator.discord.interactions import Interaction
from core.simulator.discord.messages import Message
from core.simulator.discord.population import ADA_ID, DEALS_ID, GENERAL_ID, GUILD_ID
from core.simulator.discord.validation.components import walk
from core.simulator.discord.wire import Json
from db.engine import Database
from tests.cogs.conftest import Stage
from tests.cogs.memory import Memory, StepClock

PATIENCE_S = 5.0


@dataclass
class Admin:
    """Ada, or whoever is named, with the one message that the bot answered."""

    stage: Stage
    id: int = ADA_ID
    answer: Message | None = None

    @property
    def guilds(self) -> GuildService:
        return self.stage.bot.services.guilds

    async def type(self, command: str, **options: str) -> Message:
        """Type a slash command; its answer is what the admin looks at from now on."""
        interaction = await self.stage.discord.people.run_command(self.id, GENERAL_ID, command, options)
        [self.answer] = await self.stage.answers(interaction)
        return self.answer

    async def press(self, custom_id: str, *values: str) -> Interaction:
        """Press a button or choose in a select of the answer, and wait for what comes of it."""
        before, people = self.shown.payload, self.stage.discord.people
        interaction = await people.press(self.id, self.shown.id, custom_id, values)
        return await self._ended(interaction, before)

    async def enter(self, part: str, **fields: str | list[str]) -> Interaction:
        """Choose a part of the settings, change some fields of its form, send it."""
        opened = await self.press("v1:settings:part", part)
        assert opened.modal is not None
        return await self.send(opened.modal, fields)

    async def send(self, modal: Json, fields: Mapping[str, str | list[str]]) -> Interaction:
        """Send a form and wait for what comes of it; what was not touched stays as it was shown."""
        kept = {
            item["custom_id"]: shown_in(item) for item in walk(modal["components"]) if "custom_id" in item
        }
        before, people = self.shown.payload, self.stage.discord.people
        interaction = await people.submit_modal(self.id, modal["custom_id"], {**kept, **fields})
        return await self._ended(interaction, before)

    async def _ended(self, interaction: Interaction, before: Json) -> Interaction:
        """The answer changed, a form opened, or something else was said."""

        def is_over() -> bool:
            is_answered = bool(interaction.followups) or interaction.modal is not None
            return is_answered or self.shown.payload is not before

        await self.stage.discord.watchers.until(is_over, seconds=PATIENCE_S)
        return interaction

    async def sees(self, text: str) -> str:
        """Wait until the answer shows it."""
        await self.stage.discord.watchers.until(lambda: text in self.read(), seconds=PATIENCE_S)
        return self.read()

    async def told(self, interaction: Interaction) -> str:
        """What a press was answered besides."""
        until = self.stage.discord.watchers.until
        await until(lambda: bool(interaction.followups), seconds=PATIENCE_S)
        return str(interaction.followups[0].payload["content"])

    def read(self) -> str:
        """Everything that the answer says, its buttons too."""
        payload = self.shown.payload
        texts = [str(payload["content"])]
        for embed in payload["embeds"]:
            texts += [embed.get("title", ""), embed.get("description", "")]
            texts += [f"{field['name']}\n{field['value']}" for field in embed.get("fields", [])]
            texts.append(embed.get("footer", {}).get("text", ""))
        texts += [str(item.get("label", "")) for item in self.items()]
        return "\n".join(texts)

    def items(self) -> list[Json]:
        """The buttons and selects of the answer."""
        return [item for item in walk(self.shown.payload["components"]) if "custom_id" in item]

    @property
    def shown(self) -> Message:
        assert self.answer is not None, "nothing was typed yet"
        return self.answer

    async def settings(self) -> ServerSettings:
        guild = await self.guilds.get(GUILD_ID)
        assert guild is not None
        return guild.settings

    async def history(self) -> tuple[Change, ...]:
        return await self.guilds.history(GUILD_ID)


def keeping_guilds(clock: StepClock, db: Database) -> Memory:
    """Services in memory, but for those of servers: what is chosen is kept in the database."""
    memory = Memory(clock)
    memory.services = replace(memory.services, guilds=GuildService(db, clock))
    return memory


async def at_her_settings(stage: Stage) -> Admin:
    """Ada, who chose a channel and looks at /settings."""
    ada = Admin(stage)
    await ada.type("setup", channel=str(DEALS_ID))
    await ada.type("settings")
    return ada


def shown_in(item: Json) -> str | list[str]:
    """What a field of a form holds before anybody touches it."""
    if "value" in item:
        return str(item["value"])
    chosen = [option["value"] for option in item.get("options", []) if option.get("default")]
    return chosen + [str(default["id"]) for default in item.get("default_values", [])]
