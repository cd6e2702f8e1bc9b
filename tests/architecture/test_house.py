"""What counts as a file of the house, and what is a stranger at its top level."""

from pathlib import Path, PurePath

from tests.architecture import house


def test_a_new_name_at_the_top_level_is_a_stranger() -> None:
    names = ["bot.py", "core", ".venv", ".coverage.host.1", ".git", "scripts", "setup.cfg"]
    assert house.strangers(names, ["# made here", "/.venv/", "/.coverage.*"]) == ["scripts", "setup.cfg"]


def test_code_scripts_and_texts_are_found_and_compiled_files_are_not(tmp_path: Path) -> None:
    written = ["bot.py", "core/domain/deals.py", "core/web/page.js", "README.md", "core/__pycache__/deals.py"]
    for name in [*written, "data/secret.py"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("text")
    (tmp_path / "core" / "font.ttf").write_bytes(b"\xff\xfe\xff")

    assert house.code_files(tmp_path) == [PurePath("bot.py"), PurePath("core/domain/deals.py")]
    assert house.script_files(tmp_path) == [PurePath("core/web/page.js")]
    assert sorted(str(path) for path, _ in house.texts(tmp_path)) == sorted(written[:4])


def test_a_module_is_named_by_its_path() -> None:
    assert house.module_name(PurePath("core/domain/deals.py")) == "core.domain.deals"
    assert house.module_name(PurePath("core/services/__init__.py")) == "core.services.__init__"
