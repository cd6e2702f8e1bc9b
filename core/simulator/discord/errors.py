"""Discord's refusals: status, code and text as documented, as one table."""

from enum import IntEnum
from typing import Final

from .wire import Json


class Code(IntEnum):
    """The JSON error codes the look-alike uses."""

    GENERAL = 0
    UNKNOWN_APPLICATION = 10002
    UNKNOWN_CHANNEL = 10003
    UNKNOWN_GUILD = 10004
    UNKNOWN_MEMBER = 10007
    UNKNOWN_MESSAGE = 10008
    UNKNOWN_USER = 10013
    UNKNOWN_WEBHOOK = 10015
    UNKNOWN_INTERACTION = 10062
    UNKNOWN_COMMAND = 10063
    CHANNEL_WRITES = 20028
    TOO_MANY_COMMANDS = 30032
    OLD_EDITS = 30046
    OPENING_DMS_TOO_FAST = 40003
    ENTITY_TOO_LARGE = 40005
    ALREADY_ACKNOWLEDGED = 40060
    TOO_MANY_FOLLOWUPS = 40094
    MISSING_ACCESS = 50001
    NOT_IN_PRIVATE = 50003
    CANNOT_EDIT_OTHERS = 50005
    EMPTY_MESSAGE = 50006
    CANNOT_DM = 50007
    MISSING_PERMISSIONS = 50013
    INVALID_WEBHOOK_TOKEN = 50027
    INVALID_FORM = 50035
    INVALID_JSON = 50109
    NO_MUTUAL_GUILD = 50278
    NO_HISTORY_TO_REPLY = 160002


REFUSALS: Final[dict[Code, tuple[int, str]]] = {
    Code.GENERAL: (404, "404: Not Found"),
    Code.UNKNOWN_APPLICATION: (404, "Unknown Application"),
    Code.UNKNOWN_CHANNEL: (404, "Unknown Channel"),
    Code.UNKNOWN_GUILD: (404, "Unknown Guild"),
    Code.UNKNOWN_MEMBER: (404, "Unknown Member"),
    Code.UNKNOWN_MESSAGE: (404, "Unknown Message"),
    Code.UNKNOWN_USER: (404, "Unknown User"),
    Code.UNKNOWN_WEBHOOK: (404, "Unknown Webhook"),
    Code.UNKNOWN_INTERACTION: (404, "Unknown interaction"),
    Code.UNKNOWN_COMMAND: (404, "Unknown application command"),
    Code.CHANNEL_WRITES: (
        429,
        "The write action you are performing on the channel has hit the write rate limit.",
    ),
    Code.TOO_MANY_COMMANDS: (400, "Maximum number of application commands reached (100)"),
    Code.OLD_EDITS: (
        429,
        "Maximum number of edits to messages older than 1 hour reached. Try again later.",
    ),
    Code.OPENING_DMS_TOO_FAST: (403, "You are opening direct messages too fast."),
    Code.ENTITY_TOO_LARGE: (413, "Request entity too large"),
    Code.ALREADY_ACKNOWLEDGED: (400, "Interaction has already been acknowledged."),
    Code.TOO_MANY_FOLLOWUPS: (400, "This interaction has reached the maximum number of follow-up messages"),
    Code.MISSING_ACCESS: (403, "Missing Access"),
    Code.NOT_IN_PRIVATE: (403, "Cannot execute action on a DM channel"),
    Code.CANNOT_EDIT_OTHERS: (403, "Cannot edit a message authored by another user"),
    Code.EMPTY_MESSAGE: (400, "Cannot send an empty message"),
    Code.CANNOT_DM: (403, "Cannot send messages to this user"),
    Code.MISSING_PERMISSIONS: (403, "Missing Permissions"),
    Code.INVALID_WEBHOOK_TOKEN: (401, "Invalid Webhook Token"),
    Code.INVALID_FORM: (400, "Invalid Form Body"),
    Code.INVALID_JSON: (400, "The request body contains invalid JSON."),
    Code.NO_MUTUAL_GUILD: (403, "Cannot send messages to this user due to having no mutual guilds"),
    Code.NO_HISTORY_TO_REPLY: (403, "Cannot reply without permission to read message history"),
}


class ApiError(Exception):
    """A request that Discord would refuse."""

    def __init__(self, code: Code, errors: Json | None = None, *, status: int | None = None) -> None:
        """status: where a route answers a code with another status than the usual one."""
        self.code = code
        usual, self.message = REFUSALS[code]
        self.status = status or usual
        self.errors = errors
        super().__init__(f"{self.status} {int(code)}: {self.message}")

    def to_json(self) -> Json:
        """The error body; `errors` only where a form was wrong."""
        body: Json = {"message": self.message, "code": int(self.code)}
        return body if self.errors is None else body | {"errors": self.errors}


class UnauthorizedError(ApiError):
    """The token is missing or wrong."""

    def __init__(self) -> None:
        super().__init__(Code.GENERAL)
        self.status, self.message = 401, "401: Unauthorized"


class ThrottledError(ApiError):
    """Too much of something that has a code of its own. seconds: after how long it may be tried again."""

    def __init__(self, code: Code, seconds: float) -> None:
        super().__init__(code)
        self.seconds = seconds
