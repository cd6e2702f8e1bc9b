"""People at their keyboards: everything a person can do in the look-alike, as methods."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import answering, posting
from .acts import command_data, component_data, interaction_payload, menu_data, modal_data
from .commands import Typed
from .files import Upload
from .guilds import Channel
from .interactions import Interaction, Kind, State
from .messages import Message
from .options import USER, PersonError, Resolved, given_options
from .permissions import Permission
from .validation.components import BUTTON, LINK, walk
from .wire import Json

if TYPE_CHECKING:
    from .world import DiscordWorld

_USER_MENU, _MESSAGE_MENU = 2, 3


class People:
    """Acts for a person and waits for the bot's first answer (3 s, then the interaction has failed).

    Ids are integers. Raises PersonError when a real client would not have offered the act.
    """

    def __init__(self, world: "DiscordWorld") -> None:
        self._world = world

    def write(
        self,
        person_id: int,
        channel_id: int,
        content: str,
        mentions: tuple[int, ...] = (),
        uploads: tuple[Upload, ...] = (),
    ) -> Message:
        """Write a message. mentions are put in front of it."""
        channel = self._channel(person_id, channel_id)
        text = " ".join([*(f"<@{mentioned}>" for mentioned in mentions), content])
        return posting.post(self._world, channel, person_id, {"content": text}, uploads)

    async def run_command(
        self, person_id: int, channel_id: int, name: str, options: Mapping[str, Any] | None = None
    ) -> Interaction:
        """Run a slash command, such as `deals latest`, or by its id."""
        channel = self._channel(person_id, channel_id)
        typed = self._typed(person_id, channel, name, 1)
        resolved = Resolved(self._world, channel)
        inner = command_data(typed, given_options(typed, options or {}, resolved), resolved.found)
        return await self._act(Kind.COMMAND, person_id, channel, inner, name=" ".join(typed.path))

    async def autocomplete(
        self, person_id: int, channel_id: int, name: str, options: Mapping[str, Any], focused: str
    ) -> Interaction:
        """Type into an option; the interaction's `choices` are what the bot proposes."""
        channel = self._channel(person_id, channel_id)
        typed = self._typed(person_id, channel, name, 1)
        resolved = Resolved(self._world, channel)
        given = given_options(typed, options, resolved, focused)
        kinds = [option["type"] for option in typed.options if option["name"] == focused]
        is_offered = any(option.get("autocomplete") for option in typed.options if option["name"] == focused)
        if not is_offered:
            raise PersonError(f"{focused!r} has no autocomplete")
        inner = command_data(typed, given, resolved.found)
        return await self._act(
            Kind.AUTOCOMPLETE, person_id, channel, inner, name=" ".join(typed.path), option_type=kinds[0]
        )

    async def use_menu(self, person_id: int, channel_id: int, name: str, target_id: int) -> Interaction:
        """Use a context menu on a user or on a message of this channel."""
        channel = self._channel(person_id, channel_id)
        resolved = Resolved(self._world, channel)
        message = self._world.messages.get(channel_id, target_id)
        kind = _USER_MENU if message is None else _MESSAGE_MENU
        typed = self._typed(person_id, channel, name, kind)
        if message is None:
            resolved.add(USER, str(target_id))
        else:
            resolved.message(message)
        inner = menu_data(typed.command, resolved.found, str(target_id))
        return await self._act(Kind.COMMAND, person_id, channel, inner, name=name, command_type=kind)

    async def press(
        self, person_id: int, message_id: int, custom_id: str, values: tuple[str, ...] = ()
    ) -> Interaction:
        """Press a button, or choose values of a select."""
        message = self._world.messages.find(message_id)
        if message is None or not self._world.sees(person_id, message):
            raise PersonError("there is no such message")
        component = _component(message, custom_id)
        channel = self._channel(person_id, message.channel_id)
        resolved = Resolved(self._world, channel)
        inner = component_data(component, list(values), resolved)
        inner["id"] = component["id"]
        return await self._act(Kind.COMPONENT, person_id, channel, inner, name=custom_id, source=message)

    async def submit_modal(self, person_id: int, custom_id: str, fields: Mapping[str, Any]) -> Interaction:
        """Submit the modal that the bot showed to this person last under this custom_id."""
        parent = self._world.interactions.open_modal(person_id, custom_id)
        if parent is None or parent.modal is None:
            raise PersonError("no such form is open")
        resolved = Resolved(self._world, parent.channel)
        inner = modal_data(parent.modal, fields, resolved)
        return await self._act(
            Kind.MODAL, person_id, parent.channel, inner, name=custom_id, source=parent.source, parent=parent
        )

    async def settled(self, interaction: Interaction, *, seconds: float = 10.0) -> Interaction:
        """Wait until the person no longer looks at a spinner. Raises TimeoutError."""
        await self._world.watchers.until(lambda: interaction.is_settled, seconds=seconds)
        return interaction

    async def _act(
        self,
        kind: Kind,
        person_id: int,
        channel: Channel,
        inner: Json,
        *,
        name: str,
        command_type: int = 1,
        source: Message | None = None,
        parent: Interaction | None = None,
        option_type: int = 3,
    ) -> Interaction:
        world = self._world
        interaction = Interaction(
            world.snowflakes.next(),
            kind,
            world.users[person_id],
            channel,
            world.now(),
            name=name,
            command_type=command_type,
            source=source,
            parent=parent,
            option_type=option_type,
            installs=world.installs(person_id, channel.guild_id),
        )
        world.interactions.add(interaction)
        world.watchers.wake()
        payload = interaction_payload(world, interaction, inner)
        world.sessions.dispatch("INTERACTION_CREATE", payload, guild_id=channel.guild_id)
        try:
            async with asyncio.timeout(world.first_answer_s):
                await interaction.first.wait()
        except TimeoutError:
            interaction.settle(State.FAILED)
            answering.tell(world, interaction)
        return interaction

    def _channel(self, person_id: int, channel_id: int) -> Channel:
        channel = self._world.find_channel(channel_id)
        if channel is None or not self._world.permissions(person_id, channel) & Permission.VIEW_CHANNEL:
            raise PersonError("there is no such channel")
        return channel

    def _typed(self, person_id: int, channel: Channel, name: str, kind: int) -> Typed:
        bits = self._world.permissions(person_id, channel)
        if not bits & Permission.USE_APPLICATION_COMMANDS:
            raise PersonError("commands are not allowed here")
        installs = self._world.installs(person_id, channel.guild_id)
        typed = self._world.commands.find(name, kind, channel.guild_id, bits, installs)
        if typed is None:
            raise PersonError(f"there is no command {name!r} here")
        return typed


def _component(message: Message, custom_id: str) -> Json:
    for component in walk(message.payload["components"]):
        if component.get("custom_id") == custom_id:
            if component.get("disabled"):
                raise PersonError("this is disabled")
            if component["type"] == BUTTON and component.get("style") == LINK:
                break
            return component
    raise PersonError(f"the message has nothing with the custom_id {custom_id!r}")
