"""Every table of the house, for migrations and for the test that compares them."""

from sqlalchemy import MetaData

from db import (
    allowances,
    backfill,
    catalog,
    deals,
    events,
    guilds,
    jobs,
    listings,
    observations,
    operations,
    posts,
    prices,
    processes,
    sources,
    trades,
    work,
)
from db.base import Base

ROOMS = (
    allowances,
    backfill,
    catalog,
    deals,
    events,
    guilds,
    jobs,
    listings,
    observations,
    operations,
    posts,
    prices,
    processes,
    sources,
    trades,
    work,
)

METADATA: MetaData = Base.metadata
