"""Drafts: changes are collected per admin, saved together, and meet what others changed meanwhile."""

from datetime import timedelta

import msgspec
import pytest

from core.domain.deals import DealTier
from core.domain.guild_changes import Draft
from core.errors import InvalidInput
from core.services.guilds import DRAFTS_KEPT, Choose
from db.guild_settings import DraftRow
from tests.services.house import House

ADA, BEN = 7, 8


def choose(**changes: object) -> Choose:
    return lambda now: msgspec.structs.replace(now, **changes)


@pytest.fixture
async def server(house: House) -> House:
    await house.join(1)
    return house


async def draft_of(house: House, user_id: int = ADA) -> Draft:
    draft = await house.guilds.draft_of(1, user_id)
    assert draft is not None
    return draft


async def test_changes_collect_and_hold_only_once_saved(server: House) -> None:
    await server.guilds.edit_draft(1, ADA, choose(posts_per_hour=5))
    await server.guilds.edit_draft(1, ADA, choose(ping_roles={DealTier.GOLD: 3}))
    draft = await draft_of(server)
    assert (draft.settings.posts_per_hour, draft.guild.settings.posts_per_hour) == (5, 20)
    saved = await server.guilds.save_draft(1, ADA)
    assert saved.settings == draft.settings
    assert await server.guilds.draft_of(1, ADA) is None
    assert [change.what for change in await server.guilds.history(1, 1)] == ["ping roles, posts an hour"]


async def test_saving_twice_is_saving_once(server: House) -> None:
    await server.guilds.edit_draft(1, ADA, choose(posts_per_hour=5))
    assert await server.guilds.save_draft(1, ADA) == await server.guilds.save_draft(1, ADA)
    assert len(await server.guilds.history(1)) == 2


async def test_a_draft_that_changes_nothing_is_none(server: House) -> None:
    await server.guilds.edit_draft(1, ADA, choose(posts_per_hour=5))
    assert await server.guilds.edit_draft(1, ADA, choose(posts_per_hour=20)) is None
    assert await server.guilds.draft_of(1, ADA) is None


async def test_a_draft_thrown_away_changes_nothing(server: House) -> None:
    await server.guilds.edit_draft(1, ADA, choose(posts_per_hour=5))
    await server.guilds.discard_draft(1, ADA)
    assert (await server.guilds.save_draft(1, ADA)).settings.posts_per_hour == 20


async def test_what_makes_no_sense_does_not_enter_a_draft(server: House) -> None:
    await server.guilds.edit_draft(1, ADA, choose(posts_per_hour=5))
    with pytest.raises(InvalidInput):
        await server.guilds.edit_draft(1, ADA, choose(repeat_fall_bps=0))
    assert (await draft_of(server)).settings.posts_per_hour == 5


async def test_each_admin_has_a_draft_and_what_both_changed_is_kept(server: House) -> None:
    await server.guilds.edit_draft(1, ADA, choose(posts_per_hour=5))
    await server.guilds.edit_draft(1, BEN, choose(repeat_fall_bps=900))
    await server.guilds.save_draft(1, BEN)
    assert (await draft_of(server)).result.repeat_fall_bps == 900
    saved = await server.guilds.save_draft(1, ADA)
    assert (saved.settings.posts_per_hour, saved.settings.repeat_fall_bps) == (5, 900)


async def test_who_would_undo_anothers_change_is_told_first(server: House) -> None:
    await server.guilds.edit_draft(1, ADA, choose(posts_per_hour=5, repeat_fall_bps=900))
    await server.guilds.change(1, choose(posts_per_hour=7, repeat_after_minutes=9), by=BEN)
    with pytest.raises(InvalidInput, match="changed this meanwhile: posts an hour"):
        await server.guilds.save_draft(1, ADA)
    draft = await draft_of(server)
    assert (draft.base.posts_per_hour, draft.settings.posts_per_hour) == (7, 5)
    saved = (await server.guilds.save_draft(1, ADA)).settings
    assert (saved.posts_per_hour, saved.repeat_fall_bps, saved.repeat_after_minutes) == (5, 900, 9)


async def test_two_who_chose_the_same_do_not_dispute(server: House) -> None:
    await server.guilds.edit_draft(1, ADA, choose(posts_per_hour=5))
    await server.guilds.change(1, choose(posts_per_hour=5), by=BEN)
    assert (await server.guilds.save_draft(1, ADA)).settings.posts_per_hour == 5


async def test_a_draft_nobody_came_back_to_is_forgotten(server: House) -> None:
    await server.guilds.edit_draft(1, ADA, choose(posts_per_hour=5))
    server.pass_time((DRAFTS_KEPT + timedelta(days=1)).total_seconds())
    await server.guilds.edit_draft(1, BEN, choose(posts_per_hour=6))
    assert [row.user_id for row in await server.rows(DraftRow)] == [BEN]


async def test_a_draft_of_an_unknown_server_is_none(house: House) -> None:
    assert await house.guilds.draft_of(1, ADA) is None
