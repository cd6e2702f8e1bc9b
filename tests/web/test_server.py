"""Serving: the port that is asked for or any free one, refusals in a sentence, an end that comes in time."""

import asyncio
import socket
from collections.abc import Iterator

import aiohttp
import pytest
from aiohttp import web

from core.errors import StartError
from core.settings import Settings
from core.web.server import serve
from tests.web.serving import running_api


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


async def refusal(host: str, port: int) -> str:
    """The sentence with which serving there is refused."""
    with pytest.raises(StartError) as caught:
        async with serve(web.Application(), Settings(api_host=host, api_port=port), None):
            pytest.fail("served")
    return str(caught.value)


async def test_a_port_in_use_is_told_in_a_sentence(taken_port: int) -> None:
    assert await refusal("127.0.0.1", taken_port) == (
        f"Port {taken_port} on 127.0.0.1 is in use: set API_PORT to a free one, or stop what uses it."
    )


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
async def test_an_address_of_another_machine_is_told_in_a_sentence(host: str) -> None:
    assert await refusal(host, 0) == f"API_HOST {host} is not an address of this machine."


async def test_the_port_is_free_again_afterwards() -> None:
    async with serve(web.Application(), Settings(api_port=0), None) as url:
        port = int(url.rpartition(":")[2])
    async with serve(web.Application(), Settings(api_port=port), None) as again:
        assert again == url


@pytest.mark.parametrize(("host", "shown"), [("::1", "http://[::1]:"), ("localhost", "http://localhost:")])
async def test_the_address_can_be_opened_as_it_is_given(host: str, shown: str) -> None:
    app = web.Application()
    async with (
        serve(app, Settings(api_host=host, api_port=0), None) as url,
        aiohttp.ClientSession() as client,
    ):
        assert url.startswith(shown)
        async with client.get(url) as response:
            assert response.status == 404


class Endless:
    """A route that answers nothing until it is cancelled."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.cancelled = asyncio.Event()

    async def answer(self, request: web.Request) -> web.Response:
        self.began.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        raise AssertionError


async def test_the_end_does_not_wait_for_a_request_that_never_ends() -> None:
    endless = Endless()

    async def ask(url: str) -> None:
        async with aiohttp.ClientSession() as client, client.get(url):
            raise AssertionError

    async with running_api(more_routes={"/endless": endless.answer}) as api:
        asking = asyncio.create_task(ask(f"{api.url}/endless"))
        await endless.began.wait()
    assert endless.cancelled.is_set()
    with pytest.raises(aiohttp.ClientError):
        await asking


async def test_a_request_whose_client_has_gone_is_dropped() -> None:
    endless = Endless()
    async with running_api(more_routes={"/endless": endless.answer}) as api:
        asking = asyncio.create_task(api.get("/endless"))
        await endless.began.wait()
        asking.cancel()
        await endless.cancelled.wait()


async def test_a_request_under_way_is_answered_before_the_end() -> None:
    began, go_on = asyncio.Event(), asyncio.Event()

    async def slow(request: web.Request) -> web.Response:
        began.set()
        await go_on.wait()
        return web.Response(text="done")

    app = web.Application()
    app.router.add_get("/slow", slow)
    async with aiohttp.ClientSession() as client:
        async with serve(app, Settings(api_port=0), None) as url:
            asking = asyncio.create_task(client.get(f"{url}/slow"))
            await began.wait()
            asyncio.get_running_loop().call_soon(go_on.set)
        async with await asking as response:
            assert await response.text() == "done"
