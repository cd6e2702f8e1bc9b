"""Posts while Discord is away for long: tried for a day from when each look was wanted, then given up."""

from core.domain.posts import TRIED_FOR, TRIES_MIN
from core.services.posts import BACK_OFF_S
from db.posts import PostRow
from tests.services.house import House, Stored
from tests.services.reports import by_alt, listed, sold

HOUR_S = 3_600.0
DAY_S = TRIED_FOR.total_seconds()
AWAY = "no answer from Discord"
OLD_EDITS = "Discord limits edits of old messages"


async def want_a_post(house: House) -> None:
    await house.join()
    house.value(by_alt(160))
    await house.tell(listed(80, 0))
    await house.appraisal.work_due()


async def row(house: House) -> Stored:
    [only] = await house.rows(PostRow)
    return only


async def be_tried(house: House, for_s: float, *, every_s: float = HOUR_S, because: str = AWAY) -> None:
    """Discord is away for so long, and says nothing of any try."""
    for _ in range(round(for_s / every_s)):
        for post in await house.posts.claim():
            await house.posts.failed(post.id, because, retry_after_s=every_s)
        house.pass_time(every_s)


async def test_a_day_of_outage_parks_nothing_and_the_post_is_shown_afterwards(house: House) -> None:
    await want_a_post(house)
    await be_tried(house, DAY_S - HOUR_S)
    assert (await row(house)).state == "wanted"
    [post] = await house.show_posts()
    assert post.attempts == TRIED_FOR.total_seconds() / HOUR_S
    assert ((await row(house)).state, (await row(house)).message_id) == ("shown", 1_001)


async def test_a_post_that_nobody_could_be_shown_for_a_day_is_given_up_and_says_so(house: House) -> None:
    await want_a_post(house)
    await be_tried(house, DAY_S)
    assert (await row(house)).state == "wanted"
    await be_tried(house, HOUR_S)
    parked = await row(house)
    assert (parked.state, parked.error) == ("parked", f"given up after 24 hours (25 tries): {AWAY}")
    assert await house.posts.claim() == ()


async def test_many_failures_within_an_hour_park_nothing(house: House) -> None:
    await want_a_post(house)
    await be_tried(house, HOUR_S, every_s=60)
    assert ((await row(house)).state, (await row(house)).attempts) == ("wanted", 60)


async def test_the_pauses_between_tries_grow_to_five_minutes_and_no_longer(house: House) -> None:
    await want_a_post(house)
    pauses = []
    for _ in range(len(BACK_OFF_S) + 2):
        [post] = await house.posts.claim()
        await house.posts.failed(post.id, AWAY)
        pauses.append(((await row(house)).next_try_at - house.clock.now()).total_seconds())
        house.pass_time(pauses[-1])
    assert pauses == [*BACK_OFF_S, BACK_OFF_S[-1], BACK_OFF_S[-1]]


async def test_the_closing_edit_of_an_old_post_has_a_day_of_its_own(house: House) -> None:
    await want_a_post(house)
    await house.show_posts()
    house.pass_time(3 * DAY_S)
    await house.tell(sold(80, 3 * DAY_S))
    await be_tried(house, DAY_S, every_s=HOUR_S, because=OLD_EDITS)
    assert (await row(house)).state == "wanted"
    [edit] = await house.show_posts()
    assert (edit.message_id, edit.attempts) == (1_001, 25)
    assert (await row(house)).state == "shown"


async def test_an_edit_that_discord_refuses_for_a_day_is_given_up(house: House) -> None:
    await want_a_post(house)
    await house.show_posts()
    house.pass_time(3 * DAY_S)
    await house.tell(sold(80, 3 * DAY_S))
    await be_tried(house, DAY_S + HOUR_S, every_s=HOUR_S, because=OLD_EDITS)
    assert (await row(house)).error == f"given up after 24 hours (25 tries): {OLD_EDITS}"


async def test_another_look_has_a_day_from_when_it_was_wanted(house: House) -> None:
    await want_a_post(house)
    await be_tried(house, DAY_S - HOUR_S)
    await house.tell(sold(80, DAY_S))
    await be_tried(house, DAY_S - HOUR_S)
    assert (await row(house)).state == "wanted"
    await be_tried(house, 3 * HOUR_S)
    assert (await row(house)).state == "parked"


async def test_a_day_in_which_nobody_tried_is_no_day_of_trying(house: House) -> None:
    await want_a_post(house)
    await be_tried(house, HOUR_S)
    house.pass_time(2 * DAY_S)
    for _ in range(TRIES_MIN - 2):
        [post] = await house.posts.claim()
        await house.posts.failed(post.id, AWAY, retry_after_s=0.0)
    assert (await row(house)).state == "wanted"
    [post] = await house.posts.claim()
    await house.posts.failed(post.id, AWAY, retry_after_s=0.0)
    assert (await row(house)).error == f"given up after 49 hours ({TRIES_MIN} tries): {AWAY}"


async def test_what_waited_while_we_were_down_begins_its_day_with_its_first_try(house: House) -> None:
    await want_a_post(house)
    house.pass_time(3 * DAY_S)
    await be_tried(house, DAY_S - HOUR_S)
    assert (await row(house)).state == "wanted"


async def test_what_an_operator_queues_again_has_another_day(house: House) -> None:
    await want_a_post(house)
    await be_tried(house, DAY_S + HOUR_S)
    assert await house.operations.requeue() == (0, 1)
    await be_tried(house, DAY_S - HOUR_S)
    assert (await row(house)).state == "wanted"
    await be_tried(house, 2 * HOUR_S)
    assert (await row(house)).state == "parked"


async def test_a_clock_that_was_wrong_at_the_first_try_makes_no_day_longer(house: House) -> None:
    await want_a_post(house)
    house.pass_time(365 * DAY_S)
    [post] = await house.posts.claim()
    await house.posts.failed(post.id, AWAY)
    after = House(house.db)
    await be_tried(after, DAY_S + HOUR_S)
    assert (await row(house)).error == f"given up after 24 hours (26 tries): {AWAY}"


async def test_a_refusal_for_good_is_given_up_at_once(house: House) -> None:
    await want_a_post(house)
    [post] = await house.posts.claim()
    await house.posts.park(post.id, "I may not post there.")
    assert (await row(house)).state == "parked"
