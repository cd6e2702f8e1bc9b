"""The bounds of following wallets and of re-valuing that the pages name are those of the code."""

from datetime import timedelta
from pathlib import Path

from core.cli.run import ASKED_EVERY, WALLETS_EVERY
from core.domain.follows import LABEL_LENGTH_MAX, SAME_WITHIN, TOLD_WITHIN
from core.domain.revaluations import Span
from core.services import follows, happenings, revaluations
from tests.docs import markdown

WORDS = {3: "three"}
DOCS = Path(__file__).parents[2] / "docs"
COMMANDS, DECISIONS = ((DOCS / name).read_text(encoding="utf-8") for name in ("commands.md", "decisions.md"))


def test_following_wallets_has_the_bounds_that_are_told() -> None:
    add = markdown.section(COMMANDS, "/follow add")
    said = (
        f"up to {follows.WALLETS_OF_SERVER_MAX} wallets",
        f"all servers together {follows.WALLETS_MAX} different ones",
        f"up to {LABEL_LENGTH_MAX} letters",
        f"up to {TOLD_WITHIN // timedelta(hours=1)} hours",
        f"shown {happenings.SHOWN_PER_HOUR} such posts an hour",
    )
    assert markdown.unsaid(add, said) == []
    decided = (
        f"{WORDS[follows.LOOKS_MAX]} at a time each {WALLETS_EVERY.seconds} seconds",
        f"by the same seller within {SAME_WITHIN.seconds // 60} minutes",
        f"shown {happenings.SHOWN_PER_HOUR} an hour",
    )
    assert markdown.unsaid(DECISIONS, decided) == []


def test_revaluing_has_the_bounds_that_are_told() -> None:
    recheck = markdown.section(COMMANDS, "/deals recheck")
    most = f"at most {revaluations.BOUNDS.listings:,}"
    assert markdown.unsaid(recheck, (most, *(f"`{span.value}`" for span in Span))) == []
    decided = (
        f"{most}; a job keeps up to {revaluations.BOUNDS.queued} of a run ({revaluations.QUEUED_MAX} of all)",
        f"edited at most every {revaluations.SHOWN_EVERY.seconds} seconds",
        f"for {revaluations.EDITED_FOR.seconds // 60} minutes",
    )
    assert markdown.unsaid(DECISIONS, decided) == []
    assert ASKED_EVERY < revaluations.SHOWN_EVERY
