"""Logging in with an account: the page, the code, the tokens, and what may be read with them."""

from typing import Any

import aiohttp
import pytest
import yarl

from core.simulator.discord.limits import CODE_S, TOKEN_S
from core.simulator.discord.population import ADA_ID, BOT_ID, GUILD_ID, TOM_ID
from tests.simulator.discord.conftest import LookAlike
from tests.simulator.discord.openapi import DESCRIPTION, schema_faults

BACK = "http://127.0.0.1:8080/login/done"
SECRET = "demo-client-secret"
ASKED = {
    "client_id": str(BOT_ID),
    "response_type": "code",
    "redirect_uri": BACK,
    "scope": "identify guilds",
    "state": "s & t",
}


class Website:
    """The bot's website and the browser of a person."""

    def __init__(self, look_alike: LookAlike) -> None:
        self._look_alike = look_alike

    async def page(self, **changes: str) -> tuple[int, str]:
        url = f"{self._look_alike.url}/oauth2/authorize"
        async with self._look_alike.http.get(url, params=ASKED | changes) as answer:
            return answer.status, await answer.text()

    async def press(self, person: str, **changes: str) -> yarl.URL:
        """Where the browser is sent."""
        url = f"{self._look_alike.url}/api/oauth2/authorize"
        form = ASKED | changes | {"person": person}
        async with self._look_alike.http.post(url, data=form, allow_redirects=False) as answer:
            assert answer.status == 302
            return yarl.URL(answer.headers["Location"])

    async def code(self, **changes: str) -> str:
        return (await self.press(str(TOM_ID), **changes)).query["code"]

    async def post(self, path: str, form: dict[str, str], **options: Any) -> tuple[int, Any]:
        async with self._look_alike.http.post(
            f"{self._look_alike.url}{path}", data=form, **options
        ) as answer:
            return answer.status, await answer.json()

    async def token(self, **form: str) -> tuple[int, Any]:
        client = {"client_id": str(BOT_ID), "client_secret": SECRET}
        return await self.post("/api/v10/oauth2/token", client | form)

    async def exchange(self, code: str, **changes: str) -> tuple[int, Any]:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
        return await self.token(**(form | changes))

    async def read(self, path: str, access: str) -> tuple[int, Any]:
        return await self._look_alike.api("GET", path, headers={"Authorization": f"Bearer {access}"})


@pytest.fixture
def website(look_alike: LookAlike) -> Website:
    return Website(look_alike)


async def test_the_page_has_a_button_for_each_person_and_one_to_cancel(website: Website) -> None:
    status, page = await website.page()
    assert status == 200
    assert [page.count(f">{name}</button>") for name in ("Ada", "Tom", "Wes", "Cancel")] == [1, 1, 1, 1]
    assert "Cards Cartel" in page
    assert "s &amp; t" in page


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("client_id", "5", "Unknown Application"),
        ("response_type", "token", "response type"),
        ("scope", "everything", "scope"),
        ("scope", "", "scope"),
        ("redirect_uri", "https://example.org/", "Invalid OAuth2 redirect_uri"),
        ("redirect_uri", "javascript:alert(1)", "Invalid OAuth2 redirect_uri"),
        ("redirect_uri", "http://[", "Invalid OAuth2 redirect_uri"),
    ],
)
async def test_a_page_that_is_asked_for_wrongly_says_why(
    website: Website, name: str, value: str, words: str
) -> None:
    status, page = await website.page(**{name: value})
    assert status == 400
    assert words in page


async def test_only_registered_addresses_are_returned_to(look_alike: LookAlike, website: Website) -> None:
    look_alike.world.redirect_uris = (f"{BACK}/other",)
    assert (await website.page())[0] == 400
    assert (await website.page(redirect_uri=f"{BACK}/other"))[0] == 200


async def test_the_state_comes_back_with_a_code_or_with_a_refusal(website: Website) -> None:
    back = await website.press(str(TOM_ID))
    assert str(back).startswith(BACK)
    assert back.query["state"] == "s & t"
    assert back.query["code"]
    refused = await website.press("")
    assert (refused.query["error"], refused.query["state"]) == ("access_denied", "s & t")


async def test_a_code_becomes_tokens_that_read_the_person_and_the_guilds(website: Website) -> None:
    status, tokens = await website.exchange(await website.code())
    assert status == 200
    assert (tokens["token_type"], tokens["expires_in"], tokens["scope"]) == (
        "Bearer",
        TOKEN_S,
        "identify guilds",
    )
    status, me = await website.read("/users/@me", tokens["access_token"])
    assert (status, me["id"], me["username"], "email" in me) == (200, str(TOM_ID), "tom", False)
    _, (guild,) = await website.read("/users/@me/guilds", tokens["access_token"])
    assert (guild["id"], guild["owner"], int(guild["permissions"]) & 8) == (str(GUILD_ID), False, 0)


async def test_the_owner_of_a_guild_is_told_so(website: Website) -> None:
    code = (await website.press(str(ADA_ID))).query["code"]
    _, tokens = await website.exchange(code)
    _, (guild,) = await website.read("/users/@me/guilds", tokens["access_token"])
    assert (guild["owner"], int(guild["permissions"]) & 8) == (True, 8)


async def test_a_code_works_once_for_its_address_and_not_for_long(
    look_alike: LookAlike, website: Website
) -> None:
    code = await website.code()
    assert (await website.exchange(code))[0] == 200
    refused = (400, {"error": "invalid_grant", "error_description": 'Invalid "code" in request.'})
    assert await website.exchange(code) == refused
    assert await website.exchange(await website.code(), redirect_uri=f"{BACK}/other") == refused
    late = await website.code()
    look_alike.clock.step(CODE_S + 1)
    assert await website.exchange(late) == refused


async def test_a_website_that_cannot_say_who_it_is_is_an_invalid_client(website: Website) -> None:
    form = {"grant_type": "authorization_code", "code": await website.code(), "redirect_uri": BACK}
    for secret in ("", "wrong"):
        client = {"client_id": str(BOT_ID), "client_secret": secret}
        assert await website.post("/api/oauth2/token", form | client) == (401, {"error": "invalid_client"})
    wrong = {"Authorization": "Basic !"}
    assert (await website.post("/api/oauth2/token", form, headers=wrong))[0] == 401
    basic = {"Authorization": aiohttp.encode_basic_auth(str(BOT_ID), SECRET)}
    assert (await website.post("/api/oauth2/token", form, headers=basic))[0] == 200


async def test_a_refresh_token_works_once_and_ends_the_old_tokens(website: Website) -> None:
    _, old = await website.exchange(await website.code())
    renew = {"grant_type": "refresh_token", "refresh_token": old["refresh_token"]}
    status, new = await website.token(**renew)
    assert (status, new["scope"]) == (200, old["scope"])
    assert (await website.read("/users/@me", new["access_token"]))[0] == 200
    assert (await website.read("/users/@me", old["access_token"]))[0] == 401
    assert await website.token(**renew) == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
async def test_a_revoked_token_takes_its_pair_with_it(website: Website, which: str) -> None:
    _, tokens = await website.exchange(await website.code())
    client = {"client_id": str(BOT_ID), "client_secret": SECRET}
    revoke = "/api/v10/oauth2/token/revoke"
    assert (await website.post(revoke, client))[1]["error"] == "invalid_request"
    assert await website.post(revoke, client | {"token": tokens[which]}) == (200, {})
    assert (await website.read("/users/@me", tokens["access_token"]))[0] == 401
    renew = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert (await website.token(**renew))[0] == 400


async def test_another_grant_is_not_supported(website: Website) -> None:
    status, body = await website.token(grant_type="password")
    assert (status, body["error"]) == (400, "unsupported_grant_type")


async def test_a_token_reads_what_its_scopes_allow_and_nothing_of_the_bot(
    look_alike: LookAlike, website: Website
) -> None:
    _, tokens = await website.exchange(await website.code(scope="identify"))
    access = tokens["access_token"]
    for path in ("/users/@me/guilds", f"/guilds/{GUILD_ID}", "/gateway/bot"):
        assert (await website.read(path, access))[0] == 401
    assert (await website.read("/users/@me", "wrong"))[0] == 401
    look_alike.clock.step(TOKEN_S + 1)
    assert (await website.read("/users/@me", access))[0] == 401


async def test_an_authorization_describes_itself(look_alike: LookAlike, website: Website) -> None:
    _, tokens = await website.exchange(await website.code())
    status, body = await website.read("/oauth2/@me", tokens["access_token"])
    assert (status, body["user"]["id"], body["scopes"]) == (200, str(TOM_ID), ["identify", "guilds"])
    assert (await look_alike.api("GET", "/oauth2/@me"))[0] == 401
    if DESCRIPTION.is_file():
        schema = '{"$ref": "#/components/schemas/OAuth2GetAuthorizationResponse"}'
        assert schema_faults(schema, body) == []


async def test_the_bot_still_reads_itself(look_alike: LookAlike) -> None:
    assert (await look_alike.api("GET", "/users/@me"))[1]["id"] == str(BOT_ID)
    _, (guild,) = await look_alike.api("GET", "/users/@me/guilds")
    assert int(guild["permissions"]) & 1 << 11
    assert "approximate_member_count" not in guild


async def test_secrets_stay_out_of_the_ledger_and_the_exchange_can_break(
    look_alike: LookAlike, website: Website
) -> None:
    look_alike.faults.add("discord:POST /oauth2/token", "status", status=503)
    assert (await website.exchange(await website.code()))[0] == 503
    (asked,) = look_alike.world.ledger.requests("POST", "/oauth2/token")
    assert (asked.status, asked.body) == (503, None)
