"""Things to press: a button that lives through restarts, a form, and a message with one of each."""

import re
from typing import Any, Self

import discord

from tests.simulator.discord.conftest import Bot

Interaction = discord.Interaction[Bot]


class CopyButton(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"v1:copy:(?P<post>[0-9]+)"
):
    """Answers privately; its state is in its id."""

    def __init__(self, post: int) -> None:
        super().__init__(discord.ui.Button(label="Copy", custom_id=f"v1:copy:{post}"))
        self.post = post

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(int(match["post"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message(f"post {self.post}", ephemeral=True)


class Note(discord.ui.Modal, title="A note"):
    """Asks for a text and, through labels, for a choice and a role."""

    text: discord.ui.TextInput[Self] = discord.ui.TextInput(label="Text", custom_id="text", max_length=10)
    mood: discord.ui.Label[Self] = discord.ui.Label(
        text="Mood",
        component=discord.ui.Select(
            custom_id="mood", options=[discord.SelectOption(label="Good"), discord.SelectOption(label="Bad")]
        ),
    )
    role: discord.ui.Label[Self] = discord.ui.Label(
        text="Role", component=discord.ui.RoleSelect(custom_id="role")
    )

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        assert isinstance(self.mood.component, discord.ui.Select)
        assert isinstance(self.role.component, discord.ui.RoleSelect)
        told = (self.text.value, self.mood.component.values, self.role.component.values[0].name)
        await interaction.response.send_message(str(told), ephemeral=True)


class Panel(discord.ui.View):
    """One of each."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.add_item(CopyButton(7))
        self.add_item(discord.ui.Button(label="Site", url="https://example.org/"))
        self.add_item(discord.ui.Button(label="Gone", custom_id="gone", disabled=True))

    @discord.ui.button(label="Update", custom_id="update")
    async def update(self, interaction: Interaction, _: discord.ui.Button[Self]) -> None:
        await interaction.response.edit_message(content="updated")

    @discord.ui.button(label="Later", custom_id="later")
    async def later(self, interaction: Interaction, _: discord.ui.Button[Self]) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="edited later")
        extra = await interaction.followup.send("extra", wait=True)
        await extra.edit(content="extra edited")

    @discord.ui.button(label="Note", custom_id="note")
    async def note(self, interaction: Interaction, _: discord.ui.Button[Self]) -> None:
        await interaction.response.send_modal(Note(custom_id="note-form"))

    @discord.ui.select(
        cls=discord.ui.Select,
        custom_id="sizes",
        max_values=2,
        options=[discord.SelectOption(label=size) for size in "SML"],
    )
    async def sizes(self, interaction: Interaction, select: discord.ui.Select[Self]) -> None:
        await interaction.response.send_message(",".join(select.values))

    @discord.ui.select(cls=discord.ui.MentionableSelect, custom_id="who", max_values=2)
    async def who(self, interaction: Interaction, select: discord.ui.MentionableSelect[Self]) -> None:
        await interaction.response.send_message(",".join(value.name for value in select.values))

    @discord.ui.select(cls=discord.ui.ChannelSelect, custom_id="where")
    async def where(self, interaction: Interaction, select: discord.ui.ChannelSelect[Self]) -> None:
        await interaction.response.send_message(select.values[0].name)
