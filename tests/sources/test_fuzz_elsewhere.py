"""Mutated answers of other vaults, of the chain and of Discord: only SourceError escapes, nothing unsound."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.listings import SourceName
from core.errors import SourceError
from core.sources import beezie, discord, hints, opensea
from core.sources.base import Page
from core.sources.http import Fetched, address_of
from tests.sources.conftest import START
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
from tests.sources.test_fuzz import FUZZ, Parser, assert_sound, mutations

pytestmark = pytest.mark.slow

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
EVERY_PARSER = pytest.mark.parametrize("parser", PARSERS, ids=str)


def try_parse(parser: Parser, body: bytes) -> None:
    try:
        result = parser.parse(Fetched(SourceName.BEEZIE, body, START))
    except SourceError:
        return
    assert_sound(result)
    for report in result.reports if isinstance(result, Page) else ():
        assert address_of(report.key.mint)
        assert address_of(report.key.seller)


@EVERY_PARSER
def test_the_answer_itself_is_understood(parser: Parser) -> None:
    assert parser.parse(Fetched(SourceName.BEEZIE, msgspec.json.encode(parser.answer), START))


@EVERY_PARSER
@FUZZ
@given(choice=st.data())
def test_a_mutated_answer_is_sound_or_a_source_error(parser: Parser, choice: st.DataObject) -> None:
    try_parse(parser, choice.draw(mutations(parser.answer)))


@EVERY_PARSER
@FUZZ
@given(choice=st.data())
def test_a_spoiled_answer_is_sound_or_a_source_error(parser: Parser, choice: st.DataObject) -> None:
    body = bytearray(msgspec.json.encode(parser.answer))
    at = choice.draw(st.integers(0, len(body) - 1))
    body[at : at + choice.draw(st.integers(0, 9))] = choice.draw(st.binary(max_size=4))
    try_parse(parser, bytes(body))
