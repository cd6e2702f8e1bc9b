"""/settings: seen, changed in a draft, saved, undone, by those who may; ids of other servers are refused."""

import msgspec
import pytest

from cogs.ui.guilds import within
from cogs.ui.settings_forms import PARTS
from core.domain.deals import DealTier
from core.domain.guilds import QuietHours, ServerSettings
from core.domain.listings import SourceName
from core.domain.replays import Quick
from core.domain.sources import SourcePlan, SourceView
from core.errors import NotAllowed
from core.services.guilds import Choose
from core.simulator.discord.permissions import Permission
from core.simulator.discord.population import (
    BOT_ID,
    DEAL_PINGS_ROLE_ID,
    DEALS_ID,
    GENERAL_ID,
    GUILD_ID,
    TRACE_ID,
)
from core.simulator.discord.wire import Json
from db.engine import Database
from tests.cogs.conftest import Stage
from tests.cogs.guild_stage import Admin, at_her_settings, keeping_guilds
from tests.cogs.memory import Memory, StepClock
from tests.databases import on_sqlite

pytestmark = [on_sqlite, pytest.mark.slow]
SAVE = "v1:settings:save"
GOLD, HIGH, LOOK = DealTier.GOLD, DealTier.HIGH, DealTier.LOOK


@pytest.fixture
def memory(clock: StepClock, db: Database) -> Memory:
    return keeping_guilds(clock, db)


@pytest.fixture
async def ada(stage: Stage) -> Admin:
    return await at_her_settings(stage)


def alt_is_asked() -> SourceView:
    return SourceView(SourcePlan(SourceName.ALT), False, None, "", None, 0, None)


def labels(modal: Json | None) -> list[str]:
    assert modal is not None
    return [row["label"] for row in modal["components"]]


async def test_everything_is_shown_at_once_to_the_one_who_asked(ada: Admin) -> None:
    assert ada.shown.ephemeral_to == ada.id
    said = ada.read()
    for line in (
        f"Deals: <#{DEALS_ID}>",
        "Pinged: nobody",
        "GOLD from 30 %, HIGH from 20 %, INFO from 15 %",
        "need a confidence of 60 or more",
        "85 % paid out, $0.00 fees",
        "Graders: all",
        "Posts an hour: 20 in a channel",
        "Quiet hours: none",
    ):
        assert line in said


async def test_changes_collect_in_a_draft_and_hold_when_saved(ada: Admin) -> None:
    await ada.enter("trust", confidence="75")
    await ada.sees("**confidence**: 60 or more → 75 or more")
    await ada.enter("calls", gold=[str(DEAL_PINGS_ROLE_ID)], shown=["gold", "high"])
    said = await ada.sees("Not saved yet: 3 changes")
    assert f"**ping roles**: nobody → GOLD <@&{DEAL_PINGS_ROLE_ID}>, HIGH nobody" in said
    assert (await ada.settings()).policy.confidence_min == 60
    await ada.press(SAVE)
    await ada.sees("Saved.")
    settings = await ada.settings()
    assert settings.policy.confidence_min == 75
    assert settings.ping_roles == {GOLD: DEAL_PINGS_ROLE_ID}
    assert settings.channel_of(LOOK) is None
    assert (await ada.history())[0].what == "ping roles, calls shown, confidence"


async def test_a_confidence_that_no_source_reaches_is_told_before_and_after_it_is_saved(ada: Admin) -> None:
    told = "You ask for a confidence of 90; my sources reach 75 at most: no GOLD, HIGH or INFO will come"
    assert "You ask for" not in ada.read()
    await ada.enter("trust", confidence="90")
    assert told in await ada.sees("**confidence**: 60 or more → 90 or more")
    await ada.press(SAVE)
    assert told in await ada.sees("Saved.")
    ada.stage.memory.sources.views = (alt_is_asked(),)
    await ada.type("settings")
    assert "You ask for" not in ada.read()
    assert "need a confidence of 90 or more" in ada.read()


FORMS: list[tuple[str, dict[str, str | list[str]], str]] = [
    ("places", {"trace": [str(TRACE_ID)]}, f"**trace channel**: nowhere → <#{TRACE_ID}>"),
    ("routes", {"gold": [str(GENERAL_ID)]}, f"→ GOLD <#{GENERAL_ID}>"),
    ("discounts", {"gold": "35", "look": "12.5 %"}, "GOLD from 35 %, HIGH from 20 %"),
    ("profits", {"gold": "$1,250.50"}, "and $1,250.50 net profit"),
    ("trust", {"doubtful": "20"}, "**UNDETERMINED**: from 15 % → from 20 %"),
    ("costs", {"payout": "90", "fees": "2.5"}, "**fees**: $0.00 → $2.50"),
    ("cards", {"graders": ["PSA", "BGS"], "categories": "Pokemon\nOne Piece"}, "→ One Piece, Pokemon"),
    ("cards", {"low": "10", "high": "500"}, "**price window**: no upper end → to $500.00"),
    ("blocks", {"words": "proxy\nJumbo", "sellers": "x" * 44}, "**blocked words**: none → jumbo, proxy"),
    ("rhythm", {"hourly": "5", "fall": "10", "wait": "120"}, "**posts an hour**: 20 in a channel → 5"),
    (
        "quiet",
        {"begins": "\u200e10 pm", "ends": "7\u200b", "zone": "berlin"},
        "→ 22:00 to 07:00, Europe/Berlin",
    ),
]


async def test_every_part_has_a_form_that_shows_what_holds(ada: Admin) -> None:
    for part, fields, shown in FORMS:
        await ada.enter(part, **fields)
        await ada.sees(shown)
    await ada.press(SAVE)
    await ada.sees("Saved.")
    for each in PARTS:
        await ada.enter(each.key)
        assert "Nothing holds before you save it" in ada.read()


async def test_a_draft_is_tried_in_a_message_of_its_own_and_stays_a_draft(ada: Admin) -> None:
    await ada.enter("trust", confidence="75")
    await ada.sees("Not saved yet: 1 change")
    pressed = await ada.press("v1:settings:try")
    until = ada.stage.discord.watchers.until
    await until(lambda: bool(pressed.followups))
    [embed] = pressed.followups[0].payload["embeds"]
    assert embed["title"] == "Replay of the last 7 days"
    assert ada.stage.memory.replays.asked == [(GUILD_ID, ada.id, 7, Quick())]
    assert "Not saved yet: 1 change" in ada.read()


async def test_the_form_of_the_channels_shows_the_one_that_is_chosen(ada: Admin) -> None:
    opened = await ada.press("v1:settings:part", "places")
    assert opened.modal is not None
    deals, trace = (row["component"] for row in opened.modal["components"])
    assert deals["default_values"] == [{"type": "channel", "id": str(DEALS_ID)}]
    assert not trace.get("default_values")


async def test_the_forms_show_what_the_draft_says(ada: Admin) -> None:
    await ada.enter("quiet", begins="22:00", ends="7:30", zone="new york")
    await ada.sees("America/New_York")
    opened = await ada.press("v1:settings:part", "quiet")
    assert labels(opened.modal) == ["Begin", "End", "Time zone"]
    assert opened.modal is not None
    values = [row["component"]["value"] for row in opened.modal["components"]]
    assert values == ["22:00", "07:30", "America/New_York"]
    await ada.press(SAVE)
    await ada.sees("Saved.")
    assert (await ada.settings()).quiet == QuietHours(1_320, 450, "America/New_York")


NONSENSE: list[tuple[str, dict[str, str | list[str]], str]] = [
    ("trust", {"confidence": "sure"}, "Confidence: `sure` is not a whole number"),
    ("trust", {"confidence": "101"}, "between 1 and 100"),
    ("discounts", {"gold": "10"}, "must go down"),
    ("costs", {"payout": "1e9"}, "Payout: `1e9` is not a percentage"),
    ("trust", {"doubtful": "some"}, "UNDETERMINED: `some` is not a percentage"),
    ("cards", {"high": "lots"}, "Highest price: `lots` is not dollars"),
    ("quiet", {"begins": "25:00", "ends": "7", "zone": "Berlin"}, "is not a time such as 22:00"),
    ("quiet", {"begins": "22:00", "ends": "7"}, "Type the time zone as well"),
    ("quiet", {"begins": "22:00", "ends": "7", "zone": "Atlantis"}, "no such time zone"),
    ("blocks", {"words": "x"}, "2 to 40 letters"),
    ("calls", {"gold": [str(GUILD_ID)]}, "never ping everyone"),
]


async def test_what_makes_no_sense_is_answered_in_a_sentence_and_changes_nothing(ada: Admin) -> None:
    for part, fields, said in NONSENSE:
        assert said in await ada.told(await ada.enter(part, **fields))
    assert await ada.guilds.draft_of(GUILD_ID, ada.id) is None


async def test_a_channel_where_the_bot_may_not_post_is_refused(ada: Admin) -> None:
    await ada.stage.deny(Permission.EMBED_LINKS, GENERAL_ID)
    sent = await ada.enter("routes", gold=[str(GENERAL_ID)])
    assert f"I cannot post in <#{GENERAL_ID}>. I miss: Embed Links" in await ada.told(sent)


STRANGE = [
    ServerSettings(channel_id=5),
    ServerSettings(trace_channel_id=BOT_ID),
    ServerSettings(tier_channels={GOLD: GUILD_ID}),
    ServerSettings(ping_roles={GOLD: 5}),
    ServerSettings(ping_roles={HIGH: DEALS_ID}),
]


async def test_an_id_that_is_none_of_this_servers_is_refused(ada: Admin) -> None:
    server = ada.stage.bot.get_guild(GUILD_ID)
    assert server is not None
    for strange in STRANGE:
        with pytest.raises(NotAllowed):
            await ada.guilds.edit_draft(GUILD_ID, ada.id, within(server, always(strange)))
    assert await ada.guilds.draft_of(GUILD_ID, ada.id) is None


def always(settings: ServerSettings) -> Choose:
    return lambda _: settings


async def test_what_the_bot_misses_is_said_with_where_to_grant_it(ada: Admin) -> None:
    await ada.stage.deny(Permission.SEND_MESSAGES)
    await ada.type("settings")
    said = ada.read()
    assert f"I cannot post in <#{DEALS_ID}>: I miss Send Messages" in said
    assert "Channel settings → Permissions" in said


async def test_a_choice_taken_back_in_the_select_shows_everything_anew(ada: Admin) -> None:
    await ada.guilds.change(GUILD_ID, lambda now: msgspec.structs.replace(now, posts_per_hour=7), by=1)
    await ada.press("v1:settings:part")
    await ada.sees("Posts an hour: 7 in a channel")


async def test_what_a_phone_pastes_along_unseen_blocks_nothing_else(ada: Admin) -> None:
    await ada.enter("blocks", words="\u202eproxy\u200b\n\ufeff\njumbo 🎴")
    await ada.sees("Not saved yet")
    draft = await ada.guilds.draft_of(GUILD_ID, ada.id)
    assert draft is not None
    assert draft.settings.policy.keywords_blocked == ("jumbo 🎴", "proxy")


async def test_a_blocked_word_may_end_in_a_star_but_not_be_one(ada: Admin) -> None:
    opened = await ada.press("v1:settings:part", "blocks")
    assert "mew* is Mew and Mewtwo" in str(opened.modal)
    await ada.enter("blocks", words="Mew *")
    await ada.sees("**blocked words**: none → mew\\*")
    refused = await ada.enter("blocks", words="mew*\n＊")
    assert "A blocked word must say something: a star alone blocks nothing" in await ada.told(refused)


async def test_a_category_that_was_never_seen_is_named(ada: Admin) -> None:
    ada.stage.memory.deals.games = ("One Piece", "Pokemon")
    opened = await ada.press("v1:settings:part", "cards")
    assert "Seen: One Piece, Pokemon" in str(opened.modal)
    await ada.enter("cards", categories="Pokémon\nPokmon")
    await ada.sees("I have not seen any card of Pokmon yet. I know One Piece, Pokemon.")
