"""The texts of /setup: what the bot may do in a channel, and what to do when it may not."""

import discord

from cogs.ui.guilds import NEEDED, WISHED, chosen_embed, missing_permissions, setup_embed
from core.domain.guilds import Guild, ServerSettings

ALL = discord.Permissions.all()
CHOSEN = Guild(1, "Traders", ServerSettings(channel_id=22))


def test_missing_permissions_have_the_names_that_discord_shows() -> None:
    some = discord.Permissions(view_channel=True)
    assert missing_permissions(some, NEEDED) == ("Send Messages", "Embed Links")
    assert missing_permissions(some, WISHED) == ("Read Message History",)
    assert missing_permissions(ALL, NEEDED | WISHED) == ()


def test_every_permission_asked_for_exists() -> None:
    assert set(NEEDED | WISHED) <= set(discord.Permissions.VALID_FLAGS)


def test_before_a_choice_setup_says_that_nothing_is_posted() -> None:
    assert "nothing is posted" in (setup_embed(Guild(1, "Traders")).description or "")
    assert "nothing is posted" in (setup_embed(None).description or "")


def test_after_a_choice_setup_names_the_channel() -> None:
    assert "Deals go to <#22>" in (setup_embed(CHOSEN).description or "")


def test_a_pause_is_told_with_its_reason() -> None:
    paused = Guild(1, "Traders", ServerSettings(channel_id=22), paused_because="I may not post.")
    assert "is paused: I may not post." in (setup_embed(paused).description or "")


def test_a_choice_without_history_is_taken_with_a_warning() -> None:
    warned, silent = chosen_embed(CHOSEN, ("Read Message History",)), chosen_embed(CHOSEN, ())
    assert "I miss Read Message History" in (warned.description or "")
    assert "I miss" not in (silent.description or "")
    assert warned.colour != silent.colour
