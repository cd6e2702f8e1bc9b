"""Every size Discord validates, as data."""

from typing import Final, NamedTuple


class Length(NamedTuple):
    """Inclusive bounds of a text or list."""

    low: int
    high: int


CONTENT: Final = Length(0, 2000)
NONCE: Final = Length(0, 25)
NONCE_REMEMBERED_S: Final = 60
EMBEDS: Final = Length(0, 10)
EMBED_FIELDS: Final = Length(0, 25)
EMBED_TOTAL: Final = 6000
EMBED_TEXTS: Final[dict[tuple[str, ...], Length]] = {
    ("title",): Length(0, 256),
    ("description",): Length(0, 4096),
    ("footer", "text"): Length(0, 2048),
    ("author", "name"): Length(0, 256),
}
EMBED_FIELD_TEXTS: Final[dict[str, Length]] = {"name": Length(0, 256), "value": Length(0, 1024)}
EMBED_COLOR_MAX: Final = 0xFFFFFF
URL: Final = Length(0, 2048)

ROWS: Final = Length(0, 5)
COMPONENTS_V2: Final = Length(0, 40)
LAYOUT_TEXT: Final = Length(1, 4000)
ROW_BUTTONS: Final = Length(1, 5)
CUSTOM_ID: Final = Length(1, 100)
BUTTON_LABEL: Final = Length(0, 80)
BUTTON_URL: Final = Length(1, 512)
EMOJI_NAME: Final = Length(1, 32)
SELECT_OPTIONS: Final = Length(1, 25)
SELECT_PLACEHOLDER: Final = Length(0, 150)
SELECT_OPTION_TEXTS: Final[dict[str, Length]] = {"label": Length(1, 100), "value": Length(1, 100)}
SELECT_OPTION_DESCRIPTION: Final = Length(0, 100)
SELECT_VALUES_MAX: Final = 25

MODAL_TITLE: Final = Length(1, 45)
MODAL_ROWS: Final = Length(1, 5)
INPUT_LABEL: Final = Length(1, 45)
INPUT_VALUE_MAX: Final = 4000
INPUT_PLACEHOLDER: Final = Length(0, 100)
LABEL_DESCRIPTION: Final = Length(1, 100)

CHOICES: Final = Length(0, 25)
CHOICE_NAME: Final = Length(1, 100)
CHOICE_VALUE: Final = Length(0, 100)

COMMAND_NAME: Final = Length(1, 32)
COMMAND_DESCRIPTION: Final = Length(1, 100)
COMMAND_OPTIONS: Final = Length(0, 25)
COMMAND_SIZE: Final = 8000
OPTION_TEXT_MAX: Final = 6000
COMMANDS_BY_TYPE: Final[dict[int, int]] = {1: 100, 2: 15, 3: 15, 4: 1}

ATTACHMENTS: Final = Length(0, 10)
ATTACHMENT_BYTES: Final = 10 * 1024 * 1024
ATTACHMENT_TEXTS: Final[dict[str, Length]] = {"filename": Length(1, 1024), "description": Length(0, 1024)}
ALLOWED_MENTIONS: Final = Length(0, 100)
HISTORY: Final = Length(1, 100)

INTERACTION_FIRST_ANSWER_S: Final = 3
INTERACTION_TOKEN_S: Final = 15 * 60
INTERACTIONS_KEPT: Final = 5000
GUEST_FOLLOWUPS: Final = 5  # where the bot is not in the guild and the person brought it along

CHANNEL_MESSAGES_KEPT: Final = 5000
CHANNEL_MESSAGES_SAVED: Final = 500
FILE_BYTES_KEPT: Final = 64 * 1024 * 1024
FILE_BYTES_SAVED: Final = 8 * 1024 * 1024

SESSIONS_KEPT: Final = 20
SESSION_EVENTS_KEPT: Final = 1000
GATEWAY_QUEUE: Final = 20_000
GATEWAY_COMMANDS_PER_MINUTE: Final = 120
IDENTIFIES_PER_DAY: Final = 1000

OLD_MESSAGE_S: Final = 60 * 60
# Requests and seconds. Discord publishes none: the first is what bots report, the others are guesses.
OLD_EDITS: Final = (3, 20.0)
CHANNEL_WRITES: Final = (30, 5.0)
PRIVATE_OPENINGS: Final = (10, 600.0)

CODE_S: Final = 60  # Discord publishes no figure
TOKEN_S: Final = 7 * 24 * 60 * 60
LOGINS_KEPT: Final = 1000

LEDGER_KEPT: Final = 2000
STREAMS: Final = 100
STREAM_QUEUE: Final = 2000
