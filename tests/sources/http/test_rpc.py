"""JSON-RPC: a result, none, or the error of ours that a code stands for, whatever the HTTP status was."""

import msgspec
import pytest

from core.domain.listings import SourceName
from core.errors import SourceChanged, SourceError, SourceRateLimited, SourceRefused, SourceUnavailable
from core.sources.http.rpc import Call, Reply, result_of
from tests.sources.payloads import Json, fetched
from tests.sources.payloads_rates import rpc, rpc_error


class Thing(msgspec.Struct):
    """A result."""

    size: int


def thing_of(answer: Json) -> Thing | None:
    return result_of(fetched(SourceName.SOLANA, answer), Reply[Thing])


def test_a_result_is_read_as_its_type() -> None:
    assert thing_of(rpc({"size": 3})) == Thing(3)
    assert thing_of(rpc({"size": 3}) | {"error": None}) == Thing(3)
    assert thing_of(rpc(None)) is None


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (-32001, SourceRefused),
        (-32003, SourceRefused),
        (-32005, SourceRateLimited),
        (-32029, SourceRateLimited),
        (-32601, SourceChanged),
        (-32602, SourceChanged),
        (-32000, SourceUnavailable),
        (7, SourceUnavailable),
    ],
)
def test_an_error_has_the_meaning_of_its_code_and_its_text_is_not_repeated(
    code: int, kind: type[SourceError]
) -> None:
    with pytest.raises(SourceError, match=str(code)) as caught:
        thing_of(rpc_error(code, "the key c4n4ry is wrong"))
    assert type(caught.value) is kind
    assert "c4n4ry" not in str(caught.value)


def test_not_found_is_none() -> None:
    assert thing_of(rpc_error(-32004)) is None


@pytest.mark.parametrize("answer", [{}, {"result": {"size": "3"}}, {"result": 7}, {"error": {}}, [], None])
def test_another_shape_is_a_change(answer: Json) -> None:
    with pytest.raises(SourceChanged):
        thing_of(answer)


def test_a_call_says_what_the_protocol_asks_for() -> None:
    call = msgspec.json.decode(msgspec.json.encode(Call("getThing", ("a", Thing(3)))))
    assert call == {"jsonrpc": "2.0", "id": "1", "method": "getThing", "params": ["a", {"size": 3}]}
