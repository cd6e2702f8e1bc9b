"""Interactions: what a person did, the token to answer with, and what became of it."""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Final

from .commands import FOR_GUILD, FOR_PERSON, IN_GUILD, Installs
from .errors import ApiError, Code
from .guilds import Channel
from .limits import INTERACTION_FIRST_ANSWER_S, INTERACTION_TOKEN_S, INTERACTIONS_KEPT
from .messages import Message
from .population import BOT_ID
from .users import User
from .wire import Json, iso


class Kind(IntEnum):
    """Discord's interaction types."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class Answer(IntEnum):
    """Discord's callback types."""

    MESSAGE = 4
    DEFERRED = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


class State(StrEnum):
    """What a person sees."""

    WAITING = "waiting"
    ANSWERED = "answered"
    DEFERRED = "deferred"
    MODAL = "modal"
    CHOICES = "choices"
    FAILED = "failed"


ALLOWED: Final[dict[Kind, frozenset[Answer]]] = {
    Kind.COMMAND: frozenset({Answer.MESSAGE, Answer.DEFERRED, Answer.MODAL}),
    Kind.COMPONENT: frozenset(set(Answer) - {Answer.CHOICES}),
    Kind.AUTOCOMPLETE: frozenset({Answer.CHOICES}),
    Kind.MODAL: frozenset({Answer.MESSAGE, Answer.DEFERRED, Answer.DEFERRED_UPDATE, Answer.UPDATE}),
}
_FAILED_TEXTS: Final[dict[Kind, str]] = {Kind.COMMAND: "The application did not respond"}


@dataclass(slots=True, eq=False)
class Interaction:
    """One act of a person. source: the message whose component was used, None for commands."""

    id: int
    kind: Kind
    person: User
    channel: Channel
    created_at: datetime
    name: str = ""
    command_type: int = 1
    source: Message | None = None
    parent: "Interaction | None" = None
    option_type: int = 3
    installs: Installs = IN_GUILD
    token: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    state: State = State.WAITING
    original: Message | None = None
    is_loading: bool = False
    modal: Json | None = None
    choices: list[Json] | None = None
    followups: list[Message] = field(default_factory=list)
    first: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_settled(self) -> bool:
        """Whether the person is no longer looking at a spinner."""
        return self.state is not State.WAITING and not self.is_loading

    def settle(self, state: State) -> None:
        """The first answer has come, or never will."""
        self.state = state
        self.first.set()

    def to_outcome(self) -> Json:
        """For the page and for tests: what the person sees now."""
        error = _FAILED_TEXTS.get(self.kind, "This interaction failed")
        return {
            "id": str(self.id),
            "state": self.state.value,
            "message": self.original.to_view() if self.original else None,
            "modal": self.modal,
            "choices": self.choices,
            "error": error if self.state is State.FAILED else None,
            "followups": [message.to_view() for message in self.followups],
            "settled": self.is_settled,
        }

    def to_ledger(self) -> Json:
        """For the ledger."""
        return {
            "id": str(self.id),
            "kind": self.kind.name.lower(),
            "name": self.name,
            "person": str(self.person.id),
            "state": self.state.value,
            "at": iso(self.created_at),
        }

    def metadata(self) -> Json:
        """What a message says of the interaction it answers."""
        made: Json = {
            "id": str(self.id),
            "type": int(self.kind),
            "user": self.person.to_json(),
            "authorizing_integration_owners": self.owners(),
        }
        if self.kind is Kind.COMPONENT and self.source is not None:
            made["interacted_message_id"] = str(self.source.id)
        if self.kind is Kind.MODAL and self.parent is not None:
            made["triggering_interaction_metadata"] = self.parent.metadata()
        return made

    def owners(self) -> Json:
        """Who installed the app: the guild (0 in a private chat), the person, or both."""
        made: Json = {}
        if FOR_GUILD in self.installs:
            made["0"] = str(self.channel.guild_id or 0)
        if FOR_PERSON in self.installs:
            made["1"] = str(self.person.id)
        return made


class Interactions:
    """The newest interactions, found by id and token."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._by_id: OrderedDict[int, Interaction] = OrderedDict()
        self._by_token: dict[str, Interaction] = {}

    def add(self, interaction: Interaction) -> None:
        """Keep an interaction; the oldest goes when there are too many."""
        self._by_id[interaction.id] = interaction
        self._by_token[interaction.token] = interaction
        while len(self._by_id) > INTERACTIONS_KEPT:
            _, oldest = self._by_id.popitem(last=False)
            del self._by_token[oldest.token]

    def get(self, interaction_id: int) -> Interaction | None:
        """The interaction, None when unknown."""
        return self._by_id.get(interaction_id)

    def all(self) -> list[Interaction]:
        """Oldest first."""
        return list(self._by_id.values())

    def unanswered(self, interaction_id: int, token: str) -> Interaction:
        """The interaction for its first answer. Raises 10062 when too late and 40060 when there was one."""
        interaction = self._by_id.get(interaction_id)
        if interaction is None or interaction.token != token or interaction.state is State.FAILED:
            raise ApiError(Code.UNKNOWN_INTERACTION)
        if interaction.state is not State.WAITING:
            raise ApiError(Code.ALREADY_ACKNOWLEDGED)
        if self._age(interaction) > timedelta(seconds=INTERACTION_FIRST_ANSWER_S):
            raise ApiError(Code.UNKNOWN_INTERACTION)
        return interaction

    def answered(self, application_id: int, token: str) -> Interaction:
        """The interaction for everything after its first answer, for 15 minutes. Raises 10015 and 50027."""
        interaction = self._by_token.get(token)
        if application_id != BOT_ID or interaction is None:
            raise ApiError(Code.UNKNOWN_WEBHOOK)
        if interaction.state in (State.WAITING, State.FAILED, State.CHOICES):
            raise ApiError(Code.UNKNOWN_WEBHOOK)
        if self._age(interaction) > timedelta(seconds=INTERACTION_TOKEN_S):
            raise ApiError(Code.INVALID_WEBHOOK_TOKEN)
        return interaction

    def open_modal(self, person_id: int, custom_id: str) -> Interaction | None:
        """The newest interaction that showed this modal to this person, None when there is none."""
        for interaction in reversed(self._by_id.values()):
            is_shown = interaction.modal is not None and interaction.modal["custom_id"] == custom_id
            if is_shown and interaction.person.id == person_id:
                return interaction
        return None

    def _age(self, interaction: Interaction) -> timedelta:
        return self._now() - interaction.created_at
