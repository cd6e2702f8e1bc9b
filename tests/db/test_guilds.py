"""Servers in the database: found by policy in one query, and moved with all they chose."""

from datetime import timedelta

from sqlalchemy import event, insert, select, text

from core.domain.deals import DEFAULT_POLICY, DealPolicy, policy_hash
from core.domain.guilds import ServerSettings
from db import guild_settings, guilds
from db.engine import Database, Tx
from db.guild_settings import Version
from db.guilds import GuildRow, SettingsRow
from tests.databases import NOW
from tests.db.schemas import migrate_to

POLICIES = [DealPolicy(confidence_min=n) for n in range(1, 51)]
SERVERS = 1_000


async def settle(tx: Tx, guild_id: int, policy: DealPolicy, *, channel_id: int | None = 5) -> str:
    """A server that chose this policy."""
    digest = await guilds.keep_policy(tx, policy, NOW)
    await guilds.join(tx, guild_id, f"Guild {guild_id}", digest, NOW)
    settings = ServerSettings(policy, channel_id)
    await guild_settings.add(tx, Version(guild_id, 1, settings, digest, by=7, at=NOW, what="channel"))
    return digest


async def test_the_servers_of_some_policies_are_those_that_want_posts_now(db: Database) -> None:
    async with db.write() as tx:
        one = await settle(tx, 1, POLICIES[0])
        for guild_id in (2, 3, 4, 5):
            await settle(tx, guild_id, POLICIES[1], channel_id=None if guild_id == 2 else 5)
        other = policy_hash(POLICIES[1])
        await guilds.leave(tx, 3, NOW)
        await guilds.pause(tx, 4, "I may not post.")
        await settle(tx, 6, POLICIES[2])
    async with db.read() as tx:
        found = await guilds.of_policies(tx, [one, other, "unknown"])
        assert {digest: [guild.id for guild in there] for digest, there in found.items()} == {
            one: [1],
            other: [5],
            "unknown": [],
        }
        assert found[one][0].settings == ServerSettings(POLICIES[0], 5)
        assert await guilds.of_policies(tx, []) == {}
        active = await guilds.policies(tx, await guilds.active_hashes(tx))
    assert sorted(policy.confidence_min for policy in active.values()) == [1, 2, 3]


async def test_a_thousand_servers_with_fifty_policies_are_one_query(db: Database) -> None:
    async with db.write() as tx:
        hashes = [await guilds.keep_policy(tx, policy, NOW) for policy in POLICIES]
        rows, versions = [], []
        for n in range(SERVERS):
            digest, policy = hashes[n % 50], POLICIES[n % 50]
            row = {"id": n + 1, "name": "g", "settings_n": 1, "policy_hash": digest, "has_channel": True}
            rows.append(row | {"joined_at": NOW})
            body = ServerSettings(policy, channel_id=n + 1)
            version = {"guild_id": n + 1, "n": 1, "body": body, "policy_hash": digest, "at": NOW, "what": ""}
            versions.append(version)
        await tx.execute(insert(GuildRow), rows)
        await tx.execute(insert(SettingsRow), versions)
    asked: list[str] = []
    async with db.read() as tx:
        event.listen(tx.sync_connection, "before_cursor_execute", lambda *args: asked.append(args[2]))
        found = await guilds.of_policies(tx, hashes)
        assert len(asked) == 1
        assert sum(len(there) for there in found.values()) == SERVERS
        assert len(await guilds.active_hashes(tx)) == 50


async def test_what_was_chosen_before_there_were_versions_is_the_first_one(db: Database) -> None:
    policy = DealPolicy(confidence_min=70, keywords_blocked=('quote " and \\ :name',))
    async with db.write() as tx:
        await settle(tx, 1, policy, channel_id=2**62)
        await settle(tx, 2, DEFAULT_POLICY, channel_id=None)
        await guilds.join(tx, 3, "New", await guilds.keep_policy(tx, DEFAULT_POLICY, NOW), NOW)
    await migrate_to(db, "0001", is_older=True)
    async with db.read() as tx:
        rows = (await tx.execute(text("SELECT id, deals_channel_id, chosen_by FROM guild ORDER BY id"))).all()
    assert [tuple(row) for row in rows] == [(1, 2**62, 7), (2, None, 7), (3, None, None)]
    await migrate_to(db, "head")
    async with db.read() as tx:
        [first] = await guild_settings.changes(tx, 1, 10)
        assert (first.n, first.by, first.at, first.what) == (1, 7, NOW, "first choice")
        assert first.settings == ServerSettings(policy, 2**62)
        assert [guild.id for guild in await guilds.with_channel(tx)] == [1]
        chosen = select(SettingsRow.guild_id).where(SettingsRow.at > NOW - timedelta(days=1))
        assert list((await tx.execute(chosen)).scalars()) == [1]
