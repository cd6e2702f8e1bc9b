"""The import table refuses what the design refuses, however the import is written."""

import pytest

from tests.architecture.imports import import_faults

FORBIDDEN = [
    # The domain is pure: the standard library, msgspec, the errors.
    ("core.domain.deals", "import core.clock"),
    ("core.domain.deals", "from core.settings import Settings"),
    ("core.domain.deals", "import sqlalchemy"),
    ("core.errors", "from core import clock"),
    # The database knows neither vendors nor services nor Discord.
    ("db.listings", "from core.sources.base import ListingSource"),
    ("db.listings", "from core.services.deals import DealService"),
    ("db.listings", "import discord"),
    # A vendor knows neither the database nor another vendor.
    ("core.sources.alt", "from db.listings import ListingRow"),
    ("core.sources.alt", "from core.sources import magiceden"),
    ("core.sources.alt", "from core.services import deals"),
    # A use case knows the protocols of sources, not the vendors; neither Discord nor HTTP.
    ("core.services.deals", "from core.sources.alt import Alt"),
    ("core.services.deals", "from core.sources import alt"),
    ("core.services.deals", "import aiohttp"),
    ("core.services.deals", "from discord.ext import commands"),
    ("core.services.deals", "from core.jobs import Job"),
    # A cog translates: no database, no source, no other cog, no composition root.
    ("cogs.deals", "from db import listings"),
    ("cogs.deals", "from core.sources.base import ListingSource"),
    ("cogs.deals", "from cogs.setup import Setup"),
    ("cogs.deals", "from cogs import setup"),
    ("cogs.deals", "from . import setup"),
    ("cogs.ui.deals", "from cogs.deals import Deals"),
    ("cogs.deals", "from core.runtime import Runtime"),
    # The web serves the same services, and knows no Discord.
    ("core.web.deals", "import discord"),
    ("core.web.deals", "from cogs.ui.format import money"),
    ("core.web.deals", "from db.listings import ListingRow"),
    # bot.py alone joins the rooms.
    ("core.runtime", "from cogs.client import Client"),
    ("core.runtime", "from core.web import app"),
    ("core.runtime", "from core.jobs import Runner"),
    ("core.jobs", "from db import operations"),
    ("core.events", "from core.services import deals"),
    ("core.charts", "from core.services import deals"),
    ("core.analytics", "from db import events"),
    ("core.services.deals", "from core.cli import run"),
    ("core.clock", "from core.telemetry import log"),
    ("core.settings", "from core.telemetry import log"),
    # The simulator shares no mind with us; migrations know the database only; nobody knows these three.
    ("core.simulator.market.book", "from core.errors import AppError"),
    ("core.simulator.market.book", "from core.clock import Clock"),
    ("migrations.env", "from core.settings import Settings"),
    ("core.cli.db", "from migrations import env"),
    ("core.cli.run", "import bot"),
    ("core.runtime", "from tests.postgres import running_server"),
    # Written otherwise, they are refused all the same.
    ("core.services.deals", "def late() -> None:\n    from core.sources.alt import Alt"),
    ("core.services.deals", "if TYPE_CHECKING:\n    from core.sources.alt import Alt"),
    ("core.services.deals", "from ..sources.alt import Alt"),
    ("core.services.__init__", "from ..sources.alt import Alt"),
    ("core.services.deals", "import core.domain.deals, core.sources.alt as alt"),
    ("core.services.deals", "import core"),
    ("core.services.deals", "from core import *"),
    ("core.services.deals", "importlib.import_module('core.sources.alt')"),
    ("core.services.deals", "import_module(f'core.sources.{name}')"),
    ("core.__init__", "from core.errors import AppError"),
    # Only types come out of the settings.
    ("core.services.deals", "from core.settings import load"),
    ("core.services.deals", "import core.settings"),
    ("core.services.deals", "from core import settings"),
]

ALLOWED = [
    ("core.domain.deals", "import datetime, msgspec\nfrom core.errors import InvalidInput"),
    ("db.listings", "import sqlalchemy\nfrom core.domain.listings import Listing\nfrom .base import Base"),
    (
        "core.sources.alt",
        "from core.sources.base import Json\nfrom .http import SourceHttp\nfrom core import errors",
    ),
    ("core.sources.alt.parse", "from core.sources.alt.payload import Asset"),
    (
        "core.services.deals",
        "from db import listings\nfrom core.sources import base\nfrom core.clock import Clock",
    ),
    ("core.services.deals", "from core.settings import Settings, World"),
    ("cogs.deals", "from cogs.ui.deals import deal_embed\nfrom cogs.client import Client\nimport discord"),
    ("core.web.deals", "from aiohttp import web\nfrom core.services.deals import DealService"),
    ("core.runtime", "from core.sources.alt import Alt\nfrom db.engine import Database"),
    ("bot", "run = import_module('core.cli.run')"),
    ("core.cli.run", "from core.runtime import open_runtime\nfrom cogs.client import Client"),
    ("core.simulator.market.book", "from core.simulator.market.things import Card"),
    ("migrations.env", "from db.base import Base\nimport alembic"),
]


@pytest.mark.parametrize(("module", "source"), FORBIDDEN)
def test_the_table_refuses(module: str, source: str) -> None:
    assert import_faults(module, source)


@pytest.mark.parametrize(("module", "source"), ALLOWED)
def test_the_table_allows(module: str, source: str) -> None:
    assert import_faults(module, source) == []


def test_a_module_outside_every_room_is_refused() -> None:
    assert import_faults("core.cellar", "") == ["core.cellar stands in no room of the table"]
