"""Answers of Discord to who signs people in; keyword arguments replace fields."""

from tests.sources.payloads import Json

PERSON_ID, GUILD_ID = "80351110224678912", "197038439483310086"
MANAGE_GUILD = 1 << 5


def discord_token(**changes: Json) -> Json:
    return {
        "token_type": "Bearer",
        "access_token": "persons-token",
        "expires_in": 604_800,
        "refresh_token": "next-token",
        "scope": "identify guilds",
    } | changes


def discord_user(**changes: Json) -> Json:
    return {
        "id": PERSON_ID,
        "username": "tom",
        "global_name": "Tom",
        "discriminator": "0",
        "avatar": None,
    } | changes


def discord_guild(**changes: Json) -> Json:
    return {
        "id": GUILD_ID,
        "name": "Card Shop",
        "icon": None,
        "owner": False,
        "permissions": str(MANAGE_GUILD | 1 << 10),
        "features": [],
    } | changes
