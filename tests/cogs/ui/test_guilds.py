"""The texts of choosing a channel: what the bot may do there, and what it misses."""

import discord

from cogs.ui.guilds import NEEDED, WHY_WISHED, WISHED, channels_of, chosen_embed, missing_permissions
from core.domain.deals import DealTier
from core.domain.guilds import Guild, ServerSettings

ALL = discord.Permissions.all()
CHOSEN = Guild(1, "Traders", ServerSettings(channel_id=22))


def test_missing_permissions_have_the_names_that_discord_shows() -> None:
    some = discord.Permissions(view_channel=True)
    assert missing_permissions(some, NEEDED) == ("Send Messages", "Embed Links")
    assert missing_permissions(some, WISHED) == ("Attach Files", "Read Message History")
    assert missing_permissions(ALL, NEEDED | WISHED) == ()


def test_every_permission_asked_for_exists_and_every_wish_has_its_reason() -> None:
    assert set(NEEDED | WISHED) <= set(discord.Permissions.VALID_FLAGS)
    assert set(WISHED.values()) == set(WHY_WISHED)


def test_every_channel_that_is_written_to_is_looked_at_once() -> None:
    settings = ServerSettings(
        channel_id=1, tier_channels={DealTier.GOLD: 1, DealTier.LOOK: 2}, trace_channel_id=3
    )
    assert channels_of(settings) == (1, 2, 3)
    assert channels_of(ServerSettings()) == ()


def test_a_choice_with_something_missing_is_taken_with_a_warning() -> None:
    warned, silent = chosen_embed(CHOSEN, ["I miss Read Message History."]), chosen_embed(CHOSEN)
    assert "Deals go to <#22>" in (silent.description or "")
    assert "I miss Read Message History" in (warned.description or "")
    assert warned.colour != silent.colour
