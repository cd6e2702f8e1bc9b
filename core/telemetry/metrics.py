"""What is counted and timed, in one registry of this process; every label has a bounded number of values."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
LABEL_VALUES_MAX = 100
OTHER = "other"

_CALL_S = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_RUN_S = (0.05, 0.25, 1, 5, 15, 60, 300, 1800)
_POST_S = (0.25, 0.5, 1, 2, 3, 5, 10, 20, 60, 300)


class Metrics:
    """The named instruments. A method is called where a thing happened; times are in seconds."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        GCCollector(registry=registry)
        self._values: dict[str, set[str]] = {}
        self._measure_line(registry)
        self._calls = Histogram(
            "cartel_source_call_seconds",
            "Calls of vendors",
            ("source", "outcome"),
            registry=registry,
            buckets=_CALL_S,
        )
        self._changes = Counter(
            "cartel_source_changes", "Answers of vendors not understood", ("source",), registry=registry
        )
        self._jobs = Histogram(
            "cartel_job_run_seconds", "Runs of jobs", ("job", "outcome"), registry=registry, buckets=_RUN_S
        )
        self._interactions = Counter(
            "cartel_interactions", "Commands and buttons", ("command", "outcome"), registry=registry
        )
        self._requests = Histogram(
            "cartel_http_request_seconds",
            "Requests answered",
            ("route", "method", "status"),
            registry=registry,
            buckets=_CALL_S,
        )
        self._check_ok = Gauge(
            "cartel_check_ok", "1 when a check of readiness passes", ("check",), registry=registry
        )
        self._check_age = Gauge(
            "cartel_check_age_seconds", "Age of what a check rests on", ("check",), registry=registry
        )

    def _measure_line(self, registry: CollectorRegistry) -> None:
        """From a report to a post."""
        self._stages = Histogram(
            "cartel_line_seconds",
            "Stages of the deal line",
            ("stage", "outcome"),
            registry=registry,
            buckets=_CALL_S,
        )
        self._ages = Histogram(
            "cartel_line_age_seconds",
            "How old what a stage worked on was at its end",
            ("stage",),
            registry=registry,
            buckets=_POST_S,
        )
        self._deals = Counter("cartel_deals", "Listings that earned a tier", ("tier",), registry=registry)
        self._rejections = Counter(
            "cartel_rejections", "Listings that earned none", ("reason",), registry=registry
        )
        self._posts = Counter("cartel_posts", "Tries to show a post", ("outcome",), registry=registry)
        self._to_post = Histogram(
            "cartel_time_to_post_seconds", "Listed at the vendor to shown", registry=registry, buckets=_POST_S
        )
        self._to_post_ours = Histogram(
            "cartel_time_to_post_ours_seconds", "Seen by us to shown", registry=registry, buckets=_POST_S
        )
        self._work_rows = Gauge("cartel_work_rows", "Rows waiting in the queue", registry=registry)
        self._work_age = Gauge("cartel_work_age_seconds", "Age of the oldest row waiting", registry=registry)
        self._parked = Gauge(
            "cartel_parked_rows", "Given up until an operator says otherwise", ("what",), registry=registry
        )

    def source_called(self, source: str, outcome: str, took_s: float) -> None:
        self._calls.labels(**self._bounded(source=source, outcome=outcome)).observe(took_s)

    def source_changed(self, source: str) -> None:
        self._changes.labels(**self._bounded(source=source)).inc()

    def job_ran(self, job: str, outcome: str, took_s: float) -> None:
        self._jobs.labels(**self._bounded(job=job, outcome=outcome)).observe(took_s)

    def stage_ended(self, stage: str, outcome: str, took_s: float, age_s: float | None = None) -> None:
        """One passage through a stage of the deal line; `age_s` since what passes became known."""
        self._stages.labels(**self._bounded(stage=stage, outcome=outcome)).observe(took_s)
        if age_s is not None:
            self._ages.labels(**self._bounded(stage=stage)).observe(age_s)

    def deal_found(self, tier: str) -> None:
        self._deals.labels(**self._bounded(tier=tier)).inc()

    def listing_rejected(self, reason: str) -> None:
        self._rejections.labels(**self._bounded(reason=reason)).inc()

    def post_tried(self, outcome: str) -> None:
        self._posts.labels(**self._bounded(outcome=outcome)).inc()

    def post_shown(self, *, since_listed_s: float | None, since_seen_s: float) -> None:
        """None when the vendor does not say when it listed."""
        if since_listed_s is not None:
            self._to_post.observe(since_listed_s)
        self._to_post_ours.observe(since_seen_s)

    def work_waits(self, rows: int, oldest_age_s: float) -> None:
        self._work_rows.set(rows)
        self._work_age.set(oldest_age_s)

    def rows_parked(self, *, listings: int, posts: int) -> None:
        for what, count in (("listing", listings), ("post", posts)):
            self._parked.labels(what=what).set(count)

    def interaction_ended(self, command: str, outcome: str) -> None:
        self._interactions.labels(**self._bounded(command=command, outcome=outcome)).inc()

    def request_answered(self, route: str, method: str, status: int, took_s: float) -> None:
        labels = self._bounded(route=route, method=method, status=str(status))
        self._requests.labels(**labels).observe(took_s)

    def checked(self, check: str, *, is_ok: bool, age_s: float | None) -> None:
        """One line of readiness, as the database has it at this moment."""
        labels = self._bounded(check=check)
        self._check_ok.labels(**labels).set(is_ok)
        if age_s is None:
            self._check_age.remove_by_labels(labels)
        else:
            self._check_age.labels(**labels).set(age_s)

    def exposition(self) -> bytes:
        """Everything in the text format of Prometheus."""
        return generate_latest(self.registry)

    def _bounded(self, **labels: str) -> dict[str, str]:
        """The labels; a value that would be a name's hundred-and-first becomes `other`."""
        return {name: self._one_of_few(name, value) for name, value in labels.items()}

    def _one_of_few(self, name: str, value: str) -> str:
        known = self._values.setdefault(name, set())
        if value not in known and len(known) >= LABEL_VALUES_MAX:
            return OTHER
        known.add(value)
        return value
