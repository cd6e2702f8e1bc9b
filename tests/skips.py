"""A skipped test proves nothing: `--may-skip` says which tests may be, and fails the run for any other."""

import pytest

CHOICES = ("any", "shared", "none")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--may-skip",
        choices=CHOICES,
        default="any",
        help="which tests may be skipped: any, those marked `shared`, or none; xfail counts as skipped",
    )


def pytest_sessionfinish(session: pytest.Session) -> None:
    # The workers of xdist report to the process that has the terminal.
    if session.exitstatus == pytest.ExitCode.OK and forbidden_skips(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    forbidden = forbidden_skips(config)
    if forbidden:
        terminalreporter.section("not run, but must be", red=True)
        for report in forbidden:
            terminalreporter.line(f"{report.nodeid}: {reason(report)}")


def forbidden_skips(config: pytest.Config) -> list[pytest.TestReport | pytest.CollectReport]:
    """The reports of this run that `--may-skip` does not excuse; none in a worker of xdist."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    allowed = config.getoption("--may-skip")
    if terminal is None or allowed == "any":
        return []
    skipped = [report for report in terminal.stats.get("skipped", []) if not excused(report, allowed)]
    return [*skipped, *terminal.stats.get("xfailed", [])]


def excused(report: pytest.TestReport | pytest.CollectReport, allowed: str) -> bool:
    return allowed == "shared" and "shared" in report.keywords


def reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    expected_failure = getattr(report, "wasxfail", None)
    if expected_failure is not None:
        return f"expected to fail ({expected_failure})"
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
