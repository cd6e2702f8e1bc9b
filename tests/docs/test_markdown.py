"""Every check of the documents can fail."""

from pathlib import Path

import pytest

from tests.docs import markdown

BLOCK = "```\npython bot.py run --fast   explained\nmake haste\n```\n"


def test_code_is_spans_over_line_ends_and_lines_of_blocks() -> None:
    assert markdown.code(f"See `a\n  b`.\n\n{BLOCK}`c`") == [
        "a b",
        "c",
        "python bot.py run --fast   explained",
        "make haste",
    ]


def test_a_section_ends_at_the_next_heading_of_its_level_or_above() -> None:
    text = "# One\n\n## `/a`\nx\n\n### deeper\ny\n## b\n# Two\nz\n"
    assert markdown.sections(text, 2) == [("/a", "x\n\n### deeper\ny"), ("b", "")]
    assert markdown.section(text, "deeper") == "y"


def test_tables_are_read_without_their_heads() -> None:
    text = "| a | b |\n|---|---|\n| `x`, `y` | 1 |\n\n| c |\n|---|\n| z |\n"
    assert markdown.rows(text) == [["`x`, `y`", "1"], ["z"]]
    assert markdown.first_codes(text) == ["x", "y"]


def test_an_example_is_found_by_its_name() -> None:
    assert markdown.example("```json a\n1\n```\n\n```json b\n2\n```\n", "b") == "2\n"


@pytest.mark.parametrize(
    "target", ["gone.md", "there.md#gone", "#gone", "pictures/gone.png", "there.md#the-title-of-it"]
)
def test_a_link_that_leads_nowhere_is_found(tmp_path: Path, target: str) -> None:
    (tmp_path / "there.md").write_text("# The `title`: of it!\n\n[back](#no)")
    good = "# Here\n\n[a](there.md) [b](there.md#the-title-of-it) [c](#here) [d](https://example.org/gone)"
    found = markdown.broken_links(f"{good} ![e]({target})", tmp_path)
    assert found == ([] if target == "there.md#the-title-of-it" else [target])


def test_a_path_that_is_not_there_is_found(tmp_path: Path) -> None:
    (tmp_path / "core").mkdir()
    assert markdown.missing_paths("`core/` `core/gone.py` `data/gone` `db status`", tmp_path) == [
        "core/gone.py"
    ]


def test_a_setting_that_does_not_exist_is_found() -> None:
    assert markdown.unknown_settings("`API_PORT=1 NO_SUCH` A_WORD `SKIP LOCKED`", ["API_PORT"]) == ["NO_SUCH"]


def test_targets_and_command_lines_are_found_in_code_alone() -> None:
    text = f"{BLOCK}We make sure. `make run` `python bot.py db\nbackup` `python bot.py …`"
    assert markdown.make_targets(text) == {"run", "haste"}
    assert markdown.command_lines(text) == ["db backup", "run --fast"]


def test_slash_commands_and_routes_are_found_without_their_options() -> None:
    text = "`/deals latest tier:gold` `/setup channel:#deals` `/api/v1/deals?tier=gold` and/or /nothing"
    assert markdown.slashed(text) == {"/deals latest", "/setup", "/api/v1/deals"}
    assert markdown.slashed("`/deals value set what:PSA 1`") == {"/deals value set"}


def test_a_decision_without_its_paragraph_or_with_two_is_found() -> None:
    good = "## Group\n\n### Good\n\nOne paragraph\nin two lines.\n\n"
    assert markdown.undecided(good) == []
    assert markdown.undecided(f"{good}### Empty\n\n### Long\n\nOne.\n\nTwo.\n") == ["Empty", "Long"]
    assert markdown.undecided(f"{good}{good}") == ["Good"]


def test_a_sentence_that_is_not_said_is_found() -> None:
    assert markdown.unsaid("tried\n5 times", ["tried 5 times", "tried 6 times"]) == ["tried 6 times"]
