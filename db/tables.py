"""Every table of the house, for migrations and for the test that compares them."""

from sqlalchemy import MetaData

from db import (
    allowances,
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
    work,
)
from db.base import Base

ROOMS = (
    allowances,
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
    work,
)

METADATA: MetaData = Base.metadata
