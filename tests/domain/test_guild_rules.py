"""What a server may choose: every bound, and one form for equal choices."""

import msgspec
import pytest

from core.domain.catalog import Grader
from core.domain.deals import (
    DEFAULT_POLICY,
    DealPolicy,
    DealTier,
    Reason,
    Rejection,
    TierRule,
    policy_hash,
    screen,
)
from core.domain.guild_presets import HIDDEN, Preset, with_ping, with_preset
from core.domain.guild_rules import KEYWORDS_MAX, ROUTED, SELLERS_MAX, checked
from core.domain.guilds import DEFAULT_SETTINGS, QuietHours, ServerSettings
from core.errors import InvalidInput
from tests.domain.appraisals import offered

GOLD, HIGH, INFO, LOOK = DealTier.GOLD, DealTier.HIGH, DealTier.INFO, DealTier.LOOK


def with_policy(**changes: object) -> ServerSettings:
    return ServerSettings(msgspec.structs.replace(DEFAULT_POLICY, **changes))


def tiers(gold: int, high: int, info: int) -> tuple[TierRule, ...]:
    return TierRule(GOLD, gold), TierRule(HIGH, high), TierRule(INFO, info)


@pytest.mark.parametrize(
    "settings",
    [
        DEFAULT_SETTINGS,
        *(with_preset(DEFAULT_SETTINGS, preset) for preset in Preset),
        ServerSettings(channel_id=2**63 - 1, trace_channel_id=1, posts_per_hour=60, repeat_fall_bps=9_000),
        ServerSettings(posts_per_hour=1, repeat_fall_bps=100, repeat_after_minutes=0),
        ServerSettings(quiet=QuietHours(1_439, 0, "Europe/Berlin")),
        ServerSettings(tier_channels=dict.fromkeys(ROUTED, 5), ping_roles={GOLD: 1, HIGH: 1}),
        with_policy(tiers=tiers(3_000, 2_999, 100), suspicious_bps=3_001, look_bps=3_000),
        with_policy(tiers=(TierRule(GOLD, 3_000, 50_000_000),), confidence_min=100, payout_bps=10_000),
        with_policy(keywords_blocked=("*" + "x" * 40 + "*", "★★", "ポケ")),
        with_policy(keywords_blocked=("xx",) * 9, price_min_usd_micros=5, price_max_usd_micros=6),
    ],
)
def test_what_makes_sense_passes(settings: ServerSettings) -> None:
    passed = checked(settings)
    assert checked(passed) == passed


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (ServerSettings(channel_id=0), "no channel or role"),
        (ServerSettings(trace_channel_id=-1), "no channel or role"),
        (ServerSettings(tier_channels={GOLD: 2**63}), "no channel or role"),
        (ServerSettings(tier_channels={DealTier.SUSPICIOUS: 1}), "goes to the trace channel"),
        (ServerSettings(ping_roles={INFO: 1}), "Only GOLD and HIGH"),
        (ServerSettings(tiers_hidden=(DealTier.SUSPICIOUS,)), "in the trace channel or nowhere"),
        (ServerSettings(tiers_hidden=ROUTED), "at least one call"),
        (ServerSettings(posts_per_hour=0), "between 1 and 60"),
        (ServerSettings(posts_per_hour=61), "between 1 and 60"),
        (ServerSettings(repeat_fall_bps=99), "between 1 % and 90 %"),
        (ServerSettings(repeat_fall_bps=9_001), "between 1 % and 90 %"),
        (ServerSettings(repeat_after_minutes=-1), "between 0 minutes and 7 days"),
        (ServerSettings(repeat_after_minutes=10_081), "between 0 minutes and 7 days"),
        (ServerSettings(quiet=QuietHours(0, 1_440)), "between 00:00 and 23:59"),
        (ServerSettings(quiet=QuietHours(60, 60)), "end at another time"),
        (ServerSettings(quiet=QuietHours(1, 2, "../../etc/passwd")), "time zone is not known"),
        (ServerSettings(quiet=QuietHours(1, 2, "europe/berlin")), "time zone is not known"),
        (with_policy(tiers=()), "GOLD, HIGH and INFO"),
        (with_policy(tiers=tuple(reversed(tiers(30, 20, 10)))), "GOLD, HIGH and INFO"),
        (with_policy(tiers=(TierRule(LOOK, 3_000),)), "GOLD, HIGH and INFO"),
        (with_policy(tiers=tiers(3_000, 3_000, 1_500)), "must go down"),
        (with_policy(tiers=tiers(8_500, 2_000, 1_500)), "must go down"),
        (with_policy(tiers=tiers(3_000, 2_000, 99)), "between 1 % and 99.99 %"),
        (with_policy(suspicious_bps=10_000), "between 1 % and 99.99 %"),
        (with_policy(look_bps=8_500), "LOOK must begin below"),
        (with_policy(confidence_min=0), "between 1 and 100"),
        (with_policy(confidence_min=101), "between 1 and 100"),
        (with_policy(payout_bps=0), "payout must be"),
        (with_policy(payout_bps=10_001), "payout must be"),
        (with_policy(fees_usd_micros=-1), "Fees and net profits"),
        (with_policy(tiers=(TierRule(GOLD, 3_000, 10**14),)), "Fees and net profits"),
        (with_policy(graders=()), "at least one grader"),
        (with_policy(keywords_blocked=("a",)), "2 to 40 letters"),
        (with_policy(keywords_blocked=("x" * 41,)), "2 to 40 letters"),
        (with_policy(keywords_blocked=("*a*",)), "2 to 40 letters"),
        (with_policy(keywords_blocked=("*",)), "a star alone blocks nothing"),
        (with_policy(keywords_blocked=("char*zard",)), "A star may begin or end a blocked word"),
        (
            with_policy(
                keywords_blocked=(
                    "proxy",
                    " ＊*",
                )
            ),
            "a star alone blocks nothing",
        ),
        (
            with_policy(keywords_blocked=tuple(f"word{n}" for n in range(KEYWORDS_MAX + 1))),
            "At most 50 blocked words",
        ),
        (
            with_policy(sellers_blocked=tuple(f"seller{n}" for n in range(SELLERS_MAX + 1))),
            "At most 100 blocked sellers fit; these are 101.",
        ),
        (with_policy(categories=("x" * 41,)), "categories must have 2 to 40"),
        (with_policy(price_min_usd_micros=0), r"above \$0"),
        (with_policy(price_max_usd_micros=0), r"above \$0"),
        (with_policy(price_max_usd_micros=10**14), r"above \$0"),
        (with_policy(price_min_usd_micros=10, price_max_usd_micros=10), "above the lowest"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(settings: ServerSettings, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        checked(settings)


def test_what_made_no_sense_before_does_not_hold_up_another_change() -> None:
    gone = ServerSettings(quiet=QuietHours(1, 2, "Europe/Atlantis"))
    moved = msgspec.structs.replace(gone, channel_id=5)
    assert checked(moved, gone) == moved
    starred = with_policy(keywords_blocked=("*", "a*"))
    checked(msgspec.structs.replace(starred, channel_id=5), starred)
    with pytest.raises(InvalidInput, match="between 1 and 60"):
        checked(msgspec.structs.replace(gone, posts_per_hour=0), gone)
    with pytest.raises(InvalidInput, match="time zone is not known"):
        checked(moved, ServerSettings())


def test_equal_choices_have_one_policy_whatever_their_order_and_spelling() -> None:
    some = DealPolicy(
        graders=(Grader.BGS, Grader.PSA, Grader.BGS),
        categories=("One Piece", " Pokemon", "Pokemon"),
        keywords_blocked=("Jumbo  Card", "PROXY", "Mew *"),
        sellers_blocked=("b" * 40, "a" * 40, ""),
    )
    other = DealPolicy(
        graders=(Grader.PSA, Grader.BGS),
        categories=("Pokemon", "One Piece"),
        keywords_blocked=("proxy", "jumbo card", "Proxy", "mew**"),
        sellers_blocked=("a" * 40, "b" * 40),
    )
    one, two = (checked(ServerSettings(policy)).policy for policy in (some, other))
    assert policy_hash(one) == policy_hash(two)
    assert one.keywords_blocked == ("jumbo card", "mew*", "proxy")


def test_a_category_is_met_however_an_admin_spells_its_letters() -> None:
    candidate = offered(10**6)
    assert candidate.slab.category == "One Piece"
    for typed, is_met in ((("pokemon", "one PIECÉ"), True), (("pokemon",), False), ((), True)):
        policy = checked(ServerSettings(DealPolicy(categories=typed))).policy
        assert (screen(candidate, policy) is None) is is_met


def test_a_word_is_blocked_with_and_without_its_accents() -> None:
    for title, word in (("Pokémon Pikachu", "pokemon"), ("Pokemon Pikachu", "Pokémon")):
        policy = checked(ServerSettings(DealPolicy(keywords_blocked=(word,)))).policy
        assert screen(offered(10**6, title), policy) == Rejection(Reason.KEYWORD)


def test_a_seller_is_blocked_however_the_address_is_spelt_where_capitals_mean_nothing() -> None:
    typed = ("0xAbCd" + "0" * 36, "AbCd" + "1" * 40)
    assert checked(ServerSettings(DealPolicy(sellers_blocked=typed))).policy.sellers_blocked == (
        "0xabcd" + "0" * 36,
        "AbCd" + "1" * 40,
    )


def test_the_defaults_are_in_their_one_form() -> None:
    assert checked(DEFAULT_SETTINGS) == DEFAULT_SETTINGS


@pytest.mark.parametrize("preset", Preset)
def test_a_preset_shows_its_calls_and_changes_nothing_else(preset: Preset) -> None:
    settings = with_preset(ServerSettings(channel_id=1, posts_per_hour=7), preset)
    shown = {tier for tier in ROUTED if settings.channel_of(tier)}
    assert shown == set(ROUTED) - set(HIDDEN[preset])
    assert GOLD in shown
    assert HIGH in shown
    assert settings.policy is DEFAULT_POLICY
    assert settings.posts_per_hour == 7


def test_one_role_is_pinged_for_the_best_or_none() -> None:
    pinging = with_ping(DEFAULT_SETTINGS, 9)
    assert pinging.ping_roles == {GOLD: 9, HIGH: 9}
    assert with_ping(pinging, None) == DEFAULT_SETTINGS


@pytest.mark.parametrize(
    ("settings", "tier", "channel_id"),
    [
        (ServerSettings(), GOLD, None),
        (ServerSettings(channel_id=1), GOLD, 1),
        (ServerSettings(channel_id=1, tier_channels={GOLD: 2}), GOLD, 2),
        (ServerSettings(channel_id=1, tier_channels={GOLD: 2}), HIGH, 1),
        (ServerSettings(channel_id=1, tier_channels={LOOK: 2}, tiers_hidden=(LOOK,)), LOOK, None),
        (ServerSettings(channel_id=1), DealTier.SUSPICIOUS, None),
        (ServerSettings(channel_id=1, trace_channel_id=3), DealTier.SUSPICIOUS, 3),
        (ServerSettings(trace_channel_id=3), DealTier.SUSPICIOUS, None),
    ],
)
def test_a_call_goes_to_its_channel(settings: ServerSettings, tier: DealTier, channel_id: int | None) -> None:
    assert settings.channel_of(tier) == channel_id
