"""What the gateway sends when a person acts: the INTERACTION_CREATE payloads."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from .commands import Typed
from .interactions import Interaction
from .limits import ATTACHMENT_BYTES
from .options import CHANNEL, MENTIONABLE, ROLE, USER, PersonError, Resolved
from .population import BOT_ID
from .wire import Json

if TYPE_CHECKING:
    from .world import DiscordWorld

_SELECT_RESOLVES: Final[dict[int, int]] = {5: USER, 6: ROLE, 7: MENTIONABLE, 8: CHANNEL}


def interaction_payload(world: "DiscordWorld", interaction: Interaction, inner: Json) -> Json:
    """The INTERACTION_CREATE event. inner is its `data`."""
    channel, person = interaction.channel, interaction.person
    bits = str(world.permissions(person.id, channel))
    payload: Json = {
        "id": str(interaction.id),
        "application_id": str(BOT_ID),
        "type": int(interaction.kind),
        "token": interaction.token,
        "version": 1,
        "data": inner,
        "channel_id": str(channel.id),
        "channel": channel.to_json() | {"permissions": bits},
        "locale": person.locale,
        "app_permissions": str(world.permissions(BOT_ID, channel)),
        "entitlements": [],
        "authorizing_integration_owners": interaction.owners(),
        "context": 1 if channel.guild_id is None else 0,
        "attachment_size_limit": ATTACHMENT_BYTES,
    }
    if interaction.source is not None:
        payload["message"] = interaction.source.payload
    if channel.guild_id is None:
        return payload | {"user": person.to_json()}
    guild = world.guilds[channel.guild_id]
    return payload | {
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
        "guild_locale": guild.locale,
        "member": guild.members[person.id].to_json() | {"permissions": bits},
    }


def command_data(typed: Typed, options: list[Json], resolved: Json) -> Json:
    """The `data` of a slash command, the options nested under their subcommands."""
    nested = options
    for depth in range(len(typed.path) - 1, 0, -1):
        kind = 1 if depth == len(typed.path) - 1 else 2
        nested = [{"name": typed.path[depth], "type": kind, "options": nested}]
    return menu_data(typed.command, resolved) | {"options": nested}


def menu_data(command: Json, resolved: Json, target: str | None = None) -> Json:
    """The `data` of a context menu, and the base of a slash command's."""
    made: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
    if "guild_id" in command:
        made["guild_id"] = command["guild_id"]
    if target is not None:
        made["target_id"] = target
    return made | ({"resolved": resolved} if resolved else {})


def component_data(component: Json, values: list[str], resolved: Resolved) -> Json:
    """The `data` of a pressed button or a used select."""
    made: Json = {"custom_id": component["custom_id"], "component_type": component["type"]}
    if component["type"] == 2:
        return made
    _check_values(component, values)
    if component["type"] in _SELECT_RESOLVES:
        for value in values:
            resolved.add(_SELECT_RESOLVES[component["type"]], value)
        made["resolved"] = resolved.found
    return made | {"values": values}


def modal_data(modal: Json, fields: Mapping[str, Any], resolved: Resolved) -> Json:
    """The `data` of a submitted modal. Raises PersonError when the client would not submit it."""
    rows = [_modal_row(row, fields, resolved) for row in modal["components"]]
    made: Json = {"custom_id": modal["custom_id"], "components": rows}
    return made | ({"resolved": resolved.found} if resolved.found else {})


def _modal_row(row: Json, fields: Mapping[str, Any], resolved: Resolved) -> Json:
    base: Json = {"type": row["type"], "id": row.get("id", 0)}
    if row["type"] == 18:
        return base | {"component": _modal_item(row["component"], fields, resolved)}
    return base | {"components": [_modal_item(item, fields, resolved) for item in row.get("components", [])]}


def _modal_item(item: Json, fields: Mapping[str, Any], resolved: Resolved) -> Json:
    made: Json = {"type": item["type"], "id": item.get("id", 0), "custom_id": item["custom_id"]}
    given = fields.get(item["custom_id"], item.get("value"))
    if item["type"] != 4:
        values = [str(value) for value in given or []]
        return component_data(item, values, resolved) | made
    text = str(given or "")
    if item.get("required", True) and not text:
        raise PersonError(f"the field {item['custom_id']!r} is required")
    bounds = (item.get("min_length") or 0, item.get("max_length") or 4000)
    if text and not bounds[0] <= len(text) <= bounds[1]:
        raise PersonError(f"the field {item['custom_id']!r} takes {bounds[0]} to {bounds[1]} characters")
    return made | {"value": text}


def _check_values(component: Json, values: list[str]) -> None:
    low, high = component.get("min_values", 1), component.get("max_values", 1)
    if not low <= len(values) <= high:
        raise PersonError(f"choose {low} to {high} values")
    if component["type"] == 3:
        known = {option["value"] for option in component["options"]}
        for value in values:
            if value not in known:
                raise PersonError(f"{value!r} is not an option")
