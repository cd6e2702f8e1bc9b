"""Other vaults."""

from core.sources import beezie, discord, hints, opensea
from core.sources.base import Page
from core.sources.http import address_of
from tests.sources.parsers.parser import Parser, assert_sound
from tests.sources.payloads import MINT
from tests.sources.payloads_elsewhere import (
    PROOF,
    beezie_item,
    beezie_page,
    log_notification,
    sea_listing,
    sea_nft,
    sea_page,
)
from tests.sources.payloads_people import discord_guild, discord_token, discord_user

PARSERS = (
    Parser(
        "beezie listings", lambda f: beezie.parse_listings(f)[0], beezie_page(beezie_item(), beezie_item())
    ),
    Parser("beezie live", lambda f: beezie.parse_live(f, MINT), beezie_item()),
    Parser("beezie slab", lambda f: beezie.parse_slab(f, MINT), beezie_item()),
    Parser(
        "opensea listings", lambda f: opensea.parse_listings(f)[0], sea_page(sea_listing(), sea_listing())
    ),
    Parser("opensea live", lambda f: opensea.parse_live(f, PROOF), sea_listing()),
    Parser("opensea slab", lambda f: opensea.parse_slab(f, PROOF), sea_nft()),
    Parser("discord person", discord.parse_person, discord_user()),
    Parser("discord memberships", discord.parse_memberships, [discord_guild()]),
    Parser("discord grant", lambda f: discord.parse_grant(f).until, discord_token()),
    Parser("a line of the chain's log", hints.parse_hint, log_notification()),
)


def check(result: object) -> None:
    assert_sound(result)
    for report in result.reports if isinstance(result, Page) else ():
        assert address_of(report.key.mint)
        assert address_of(report.key.seller)
