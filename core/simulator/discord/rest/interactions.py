"""REST: first answers to interactions and follow-ups by their token, without the token of the bot."""

from typing import Final

from .. import answering
from ..interactions import Interaction
from ..wire import Json
from .endpoint import Call, Endpoint


def _answer(call: Call) -> Json | None:
    interaction = call.world.interactions.unanswered(call.id("interaction_id"), call.text("token"))
    answering.answer(call.world, interaction, call.form, call.uploads)
    if call.flag("with_response"):
        return answering.callback_json(interaction, int(call.form["type"]))
    return None


def _answered(call: Call) -> Interaction:
    return call.world.interactions.answered(call.id("application_id"), call.text("token"))


def _follow_up(call: Call) -> Json:
    return answering.follow_up(call.world, _answered(call), call.form, call.uploads).payload


def _get(call: Call) -> Json:
    return answering.own_message(call.world, _answered(call), call.text("message_id")).payload


def _edit(call: Call) -> Json:
    interaction = _answered(call)
    message = answering.own_message(call.world, interaction, call.text("message_id"))
    answering.edit_own(call.world, interaction, message, call.form, call.uploads)
    return message.payload


def _delete(call: Call) -> None:
    interaction = _answered(call)
    message = answering.own_message(call.world, interaction, call.text("message_id"))
    answering.delete_own(call.world, interaction, message)


_WEBHOOK: Final = "/webhooks/{application_id}/{token}"
_MESSAGE: Final = f"{_WEBHOOK}/messages/{{message_id}}"

ENDPOINTS: Final = (
    Endpoint(
        "POST", "/interactions/{interaction_id}/{token}/callback", _answer, is_open=True, is_limited=False
    ),
    Endpoint("POST", _WEBHOOK, _follow_up, is_open=True),
    Endpoint("GET", _MESSAGE, _get, is_open=True),
    Endpoint("PATCH", _MESSAGE, _edit, is_open=True),
    Endpoint("DELETE", _MESSAGE, _delete, is_open=True),
)
