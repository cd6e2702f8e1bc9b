"""JSON-RPC: a result, none, or the error of ours that a code stands for, whatever the HTTP status was."""

from datetime import timedelta

import msgspec
import pytest

from core.clock import ManualClock
from core.domain.listings import SourceName
from core.errors import SourceChanged, SourceError, SourceRateLimited, SourceRefused, SourceUnavailable
from core.sources.http import SourceHttp, Vendor, VendorHabits, VendorLimits
from core.sources.http.rpc import Call, Reply, failure_in, result_of
from tests.sources.conftest import Memory
from tests.sources.payloads import Json, fetched
from tests.sources.payloads_rates import rpc, rpc_error
from tests.sources.server import ScriptedServer, data

QUESTION = Call("getThing", ("a",))


class Thing(msgspec.Struct):
    """A result."""

    size: int


def thing_of(answer: Json) -> Thing | None:
    return result_of(fetched(SourceName.SOLANA, answer), Reply[Thing])


def test_a_result_is_read_as_its_type() -> None:
    assert thing_of(rpc({"size": 3})) == Thing(3)
    assert thing_of(rpc({"size": 3}) | {"error": None}) == Thing(3)


def test_a_result_of_nothing_is_not_taken_for_none() -> None:
    with pytest.raises(SourceChanged, match="neither a result nor an error"):
        thing_of(rpc(None))
    with pytest.raises(SourceUnavailable):
        thing_of(rpc(None) | rpc_error(-32000))


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


@pytest.fixture
def node(http: SourceHttp, server: ScriptedServer) -> Vendor:
    limits, habits = VendorLimits(per_minute=6000, burst=10), VendorHabits(failure_in=failure_in)
    return http.vendor(SourceName.SOLANA, base_url=server.url, limits=limits, habits=habits)


async def test_a_failure_in_a_200_is_asked_again_and_opens_the_breaker(
    node: Vendor, server: ScriptedServer, memory: Memory
) -> None:
    server.says(data(rpc_error(-32000)), data(rpc({"size": 3})))
    await node.post("", QUESTION)
    assert len(server.asked) == 2
    server.says(data(rpc_error(-32000)))
    for _ in range(5):
        with pytest.raises(SourceUnavailable, match="RPC error -32000"):
            await node.post("", QUESTION)
    assert [breaker.is_open for _, breaker, _ in memory.told] == [True]


async def test_later_in_a_200_is_kept_by_every_call_meanwhile(
    node: Vendor, server: ScriptedServer, clock: ManualClock
) -> None:
    server.says(data(rpc_error(-32005)), data(rpc({"size": 3})))
    for _ in range(2):
        with pytest.raises(SourceRateLimited):
            await node.post("", QUESTION)
    assert len(server.asked) == 1
    clock.advance(timedelta(seconds=61))
    await node.post("", QUESTION)


@pytest.mark.parametrize("answer", [rpc_error(-32004), rpc_error(-32602), rpc(None), {}, [7], "?"])
async def test_whether_the_question_was_good_is_not_the_clients_business(
    node: Vendor, server: ScriptedServer, answer: Json
) -> None:
    server.says(data(answer))
    assert (await node.post("", QUESTION)).body == msgspec.json.encode(answer)
