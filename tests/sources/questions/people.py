"""What can be asked about people who sign in, each question with a good answer to it."""

from datetime import datetime

from core.settings import Secret
from core.sources.base import Grant
from core.sources.discord import Discord
from core.sources.http import SourceHttp
from tests.sources.conftest import START
from tests.sources.payloads_people import discord_guild, discord_token, discord_user
from tests.sources.questions.question import Question

BACK = "http://127.0.0.1:8080/signed-in"
GRANT = Grant(Secret("persons-token"), START)


def discord(http: SourceHttp, url: str) -> Discord:
    return Discord(http, base_url=url, client_id="42", client_secret="app-secret")


async def granted(http: SourceHttp, url: str) -> tuple[str, datetime] | None:
    """A Secret equals nothing but itself."""
    grant = await discord(http, url).grant("code", back_to=BACK)
    return None if grant is None else (grant.token.reveal(), grant.until)


QUESTIONS = (
    Question("discord grant", granted, discord_token(), missing=(400,)),
    Question(
        "discord person", lambda http, url: discord(http, url).person(GRANT), discord_user(), missing=(401,)
    ),
    Question(
        "discord memberships",
        lambda http, url: discord(http, url).memberships(GRANT),
        [discord_guild()],
        missing=(401,),
    ),
)
