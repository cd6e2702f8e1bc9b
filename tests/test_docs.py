"""What the documents say is so; tests/docs shows that each check can fail."""

import argparse
import json
import re
import shlex
from pathlib import Path

import discord
import msgspec
import pytest
from discord import app_commands

import bot as entry
from cogs import publisher
from cogs.client import EXTENSIONS, SESSIONS_LEFT_MIN, CartelBot
from cogs.ui.guilds import NEEDED, WISHED
from core.clock import SystemClock
from core.domain.deals import DEFAULT_POLICY
from core.domain.digests import LINES_MAX
from core.domain.guilds import POSTS_PER_HOUR, REPEAT_FALL_BPS
from core.domain.listings import SALE_SETTLES
from core.runtime import sources
from core.services import appraisal, arrivals, housekeeping, listings, rechecks
from core.services.revaluations import BOUNDS
from core.settings import FROM_FILES, NAMES
from core.sources.http import breaker
from core.telemetry import Metrics
from core.web import limits, middleware
from core.web.answers import Problem
from core.web.app import ROUTES
from core.web.deals import DealJson, DealPageJson, DealQuery
from core.web.operations import ReadyInDetail
from db import migrate
from tests.cogs.memory import Memory, StepClock
from tests.docs import markdown

ROOT = Path(__file__).parents[1]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in PAGES}
COMMANDS, API, DECISIONS = TEXTS["docs/commands.md"], TEXTS["docs/api.md"], TEXTS["docs/decisions.md"]
VALUES, OPERATING, README = TEXTS["docs/values.md"], TEXTS["docs/operating.md"], TEXTS["README.md"]
# What the environment may hold, or a reader replaces, that is no setting of the program.
NOT_SETTINGS = ("APPLICATION_ID", "MAY_SKIP", "POSTGRES_PASSWORD", "TEST_DATABASE_URL")

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)


@pytest.fixture
async def bot() -> CartelBot:
    services = Memory(StepClock()).services
    made = CartelBot(services, metrics=Metrics(), clock=SystemClock(), operator_guild_id=1)
    for extension in EXTENSIONS:
        await made.load_extension(extension)
    return made


def commands_of(bot: CartelBot) -> dict[str, list[str]]:
    """The options of each command, by the name a person types."""
    walked = [*bot.tree.walk_commands(), *bot.tree.walk_commands(guild=bot.home)]
    slash = [command for command in walked if isinstance(command, app_commands.Command)]
    typed = {
        f"/{command.qualified_name}": [option.name for option in command.parameters] for command in slash
    }
    menus: dict[str, list[str]] = {
        menu.name: [] for menu in bot.tree.get_commands(type=discord.AppCommandType.message)
    }
    return typed | menus | {f"@Bot {command.qualified_name}": [] for command in bot.walk_commands()}


def subcommands() -> set[str]:
    (found,) = [a for a in entry.parser()._actions if isinstance(a, argparse._SubParsersAction)]
    return set(found.choices)


def targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))


def is_taken(line: str) -> bool:
    try:
        entry.parser().parse_args(shlex.split(line))
    except SystemExit:
        return False
    return True


async def test_every_command_is_described_with_its_options_and_no_other_is(bot: CartelBot) -> None:
    described = {title: markdown.first_codes(body) for title, body in markdown.sections(COMMANDS, 3)}
    assert described == commands_of(bot)


async def test_every_page_names_only_commands_and_routes_that_exist(bot: CartelBot) -> None:
    known = {route.path for route in ROUTES} | set(commands_of(bot))
    strange = {name: markdown.slashed(text) - known for name, text in TEXTS.items()}
    assert {name: words for name, words in strange.items() if words} == {}


def test_every_route_is_described_and_no_other_is() -> None:
    described = {title for title, _ in markdown.sections(markdown.section(API, "Routes"), 3)}
    assert described == {f"{route.method} {route.path}" for route in ROUTES}


def test_the_deals_route_is_described_with_its_parameters_and_real_fields() -> None:
    parameters, _, answer = markdown.section(API, "GET /api/v1/deals").partition("*Who may*")
    assert tuple(markdown.first_codes(parameters)) == DealQuery.__struct_fields__
    assert set(markdown.first_codes(answer)) <= set(DealJson.__struct_fields__)


@pytest.mark.parametrize(
    ("name", "kind"), [("deals", DealPageJson), ("ready", ReadyInDetail), ("problem", Problem)]
)
def test_each_example_of_the_api_is_exactly_what_its_type_gives(
    name: str, kind: type[msgspec.Struct]
) -> None:
    shown = markdown.example(API, name)
    assert json.loads(msgspec.json.encode(msgspec.json.decode(shown, type=kind))) == json.loads(shown)


def test_the_readme_names_every_subcommand() -> None:
    assert {line.split()[0] for line in markdown.command_lines(README)} == subcommands()


@every_page
def test_every_command_line_is_one_that_the_program_takes(page: Path) -> None:
    lines = markdown.command_lines(page.read_text(encoding="utf-8"))
    assert [line for line in lines if not is_taken(line)] == []


def test_a_command_line_that_does_not_exist_is_not_taken(capsys: pytest.CaptureFixture[str]) -> None:
    assert not is_taken("run --fast")
    assert "unrecognized arguments" in capsys.readouterr().err


def test_the_readme_says_what_every_target_does() -> None:
    assert markdown.make_targets(README) == targets() - {"help"}


@every_page
def test_every_target_that_is_named_exists(page: Path) -> None:
    assert markdown.make_targets(page.read_text(encoding="utf-8")) - targets() == set()


@every_page
def test_every_link_and_picture_leads_somewhere(page: Path) -> None:
    assert markdown.broken_links(page.read_text(encoding="utf-8"), page.parent) == []


@every_page
def test_every_path_that_is_named_is_there(page: Path) -> None:
    assert markdown.missing_paths(page.read_text(encoding="utf-8"), ROOT) == []


@every_page
def test_every_setting_that_is_named_exists(page: Path) -> None:
    known = (*NAMES, *(f"{name}_FILE" for name in FROM_FILES), *NOT_SETTINGS)
    assert markdown.unknown_settings(page.read_text(encoding="utf-8"), known) == []


def test_every_decision_is_one_paragraph_under_a_heading_of_its_own() -> None:
    assert markdown.undecided(DECISIONS) == []


def test_the_invitation_asks_for_the_permissions_that_setup_looks_for() -> None:
    asked = discord.Permissions(**dict.fromkeys(NEEDED | WISHED, True))
    assert re.findall(r"&permissions=(\d+)", README) == [str(asked.value)]
    assert markdown.unsaid(README, (NEEDED | WISHED).values()) == []


def test_every_vendor_is_described_with_what_it_needs() -> None:
    section = markdown.section(OPERATING, "Sources")
    needs = {name.strip("`"): needs for name, _, needs, _ in markdown.rows(section)}
    assert list(needs) == [name.value for name in sources.NEEDED]
    unsaid = {name: markdown.unsaid(needs[name.value], settings) for name, settings in sources.NEEDED.items()}
    assert {name: missing for name, missing in unsaid.items() if missing} == {}


def test_every_metric_is_described_and_no_other_is() -> None:
    ours = [metric.name for metric in Metrics().registry.collect() if metric.name.startswith("cartel_")]
    assert sorted(markdown.first_codes(markdown.section(OPERATING, "Health"))) == sorted(ours)


def test_the_table_of_calls_is_the_default_policy_in_the_order_of_decision() -> None:
    policy = DEFAULT_POLICY
    bounds = [("SUSPICIOUS", policy.suspicious_bps), ("UNDETERMINED", policy.doubtful_bps)]
    bounds += [(rule.tier.upper(), rule.discount_min_bps) for rule in policy.tiers]
    bounds += [("LOOK", policy.look_bps)]
    table = markdown.rows(markdown.section(VALUES, "The call"))
    assert [tuple(cells[:2]) for cells in table] == [(name, f"{bps // 100} %") for name, bps in bounds]
    asked = {cells[2].partition(",")[0] for cells in table if cells[0] in {"GOLD", "HIGH", "INFO"}}
    assert asked == {f"confidence {policy.confidence_min}"}


def test_the_numbers_of_the_decisions_are_those_of_the_code() -> None:
    said = (
        f"A sale settles for {SALE_SETTLES.seconds} seconds",
        f"re-checked every {rechecks.RECHECK_EVERY.seconds} seconds",
        f"{rechecks.MISSING_MEANS_GONE_AFTER.seconds} seconds or more after it was first missed",
        f"more than {listings.OUTAGE_IS_BASELINE_AFTER.seconds // 60} minutes away",
        f"it may hold {appraisal.SLOTS_BACKFILL} of the {appraisal.SLOTS}",
        f"of at most {appraisal.BACK_OFF_MAX_S // 60} minutes",
        f"tried {appraisal.TRIES_MAX} times and then parked",
        f"fell by {REPEAT_FALL_BPS // 100} % or more",
        f"trusted for {publisher.NONCE_TRUSTED.seconds} seconds after the first try",
        f"a try may take {publisher.TRY_LIMIT_S} seconds",
        f"fewer than {SESSIONS_LEFT_MIN} of the day's starts",
    )
    assert markdown.unsaid(DECISIONS, said) == []


def test_the_numbers_of_a_channel_are_those_of_the_code() -> None:
    said = (f"as the server chose ({POSTS_PER_HOUR})", f"up to {LINES_MAX} lines", "up to three deals")
    assert arrivals.SHOWN_MAX == 3
    assert markdown.unsaid(COMMANDS, said) == []


def test_the_numbers_of_the_api_and_of_operating_are_those_of_the_code() -> None:
    requests = f"{limits.BURST} requests at once and {limits.PER_S:g} a second after that"
    body, answer = (
        f"more than {middleware.BODY_BYTES_MAX // 1024} KiB",
        f"within {middleware.REQUEST_S_MAX:g} seconds",
    )
    assert markdown.unsaid(API, (requests, body, answer)) == []
    kept, failures = f"newest {migrate.BACKUPS_KEPT}", f"After {breaker.FAILURES_MAX} failures in a row"
    waits = f"up to {appraisal.EXPIRES_AFTER.days * 24} hours"
    grows = (
        f"one or more for each, and vendor | {housekeeping.OBSERVATIONS_KEPT.days} days",
        f"the first of each price, the others {housekeeping.JUDGED_KEPT.days} days",
        f"the newest {housekeeping.REVISIONS_EACH} of each price and policy",
        f"for readers such as PostHog | {housekeeping.EVENTS_KEPT.days} days",
        f"up to {BOUNDS.listings:,} a run | {housekeeping.ITEMS_KEPT.days} days",
        f"one a `/deals latest` | {housekeeping.PAGES_KEPT.days} days",
    )
    assert markdown.unsaid(OPERATING, (kept, failures, waits, *grows)) == []
