"""What the commands of /deals have in common: each is a part of one group."""

from discord.ext import commands

from core.clock import Clock
from core.services import Services


class Part(commands.Cog):
    """One or a few commands of the group; never added to the bot by itself."""

    def __init__(self, services: Services, clock: Clock) -> None:
        self.services = services
        self.clock = clock
