"""The table of jobs for the owner."""

from datetime import timedelta

from cogs.ui.operations import jobs_table
from core.domain.operations import JobState, Outcome
from tests.cogs.deal_posts import NOW


def a_job(name: str, *, failures: int = 0, error: str = "", lease_s: int | None = None) -> JobState:
    return JobState(
        name=name,
        due_at=NOW + timedelta(seconds=20),
        last_started_at=NOW - timedelta(seconds=11),
        last_finished_at=NOW - timedelta(seconds=10),
        outcome=Outcome.FAILED if failures else Outcome.OK,
        failures=failures,
        error=error,
        lease_until=NOW + timedelta(seconds=lease_s) if lease_s else None,
    )


def test_each_job_says_how_it_ended_when_and_when_it_is_due() -> None:
    table = jobs_table((a_job("poll"), a_job("publish", lease_s=30)), now=NOW)
    assert table.splitlines() == [
        "```",
        "poll     ok         10 s ago        due in 20 s",
        "publish  running    10 s ago        due in 20 s",
        "```",
    ]


def test_a_late_job_and_one_that_never_ran_say_so() -> None:
    late = JobState("poll", NOW - timedelta(minutes=2), None, None, Outcome.NEVER, 0)
    assert "poll  never      never           due 2 m ago" in jobs_table((late,), now=NOW)


def test_an_error_cannot_break_out_of_the_table() -> None:
    table = jobs_table((a_job("poll", failures=3, error="```@everyone\nx"),), now=NOW)
    assert "failed 3 times: '''@everyone x" in table
    assert table.count("```") == 2


def test_a_long_table_is_cut_where_a_message_ends() -> None:
    table = jobs_table(tuple(a_job(f"job-{n}", failures=1, error="x" * 80) for n in range(40)), now=NOW)
    assert len(table) <= 2_000
    assert "more" in table


def test_without_jobs_there_is_a_sentence() -> None:
    assert jobs_table((), now=NOW) == "No job has run yet."
