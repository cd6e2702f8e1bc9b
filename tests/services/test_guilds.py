"""Servers: what an admin chose is kept version by version, and can be taken back."""

import asyncio

import msgspec
import pytest

from core.domain.deals import DEFAULT_POLICY, DealPolicy, policy_hash
from core.domain.guilds import Guild, QuietHours, ServerSettings
from core.errors import InvalidInput, LimitReached, NotFound
from core.services.guilds import CHANGED_SINCE, CHANGES_A_DAY_MAX, NOTHING_TO_UNDO, Choose
from db import guild_settings, guilds
from db.guild_settings import Version
from db.guilds import GuildRow, SettingsRow
from tests.services.house import House
from tests.services.reports import at

ADA, BEN = 7, 8
VERSION = Version(1, 2, ServerSettings(channel_id=5), policy_hash(DEFAULT_POLICY), ADA, at(1), "channel")


def hourly(count: int) -> Choose:
    return lambda now: msgspec.structs.replace(now, posts_per_hour=count)


def by_policy(**changes: object) -> Choose:
    return lambda now: msgspec.structs.replace(now, policy=msgspec.structs.replace(now.policy, **changes))


async def now_in(house: House) -> ServerSettings:
    guild = await house.guilds.get(1)
    assert guild is not None
    return guild.settings


async def test_a_server_that_joins_has_the_default_policy_and_no_channel(house: House) -> None:
    assert await house.guilds.joined(1, "Cartel") == Guild(1, "Cartel", ServerSettings(DEFAULT_POLICY), None)
    assert await house.guilds.history(1) == ()


async def test_a_server_that_comes_back_finds_its_choices(house: House) -> None:
    await house.guilds.joined(1, "Cartel")
    await house.guilds.choose_channel(1, 10, by=ADA)
    await house.guilds.left(1)
    async with house.db.read() as tx:
        assert await guilds.active_hashes(tx) == frozenset()
        assert await guilds.with_channel(tx) == []
    renamed = Guild(1, "Cartel renamed", ServerSettings(channel_id=10), settings_n=1)
    assert await house.guilds.joined(1, "Cartel renamed") == renamed
    async with house.db.read() as tx:
        assert await guilds.active_hashes(tx) == {policy_hash(DEFAULT_POLICY)}
        assert await guilds.with_channel(tx) == [renamed]


async def test_each_change_is_a_version_with_who_when_and_what(house: House) -> None:
    await house.guilds.joined(1, "Cartel")
    await house.guilds.choose_channel(1, 10, by=ADA)
    house.pass_time(5)
    changed = await house.guilds.change(1, by_policy(confidence_min=70, payout_bps=9_000), by=BEN)
    assert changed.settings_n == 2
    newest, first = await house.guilds.history(1)
    assert (newest.n, newest.by, newest.at, newest.what) == (2, BEN, at(5), "confidence, payout")
    assert newest.settings == changed.settings == await now_in(house)
    assert (first.n, first.by, first.what) == (1, ADA, "channel for deals")
    assert first.settings == ServerSettings(channel_id=10)


async def test_choosing_again_ends_a_pause(house: House) -> None:
    await house.guilds.joined(1, "Cartel")
    await house.guilds.choose_channel(1, 10, by=ADA)
    await house.guilds.pause(1, "I may not post in the channel for deals." + "x" * 500)
    paused = await house.guilds.get(1)
    assert paused is not None
    assert len(paused.paused_because or "") == 300
    chosen = await house.guilds.choose_channel(1, 10, by=BEN)
    assert (chosen.settings.channel_id, chosen.paused_because, chosen.settings_n) == (10, None, 2)
    assert (await house.guilds.history(1))[0].what == "chosen again"


async def test_an_unknown_server_cannot_choose(house: House) -> None:
    with pytest.raises(NotFound, match="not known yet"):
        await house.guilds.choose_channel(1, 10, by=ADA)
    assert await house.guilds.get(1) is None


async def test_what_makes_no_sense_changes_nothing(house: House) -> None:
    await house.guilds.joined(1, "Cartel")
    with pytest.raises(InvalidInput, match="between 1 and 60"):
        await house.guilds.change(1, hourly(61), by=ADA)
    assert await house.rows(SettingsRow) == []


async def test_a_time_zone_that_vanished_holds_up_no_other_change(house: House) -> None:
    await house.guilds.joined(1, "Cartel")
    gone = msgspec.structs.replace(VERSION.settings, quiet=QuietHours(0, 60, "Europe/Atlantis"))
    async with house.db.write() as tx:
        await guild_settings.add(tx, msgspec.structs.replace(VERSION, n=1, settings=gone))
    await house.guilds.change(1, hourly(9), by=ADA)
    assert await house.guilds.edit_draft(1, ADA, hourly(8)) is not None
    await house.guilds.save_draft(1, ADA)
    assert await now_in(house) == msgspec.structs.replace(gone, posts_per_hour=8)


async def test_of_two_admins_at_once_neither_loses_a_change(house: House) -> None:
    await house.guilds.joined(1, "Cartel")
    changes = (hourly(5), by_policy(confidence_min=70), by_policy(look_bps=2_000))
    await asyncio.gather(*(house.guilds.change(1, choose, by=n) for n, choose in enumerate(changes)))
    settings = await now_in(house)
    assert (settings.posts_per_hour, settings.policy.confidence_min) == (5, 70)
    assert settings.policy.look_bps == 2_000
    assert sorted(change.n for change in await house.guilds.history(1)) == [1, 2, 3]


async def test_undo_takes_back_one_change_after_another_and_is_a_change_itself(house: House) -> None:
    await house.guilds.joined(1, "Cartel")
    for count in (1, 2, 3):
        await house.guilds.change(1, hourly(count), by=ADA)
    assert (await house.guilds.undo(1, 3, by=BEN)).settings.posts_per_hour == 2
    assert (await house.guilds.undo(1, 4, by=BEN)).settings.posts_per_hour == 1
    with pytest.raises(InvalidInput, match=NOTHING_TO_UNDO):
        await house.guilds.undo(1, 5, by=BEN)
    newest, *_ = await house.guilds.history(1)
    assert (newest.n, newest.by, newest.what) == (5, BEN, "undone: posts an hour")


async def test_after_a_new_change_undo_goes_back_to_what_held_before_it(house: House) -> None:
    await house.guilds.joined(1, "Cartel")
    for count in (1, 2):
        await house.guilds.change(1, hourly(count), by=ADA)
    await house.guilds.undo(1, 2, by=ADA)
    await house.guilds.change(1, hourly(9), by=ADA)
    assert (await house.guilds.undo(1, 4, by=ADA)).settings.posts_per_hour == 1


async def test_what_was_chosen_again_is_passed_over_by_undo(house: House) -> None:
    await house.guilds.joined(1, "Cartel")
    for count in (1, 2, 2):
        await house.guilds.change(1, hourly(count), by=ADA)
    assert (await house.guilds.undo(1, 3, by=ADA)).settings.posts_per_hour == 1


async def test_two_presses_on_undo_take_back_one_change(house: House) -> None:
    await house.guilds.joined(1, "Cartel")
    for count in (1, 2, 3):
        await house.guilds.change(1, hourly(count), by=ADA)
    pressed = [house.guilds.undo(1, 3, by=who) for who in (ADA, BEN)]
    told = await asyncio.gather(*pressed, return_exceptions=True)
    assert (await now_in(house)).posts_per_hour == 2
    assert [str(late) for late in told if isinstance(late, InvalidInput)] == [CHANGED_SINCE]


async def test_a_policy_stored_under_another_hash_gets_its_own_when_the_server_is_seen(house: House) -> None:
    await house.join(1, policy=DealPolicy(confidence_min=70))
    async with house.db.write() as tx:
        await guilds.join(tx, 1, "Cartel", policy_hash(DEFAULT_POLICY), house.clock.now())
    await house.guilds.joined(1, "Cartel")
    [row] = await house.rows(GuildRow)
    assert row.policy_hash == policy_hash(DealPolicy(confidence_min=70))


async def test_changes_are_bounded_by_the_day(house: House) -> None:
    await house.join(1)
    async with house.db.write() as tx:
        rows = [msgspec.structs.replace(VERSION, n=n) for n in range(2, CHANGES_A_DAY_MAX + 1)]
        for row in rows:
            await guild_settings.add(tx, row)
    with pytest.raises(LimitReached, match="200 times within a day"):
        await house.guilds.change(1, hourly(3), by=ADA)
    house.pass_time(86_401)
    assert (await house.guilds.change(1, hourly(3), by=ADA)).settings.posts_per_hour == 3


async def test_a_long_name_is_cut(house: House) -> None:
    assert len((await house.guilds.joined(1, "x" * 500)).name) == 100
    assert len((await house.guilds.joined(1, "y" * 500)).name) == 100


async def test_the_largest_ids_of_discord_fit(house: House) -> None:
    largest = 2**63 - 1
    await house.guilds.joined(largest, "Cartel")
    chosen = await house.guilds.choose_channel(largest, largest, by=largest)
    assert chosen.settings.channel_id == largest
