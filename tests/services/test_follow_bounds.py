"""How much may be followed, how often is asked, how much a channel is shown and for how long known."""

import asyncio
from datetime import timedelta

import pytest

from core.domain.follows import Follow, FollowMorePost
from core.domain.listings import Chain, Wallet
from core.errors import InvalidInput, LimitReached, NotFound
from core.services.follows import LOOK_EVERY, LOOKS_MAX, WALLETS_MAX, WALLETS_OF_SERVER_MAX
from core.services.happenings import SHOWN_PER_HOUR
from db import follows
from db.happenings import HappeningRow
from tests.services.house import CHANNEL, GUILD, House
from tests.services.reports import at
from tests.services.wallets import OTHER, WHALE, follow, rows, whales

LOOK_S = LOOK_EVERY.total_seconds()


@pytest.fixture
async def following(house: House) -> House:
    """A server that follows the whale in a channel of its own, at the beginning of time."""
    await house.join()
    await follow(house)
    return house


async def test_a_channel_is_shown_so_many_an_hour_and_then_one_line(following: House) -> None:
    await following.tell(*(whales(80, n, mint=f"mint-{n}") for n in range(SHOWN_PER_HOUR + 5)))
    assert len(await rows(following)) == SHOWN_PER_HOUR
    following.pass_time(3599)
    await following.follows.look_due()
    assert len(await rows(following)) == SHOWN_PER_HOUR
    following.pass_time(1)
    await following.follows.look_due()
    await following.follows.look_due()
    assert (await rows(following))[-1].payload == FollowMorePost(5, SHOWN_PER_HOUR, at(0))
    await following.tell(whales(70, 3600))
    assert len(await rows(following)) == SHOWN_PER_HOUR + 2


async def test_every_wallet_has_its_turn_and_a_vendor_its_rest(following: House) -> None:
    wallets = [WHALE, *(f"{OTHER[:-1]}{letter}" for letter in "ABCDEF")]
    for wallet in wallets[1:]:
        await follow(following, wallet, label="")
    for _ in range(3):
        await following.follows.look_due()
    assert sorted(following.eden.asked) == sorted(f"wallet {wallet}" for wallet in wallets)
    assert len(following.eden.asked) == 7 > LOOKS_MAX
    await following.follows.look_due()
    assert len(following.eden.asked) == 7
    following.pass_time(LOOK_S + 1)
    await following.follows.look_due()
    assert len(following.eden.asked) == 7 + LOOKS_MAX


async def test_of_many_who_add_at_once_no_more_are_taken_than_a_server_may_follow(following: House) -> None:
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefgh"
    adding = [follow(following, f"{OTHER[:-1]}{letter}", label="") for letter in letters]
    ended = await asyncio.gather(*adding, return_exceptions=True)
    refused = [error for error in ended if isinstance(error, LimitReached)]
    assert len(refused) == len(letters) + 1 - WALLETS_OF_SERVER_MAX
    assert len(await following.follows.all(GUILD)) == WALLETS_OF_SERVER_MAX
    await follow(following, label="the whale may still be renamed")


async def test_an_install_follows_only_so_many_wallets(following: House) -> None:
    async with following.db.write() as tx:
        for n in range(WALLETS_MAX - 1):
            one = Follow(0, GUILD, 7, Wallet(f"wallet-{n}"), "", at(0))
            await follows.keep(tx, one, Chain.SOLANA, by=1)
    await following.join(51)
    with pytest.raises(LimitReached, match="for all servers"):
        await follow(following, OTHER, guild_id=51)
    assert (await follow(following, WHALE, guild_id=51)).wallet == WHALE


@pytest.mark.parametrize(
    ("wallet", "label", "said"),
    [
        ("whale", "", "no wallet address"),
        ("0x" + "a" * 40, "", "no marketplace on Polygon"),
        (WHALE, "<@12>", "may mention nobody"),
    ],
)
async def test_what_cannot_be_followed_is_refused_in_a_sentence(
    house: House, wallet: str, label: str, said: str
) -> None:
    await house.join()
    with pytest.raises(InvalidInput, match=said):
        await follow(house, wallet, label=label)


async def test_a_server_that_is_not_known_follows_nothing(house: House) -> None:
    with pytest.raises(NotFound):
        await follow(house)


async def test_what_happened_is_forgotten_when_nobody_tells_of_it_any_more(following: House) -> None:
    await following.tell(whales())
    following.pass_time(timedelta(days=3).total_seconds())
    await following.follows.look_due()
    assert await following.rows(HappeningRow) == []
    await following.tell(whales(70, 3 * 86_400))
    assert len({row.dedupe_key for row in await rows(following)}) == 2
    assert CHANNEL not in {row.channel_id for row in await rows(following)}
