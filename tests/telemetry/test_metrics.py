"""Metrics: each thing under its name, with a bounded number of labels, in a registry of its own."""

from core.telemetry import Metrics
from core.telemetry.metrics import LABEL_VALUES_MAX


def test_each_thing_is_counted_under_its_name() -> None:
    metrics = Metrics()
    metrics.source_called("alt", "answered", 0.2)
    metrics.job_ran("recheck", "ok", 2.0)
    metrics.stage_ended("value", "waits", 0.5, 3.0)
    metrics.stage_ended("value", "passed", 0.25)
    metrics.deal_found("gold")
    metrics.listing_rejected("too_dear")
    metrics.post_tried("shown")
    metrics.post_shown(since_listed_s=1.5, since_seen_s=0.5)
    metrics.post_shown(since_listed_s=None, since_seen_s=0.5)
    metrics.work_waits(3, 12.0)
    metrics.rows_parked(listings=2, posts=1)
    metrics.interaction_ended("deals latest", "ok")
    metrics.request_answered("/healthz", "GET", 200, 0.001)
    told = metrics.exposition().decode()
    for line in (
        'cartel_source_call_seconds_count{outcome="answered",source="alt"} 1.0',
        'cartel_job_run_seconds_sum{job="recheck",outcome="ok"} 2.0',
        'cartel_line_seconds_count{outcome="waits",stage="value"} 1.0',
        'cartel_line_seconds_sum{outcome="passed",stage="value"} 0.25',
        'cartel_line_age_seconds_count{stage="value"} 1.0',
        'cartel_deals_total{tier="gold"} 1.0',
        'cartel_rejections_total{reason="too_dear"} 1.0',
        'cartel_posts_total{outcome="shown"} 1.0',
        "cartel_time_to_post_seconds_count 1.0",
        "cartel_time_to_post_ours_seconds_count 2.0",
        "cartel_work_rows 3.0",
        "cartel_work_age_seconds 12.0",
        'cartel_parked_rows{what="listing"} 2.0',
        'cartel_parked_rows{what="post"} 1.0',
        'cartel_interactions_total{command="deals latest",outcome="ok"} 1.0',
        'cartel_http_request_seconds_count{method="GET",route="/healthz",status="200"} 1.0',
    ):
        assert line in told


def test_a_check_tells_its_age_only_while_it_has_one() -> None:
    metrics = Metrics()
    metrics.checked("gateway", is_ok=True, age_s=4.0)
    assert 'cartel_check_age_seconds{check="gateway"} 4.0' in metrics.exposition().decode()
    metrics.checked("gateway", is_ok=False, age_s=None)
    told = metrics.exposition().decode()
    assert 'cartel_check_ok{check="gateway"} 0.0' in told
    assert "cartel_check_age_seconds{" not in told


def test_a_label_has_a_bounded_number_of_values() -> None:
    metrics = Metrics()
    for number in range(2 * LABEL_VALUES_MAX):
        metrics.deal_found(f"tier {number}")
    metrics.deal_found("tier 0")
    assert metrics.registry.get_sample_value("cartel_deals_total", {"tier": "other"}) == LABEL_VALUES_MAX
    assert metrics.registry.get_sample_value("cartel_deals_total", {"tier": "tier 0"}) == 2


def test_two_processes_in_one_do_not_share_their_metrics() -> None:
    one, other = Metrics(), Metrics()
    one.deal_found("gold")
    assert other.registry.get_sample_value("cartel_deals_total", {"tier": "gold"}) is None
