"""What the program says of itself: structured logs that never show a secret, and metrics."""

from core.telemetry.logs import bind_correlation, configure_logging
from core.telemetry.metrics import Metrics
from core.telemetry.redaction import Redactor

__all__ = ["Metrics", "Redactor", "bind_correlation", "configure_logging"]
