"""Signing in with Discord: the page, the grant, the person, their servers; nobody gets another's answer."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from core.domain.access import Membership, Person
from core.errors import SourceRefused
from core.settings import Secret
from core.simulator.app import Simulator, SimulatorConfig, open_simulator
from core.simulator.discord.limits import TOKEN_S
from core.simulator.discord.population import ADA_ID, BOT_ID, GUILD_ID, TOM_ID
from core.sources.base import Grant, SignInSource
from core.sources.discord import Discord
from core.sources.http import SourceHttp
from tests.sources.conftest import START
from tests.sources.payloads_people import MANAGE_GUILD, discord_guild, discord_token, discord_user
from tests.sources.questions.people import BACK, GRANT, discord
from tests.sources.server import Reply, ScriptedServer, data

SECRET = "demo-client-secret"
OTHER = Grant(Secret("another-token"), START)


async def test_the_page_says_who_asks_for_what_and_where_to_return(http: SourceHttp) -> None:
    source: SignInSource = discord(http, "https://discord.com")
    page = urlsplit(source.page(state="s & t", back_to=BACK))
    assert (page.scheme, page.netloc, page.path) == ("https", "discord.com", "/oauth2/authorize")
    assert parse_qs(page.query) == {
        "client_id": ["42"],
        "response_type": ["code"],
        "redirect_uri": [BACK],
        "scope": ["identify guilds"],
        "state": ["s & t"],
    }


async def test_a_code_becomes_a_grant_with_an_end(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data(discord_token()))
    grant = await discord(http, server.url).grant("the/code", back_to=BACK)
    assert grant is not None
    assert (grant.token.reveal(), grant.until) == ("persons-token", START + timedelta(days=7))
    assert "persons-token" not in repr(grant)
    [asked] = server.asked
    assert (asked.method, asked.path) == ("POST", "/api/v10/oauth2/token")
    assert asked.headers["Authorization"] == "Basic NDI6YXBwLXNlY3JldA=="
    form = {"grant_type": ["authorization_code"], "code": ["the/code"], "redirect_uri": [BACK]}
    assert parse_qs(asked.body.decode()) == form


async def test_the_shown_name_is_the_chosen_one_or_the_accounts(
    http: SourceHttp, server: ScriptedServer
) -> None:
    server.says(data(discord_user()), data(discord_user(global_name=None)))
    source = discord(http, server.url)
    assert [await source.person(GRANT), await source.person(GRANT)] == [
        Person(80351110224678912, "Tom"),
        Person(80351110224678912, "tom"),
    ]
    assert server.asked[0].headers["Authorization"] == "Bearer persons-token"


@pytest.mark.parametrize(
    ("bits", "is_owner", "is_admin"),
    [("0", False, False), (str(MANAGE_GUILD), False, True), ("8", False, True), ("0", True, True)],
)
async def test_who_owns_or_manages_a_server_is_its_admin(
    http: SourceHttp, server: ScriptedServer, bits: str, is_owner: bool, is_admin: bool
) -> None:
    server.says(data([discord_guild(permissions=bits, owner=is_owner)]))
    found = await discord(http, server.url).memberships(GRANT)
    assert found == (Membership(197038439483310086, "Card Shop", is_owner, int(bits)),)
    assert found[0].is_admin is is_admin


async def test_who_is_not_said_to_own_a_server_does_not(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(data([{"id": "7", "name": "Card Shop", "permissions": "0"}]))
    assert await discord(http, server.url).memberships(GRANT) == (Membership(7, "Card Shop", False, 0),)


async def test_two_people_who_ask_at_once_never_share_an_answer(
    http: SourceHttp, server: ScriptedServer
) -> None:
    users = [discord_user(id="1"), discord_user(id="2")]
    server.says(*(data(user, Cache_Control="max-age=60") for user in users))
    source = discord(http, server.url)
    found = await asyncio.gather(source.person(GRANT), source.person(OTHER))
    assert {person.id for person in found if person} == {1, 2}
    assert len(server.asked) == 2


async def test_a_grant_is_given_back(http: SourceHttp, server: ScriptedServer) -> None:
    server.says(Reply(b"{}"))
    await discord(http, server.url).give_back(GRANT)
    [asked] = server.asked
    assert (asked.path, asked.body) == (
        "/api/v10/oauth2/token/revoke",
        b"token=persons-token&token_type_hint=access_token",
    )


@dataclass
class Website:
    """Our side of signing in, and the browser of a person."""

    simulator: Simulator
    source: Discord

    async def press(self, person: str) -> dict[str, list[str]]:
        """What the browser brings back after that button on Discord's page."""
        page = urlsplit(self.source.page(state="s & t", back_to=BACK))
        form = {name: values[0] for name, values in parse_qs(page.query).items()} | {"person": person}
        async with (
            aiohttp.ClientSession() as browser,
            browser.post(f"{self.simulator.url}{page.path}", data=form, allow_redirects=False) as answer,
        ):
            return parse_qs(urlsplit(answer.headers["Location"]).query)

    async def sign_in(self, person_id: int) -> Grant:
        brought = await self.press(str(person_id))
        assert brought["state"] == ["s & t"]
        grant = await self.source.grant(brought["code"][0], back_to=BACK)
        assert grant is not None
        return grant


class Watch:
    """The look-alike's time."""

    now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
async def website(http: SourceHttp, watch: Watch) -> AsyncIterator[Website]:
    async with open_simulator(SimulatorConfig(pace=0, cards=60, listings=10, now=watch)) as simulator:
        app = {"client_id": str(BOT_ID), "client_secret": SECRET}
        yield Website(simulator, Discord(http, base_url=simulator.url, **app))


async def test_people_sign_in_and_their_servers_say_who_is_an_admin(website: Website) -> None:
    grants = [await website.sign_in(person) for person in (ADA_ID, TOM_ID)]
    people = [await website.source.person(grant) for grant in grants]
    assert people == [Person(ADA_ID, "Ada"), Person(TOM_ID, "Tom")]
    shown = [await website.source.memberships(grant) for grant in grants]
    assert [[(m.guild_id, m.is_admin) for m in found or ()] for found in shown] == [
        [(GUILD_ID, True)],
        [(GUILD_ID, False)],
    ]


async def test_a_refusal_brings_no_code_and_a_code_works_once(website: Website) -> None:
    assert (await website.press(""))["error"] == ["access_denied"]
    [code] = (await website.press(str(TOM_ID)))["code"]
    assert await website.source.grant(code, back_to=f"{BACK}/elsewhere") is None
    assert await website.source.grant(code, back_to=BACK) is None
    assert await website.source.grant("unknown", back_to=BACK) is None


async def test_a_grant_that_is_over_or_given_back_shows_nobody(website: Website, watch: Watch) -> None:
    given_back, late = await website.sign_in(TOM_ID), await website.sign_in(TOM_ID)
    await website.source.give_back(given_back)
    assert await website.source.person(given_back) is None
    assert await website.source.memberships(given_back) is None
    watch.now += timedelta(seconds=TOKEN_S + 1)
    assert await website.source.person(late) is None


async def test_an_application_that_cannot_say_who_it_is_is_refused(
    website: Website, http: SourceHttp
) -> None:
    [code] = (await website.press(str(TOM_ID)))["code"]
    stranger = discord(http, website.simulator.url)
    with pytest.raises(SourceRefused):
        await stranger.grant(code, back_to=BACK)
