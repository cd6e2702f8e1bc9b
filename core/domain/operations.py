"""The house's own health: processes, jobs and vendors, as rows that every process reads alike."""

from datetime import datetime
from enum import StrEnum

import msgspec

GATEWAY_PATIENCE_S = 60
"""A gateway gone for less is a blip; longer makes the bot role not ready."""


class Outcome(StrEnum):
    """How a job's last run ended. UNANSWERED: a vendor gave it no answer, which is no fault of the house."""

    NEVER = "never"
    OK = "ok"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    UNANSWERED = "unanswered"


class JobState(msgspec.Struct, frozen=True):
    """One job. `lease_until` is set while it runs; `failures` counts those in a row."""

    name: str
    due_at: datetime
    last_started_at: datetime | None
    last_finished_at: datetime | None
    outcome: Outcome
    failures: int
    error: str = ""
    lease_until: datetime | None = None


class ParkedRows(msgspec.Struct, frozen=True):
    """How many were given up, and why the newest of them were."""

    count: int
    newest_errors: tuple[str, ...] = ()


class Parked(msgspec.Struct, frozen=True):
    """What waits for an operator: listings that got no verdict, posts that could not be shown.

    `paused`: channels that turned us away, and wait for an admin of their server.
    """

    listings: ParkedRows
    posts: ParkedRows
    paused: ParkedRows = ParkedRows(0)


class SourceHealth(msgspec.Struct, frozen=True):
    """One vendor's circuit: since when it is down, or that it answers."""

    name: str
    is_down: bool
    since: datetime | None
    reason: str = ""


class ProcessState(msgspec.Struct, frozen=True):
    """One running process. `gateway_at` is when Discord's gateway was last known to be connected."""

    id: str
    roles: str
    version: str
    started_at: datetime
    heartbeat_at: datetime
    gateway_at: datetime | None
    gateway_is_up: bool


class Check(msgspec.Struct, frozen=True):
    """One line of readiness, with the age of what it rests on."""

    name: str
    is_ok: bool
    age_s: float | None
    says: str


class Readiness(msgspec.Struct, frozen=True):
    """Whether this house does its work: database, gateway, jobs, vendors."""

    checks: tuple[Check, ...]

    @property
    def is_ready(self) -> bool:
        return all(check.is_ok for check in self.checks)
