"""What followed wallets do is posted once, from whomever it is heard, and nothing that was before."""

import asyncio

import msgspec
import pytest

from core.domain.follows import FollowedWallet, FollowKind
from core.domain.listings import Reported, Venue, Wallet
from core.domain.posts import Destination, PostState
from core.errors import InvalidInput, NotFound, SourceUnavailable
from core.services.follows import LOOK_EVERY
from db.posts import PostRow
from tests.services.house import GUILD, House
from tests.services.reports import ME, MINT, SELLER, a_slab, at, by_alt, ended, listed, page, sol, sold, usd
from tests.services.wallets import OTHER, WHALE, buys, follow, posts, rows, whales

pytestmark = pytest.mark.slow

SELLER_WALLET = Wallet("4Nd1mYvM9yXqMG1hR1qY8bN5rXbJm7pT2mQ9VdV2xK1E")
LOOK_S = LOOK_EVERY.total_seconds()


@pytest.fixture
async def following(house: House) -> House:
    """A server that follows the whale in a channel of its own, at the beginning of time."""
    await house.join()
    await follow(house)
    return house


async def kinds(house: House) -> list[FollowKind]:
    return [post.kind for post in await posts(house)]


async def test_what_the_line_hears_is_posted_with_price_and_value(following: House) -> None:
    following.value(by_alt(), "before")
    await following.tell(listed(100, 1, mint="before"))
    await following.appraisal.work_due()  # the kind has a value since
    await following.tell(whales())
    [row] = await rows(following)
    assert (row.channel_id, row.guild_id, row.purpose) == (7, GUILD, "follow")
    post = row.payload
    assert (post.kind, post.seller, post.price, post.price_usd_micros) == (
        FollowKind.LISTED,
        WHALE,
        usd(80),
        usd(80).value,
    )
    assert post.followed == (FollowedWallet(WHALE, "whale"),)
    assert (post.title, post.value_usd_micros) == (a_slab().title, usd(160).value)


async def test_a_price_in_sol_is_told_in_dollars_too(following: House) -> None:
    await following.price_sol("150")
    await following.tell(listed(sol(2), 10, seller=WHALE, source=ME, venue=Venue.ME))
    [post] = await posts(following)
    assert (post.price, post.price_usd_micros) == (sol(2), usd(300).value)
    assert (post.title, post.value_usd_micros) == ("", None)


async def test_a_life_of_a_listing_is_told_event_by_event(following: House) -> None:
    await following.tell(whales(80, 10))
    await following.tell(whales(80, 20), whales(70, 30))
    await following.tell(ended(Reported.DELISTED, 40, seller=WHALE))
    await following.tell(whales(65, 50), ended(Reported.GONE, 60, seller=WHALE))
    assert await kinds(following) == ["listed", "listed", "delisted", "listed", "gone"]
    assert [post.price for post in await posts(following)] == [usd(80), usd(70), None, usd(65), None]


async def test_both_who_took_part_in_a_sale_are_followed(following: House) -> None:
    await following.tell(listed(80, 5), buys(10))
    await following.tell(sold(60, 20, mint="mint-2", seller=WHALE))
    assert [(post.seller, post.buyer) for post in await posts(following)] == [
        (SELLER, WHALE),
        (WHALE, "buyer"),
    ]


async def test_a_sale_between_two_followed_wallets_is_one_post_of_both(following: House) -> None:
    await follow(following, OTHER, label="other")
    await following.tell(buys(10, seller=OTHER))
    [post] = await posts(following)
    assert {followed.label for followed in post.followed} == {"whale", "other"}


async def test_what_was_before_the_follow_is_not_posted(following: House) -> None:
    await following.tell(whales(80, -10))
    following.eden.did[WHALE] = page(whales(70, -1, mint="mint-2"), seen_s=0)
    await following.follows.look_due()
    assert await posts(following) == []


async def test_a_baseline_tells_what_happened_since_the_follow(following: House) -> None:
    await following.tell(whales(80, -10), whales(90, 10, mint="mint-2"), is_baseline=True)
    assert [post.mint for post in await posts(following)] == ["mint-2"]


async def test_the_same_event_from_the_line_and_from_vendors_is_one_post(following: House) -> None:
    following.vault.did[WHALE] = page(whales(80, 11))
    following.eden.did[WHALE] = page(listed(80, 9, seller=WHALE, source=ME))
    await following.follows.look_due()
    await following.tell(whales(80, 10))
    following.pass_time(LOOK_S + 1)
    await following.follows.look_due()
    assert await kinds(following) == ["listed"]


async def test_the_line_and_a_vendor_that_tell_at_the_same_moment_are_one_post(following: House) -> None:
    following.vault.did[WHALE] = page(*(whales(80, n, mint=f"mint-{n}") for n in range(5)))
    lines = [following.tell(whales(80, n, mint=f"mint-{n}")) for n in range(5)]
    await asyncio.gather(following.follows.look_due(), *lines)
    assert len(await posts(following)) == 5


async def test_a_buyer_who_is_named_later_is_told_of_once(following: House) -> None:
    await follow(following, SELLER_WALLET, guild_id=GUILD, channel_id=8, label="seller")
    unnamed = buys(10, seller=SELLER_WALLET)
    await following.tell(msgspec.structs.replace(unnamed, buyer=None))
    following.eden.did[WHALE] = page(unnamed)
    following.vault.did[WHALE] = page(unnamed)
    await following.follows.look_due()
    assert [row.channel_id for row in await rows(following)] == [8, 7]


async def test_a_vendor_that_was_down_tells_later_but_no_old_news(following: House) -> None:
    following.eden.break_down()
    await following.follows.look_due()
    following.eden.down = None
    following.pass_time(24 * 3600)
    following.eden.did[WHALE] = page(
        whales(80, 24 * 3600 - 60), whales(70, 3600, mint="mint-2"), whales(60, -1 + 0.5, mint="mint-3")
    )
    await following.follows.look_due()
    assert [post.mint for post in await posts(following)] == ["mint-2", MINT]


async def test_what_the_line_tells_a_day_late_is_not_posted_though_it_was_followed_then(
    following: House,
) -> None:
    following.pass_time(24 * 3600 + 10)
    await following.tell(whales(80, 10), whales(90, 9, mint="mint-2"))
    assert [post.mint for post in await posts(following)] == [MINT]
    following.pass_time(3600)
    await following.tell(whales(70, 30, mint="mint-3"))
    assert [post.mint for post in await posts(following)] == [MINT]


async def test_a_wallet_that_two_servers_follow_is_asked_about_once(following: House) -> None:
    await following.join(51, channel_id=6_000)
    await follow(following, guild_id=51, channel_id=9, label="")
    await following.follows.look_due()
    assert following.eden.asked == [f"wallet {WHALE}"]
    await following.tell(whales())
    assert [(row.guild_id, row.channel_id) for row in await rows(following)] == [(GUILD, 7), (51, 9)]


async def test_nobody_is_asked_when_nobody_is_followed(house: House) -> None:
    assert await house.follows.look_due() == 0
    assert house.eden.asked == []


async def test_a_vendor_that_fails_keeps_no_other_from_being_asked(following: House) -> None:
    following.vault.down = SourceUnavailable(following.vault.name, "down")
    following.eden.did[WHALE] = page(whales())
    await following.follows.look_due()
    assert await kinds(following) == ["listed"]


async def test_removing_stops_at_once(following: House) -> None:
    await following.tell(whales(80, 10))
    await following.follows.remove(GUILD, "WHALE")
    assert [row.state for row in await rows(following)] == [PostState.WITHDRAWN]
    await following.tell(whales(70, 20))
    assert len(await posts(following)) == 1
    assert await following.follows.all(GUILD) == ()


async def test_removing_one_side_of_a_sale_keeps_what_the_other_is_told(following: House) -> None:
    await follow(following, OTHER, label="other")
    await following.tell(buys(10, seller=OTHER))
    await following.follows.remove(GUILD, WHALE)
    assert [row.state for row in await rows(following)] == [PostState.WANTED]


async def test_what_is_followed_is_removed_by_address_or_by_its_only_label(following: House) -> None:
    await follow(following, OTHER, label="Whale")
    with pytest.raises(InvalidInput, match="name the address"):
        await following.follows.remove(GUILD, "whale")
    assert (await following.follows.remove(GUILD, f" {OTHER} ")).wallet == OTHER
    for strange in (OTHER, "nobody", ""):
        with pytest.raises(NotFound, match="follows no such wallet"):
            await following.follows.remove(GUILD, strange)
    with pytest.raises(NotFound):
        await following.follows.remove(GUILD + 1, WHALE)


async def test_following_again_moves_and_renames_and_forgets_nothing(following: House) -> None:
    following.pass_time(60)
    await follow(following, channel_id=8, label="new name")
    [known] = await following.follows.all(GUILD)
    assert (known.channel_id, known.label, known.since) == (8, "new name", at(0))


async def test_a_channel_that_is_gone_rests_until_somebody_follows_anew(following: House) -> None:
    await follow(following, OTHER, channel_id=8)
    for _ in range(2):
        told = Destination(11, GUILD)
        await following.follows.channel_closed(7, "The channel does not exist any more.", tell=told)
    await following.tell(whales(80, 10), listed(80, 11, mint="mint-2", seller=OTHER))
    assert [row.channel_id for row in await rows(following)] == [8]
    assert [known.paused_because for known in await following.follows.all(GUILD)] == [
        "The channel does not exist any more.",
        None,
    ]
    await follow(following, channel_id=9)
    await following.tell(whales(70, 20))
    assert [row.channel_id for row in await rows(following)] == [8, 9]
    [notice] = [row for row in await following.rows(PostRow) if row.purpose == "notice"]
    assert notice.channel_id == 11
    assert "`/follow add`" in notice.payload.text


async def test_a_server_that_left_is_told_nothing(following: House) -> None:
    await following.guilds.left(GUILD)
    await following.tell(whales())
    assert await following.follows.look_due() == 0
    assert await posts(following) == []
