"""Sample answers of the control API, in Discord's own shapes."""

from itertools import count
from typing import Any, Final, TypeAlias

Json: TypeAlias = dict[str, Any]

ADA: Final = "1100000000000000011"
WES: Final = "1100000000000000013"
BOT: Final = "1100000000000000001"
DEALS: Final = "1100000000000000101"
GENERAL: Final = "1100000000000000102"
TRACE: Final = "1100000000000000103"
PINGS: Final = "1100000000000000203"
MINT: Final = "A1XpmBRwKgTt8PnAF3f55xsQnjtYXhCZZ9JCn9gr5PfK"
EPHEMERAL: Final = 64
LISTED: Final = {
    "mint": MINT,
    "seller": "HDmEm8a6CX2gSXT6m3NJZRbLmUqBSejXu3D8KkDSbhPf",
    "price_usd_micros": 312_500_000,
    "fair_usd_micros": 470_000_000,
    "certificate": "82740613",
    "name": "2023 Ember Drake 007",
}
_ids = count(1_200_000_000_000_000_000)


def state() -> Json:
    """One server, three channels, an admin and a watcher who may not write."""
    people = [
        {"id": ADA, "name": "Ada", "role_names": ["Admin", "Deal pings"], "avatar_color": "#8b5cf6"},
        {"id": WES, "name": "Wes", "role_names": [], "avatar_color": "#3b82f6"},
    ]
    guild = {
        "id": "1100000000000000100",
        "name": "Cards Cartel Demo",
        "channels": [channel(DEALS, "deals"), channel(GENERAL, "general"), channel(TRACE, "trace")],
        "roles": [{"id": PINGS, "name": "Deal pings", "color": 0}],
    }
    bot = {"id": BOT, "name": "Cards Cartel", "online": True}
    return {"me": people[0], "people": people, "guilds": [guild], "bot": bot}


def channel(channel_id: str, name: str) -> Json:
    return {"id": channel_id, "name": name, "type": 0, "can_view": True, "can_send": True}


def seen_by(whole: Json, person: str) -> Json:
    """The same state for one person; Wes may not write and does not see #trace."""
    me = next(each for each in whole["people"] if each["id"] == person)
    is_watcher = person == WES
    channels = [
        each | {"can_send": not is_watcher, "can_view": not is_watcher or each["id"] != TRACE}
        for each in whole["guilds"][0]["channels"]
    ]
    return whole | {"me": me, "guilds": [whole["guilds"][0] | {"channels": channels}]}


def message(content: str = "", **more: Any) -> Json:
    """A message of the bot in #deals, newer than all before it."""
    author = {"id": BOT, "username": "cards-cartel", "global_name": "Cards Cartel", "bot": True}
    empty: Json = {"embeds": [], "components": [], "attachments": [], "pinged": []}
    return {
        "id": str(next(_ids)),
        "channel_id": DEALS,
        "author": author,
        "content": content,
        "timestamp": "2026-10-01T12:30:00.000000+00:00",
        "flags": 0,
        **empty,
        **more,
    }


def deal(base_url: str, **more: Any) -> Json:
    """A deal post with everything that embeds can hold, and one button of each style."""
    picture = f"{base_url}pictures/2026080635C221059.svg?name=2023+Ember+Drake+007&grade=10&grader=PSA"
    embed = {
        "title": "2023 Ember Drake 007 · PSA 10",
        "url": f"https://collectorcrypt.com/assets/solana/{MINT}",
        "description": "**$312.50** against **$470.00**: **34 %** below\nWhy: 7 sales in 90 days, ALT agrees",
        "color": 0xE0A526,
        "author": {"name": "GOLD deal"},
        "fields": [
            {"name": "Price", "value": "$312.50", "inline": True},
            {"name": "Value", "value": "$470.00", "inline": True},
            {"name": "Net profit", "value": "+$87.00", "inline": True},
            {"name": "Listed", "value": "<t:1790857800:R> on Collector Crypt", "inline": False},
        ],
        "thumbnail": {"url": picture},
        "footer": {"text": "ours 0.4 s"},
        "timestamp": "2026-10-01T12:30:00+00:00",
    }
    return message(embeds=[embed], components=deal_buttons(), **more)


def deal_buttons() -> list[Json]:
    buttons = [
        {"type": 2, "style": 1, "label": "CC", "custom_id": "v1:cc:5"},
        {"type": 2, "style": 2, "label": "ALT", "custom_id": "v1:alt:5"},
        {"type": 2, "style": 5, "label": "ME", "url": f"https://magiceden.io/item-details/{MINT}"},
        {"type": 2, "style": 3, "label": "Buy", "custom_id": "v1:buy:5"},
        {"type": 2, "style": 4, "label": "Block", "custom_id": "v1:block:5"},
    ]
    return [{"type": 1, "components": buttons}]


def only_for_me(content: str, source: str, **more: Any) -> Json:
    """An ephemeral answer to a press on the message `source`."""
    metadata = {"id": "1", "user": {"id": ADA, "username": "ada"}, "interacted_message_id": source}
    return message(content, flags=EPHEMERAL, interaction_metadata=metadata, **more)


def answered(shown: Json | None) -> Json:
    return _answer("answered", message=shown)


def failed(error: str) -> Json:
    return _answer("failed", error=error)


def asks(modal: Json) -> Json:
    return _answer("modal", modal=modal)


def offers(*choices: str) -> Json:
    return _answer("choices", choices=[{"name": f"{choice}!", "value": choice} for choice in choices])


def _answer(outcome: str, **more: Any) -> Json:
    empty = {"message": None, "modal": None, "choices": None, "error": None}
    return {"id": "1300000000000000000", "state": outcome, **empty, **more}
