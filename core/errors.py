"""The exception tree: what a person can mend, what a vendor failed at, why a start is impossible.

AppError
├─ UserError            the person can fix it; its text is shown as is
│  ├─ NotFound · InvalidInput · NotAllowed · LimitReached
├─ SourceError          a vendor failed; retried, then shown as "unavailable"
│  ├─ SourceUnavailable · SourceRateLimited · SourceRefused · SourceChanged
├─ DatabaseAway         our own database did not answer; told once when it goes and once when it is back
├─ StartError           this start cannot succeed; the text is the one sentence printed
└─ (anything else)      a bug: logged once with a reference id, shown as that id
"""


class AppError(Exception):
    """Anything this program raises on purpose."""


class UserError(AppError):
    """The person can fix it: the text is written for them."""


class NotFound(UserError):
    """What was asked for does not exist, or not any more."""


class InvalidInput(UserError):
    """The text or number given cannot be understood."""


class NotAllowed(UserError):
    """The person, or the bot in that channel, lacks a permission."""


class LimitReached(UserError):
    """A bound was hit: too many, too often, too large."""


class SourceError(AppError):
    """A vendor gave no answer. Never stored as a verdict."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason


class SourceUnavailable(SourceError):
    """Down, slow, cut off, or our circuit breaker is open."""


class SourceRateLimited(SourceError):
    """The vendor, or our own budget for it, says: later."""

    def __init__(self, source: str, reason: str, *, retry_after_s: float) -> None:
        super().__init__(source, reason)
        self.retry_after_s = retry_after_s


class SourceRefused(SourceError):
    """The vendor does not accept our credentials or our kind; asking again will not help.

    `status` is the HTTP status it said so with, None when it said so otherwise.
    """

    def __init__(self, source: str, reason: str, *, status: int | None = None) -> None:
        super().__init__(source, reason)
        self.status = status


class SourceChanged(SourceError):
    """The answer has another shape than documented; `path` names the field."""

    def __init__(self, source: str, reason: str, *, path: str) -> None:
        super().__init__(source, f"{reason} at {path}")
        self.path = path


class DatabaseAway(AppError):
    """Our own database did not answer; the text is its reason, as half a sentence."""


class StartError(AppError):
    """This start cannot succeed; the text says what is wrong and what to do."""
