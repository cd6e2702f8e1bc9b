"""PostHog as a reader of events. Without a key nothing of this runs; nothing personal is ever sent."""

import asyncio
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress

import msgspec
from posthog import Posthog

from core.services.events import EventService, Stored

READER = "analytics"
QUEUE_MAX = 1_000
TIMEOUT_S = 2
SENT: Mapping[str, tuple[str, ...]] = {
    "deal.found": ("tier", "discount_bps"),
    "listing.rejected": ("reason",),
    "listing.closed": ("how",),
    "post.shown": ("is_new",),
}
"""Which events are sent, and which of their fields: kinds and numbers, nobody's ids."""


class Analytics:
    """Sends the market's events to PostHog, as nobody's."""

    def __init__(self, events: EventService, *, key: str, host: str) -> None:
        self._events = events
        self._posthog = Posthog(
            key, host=host, max_queue_size=QUEUE_MAX, timeout=TIMEOUT_S, max_retries=1, disable_geoip=True
        )

    async def send_new(self) -> int:
        """Send what happened since the last time."""
        return await self._events.read(READER, self._send)

    async def close(self) -> None:
        """Send what is queued. The client blocks, so in a thread, and one that no end waits for."""
        loop, is_sent = asyncio.get_running_loop(), asyncio.Event()

        def send() -> None:
            self._posthog.shutdown()
            with suppress(RuntimeError):  # the loop has ended without us
                loop.call_soon_threadsafe(is_sent.set)

        threading.Thread(target=send, name="posthog-shutdown", daemon=True).start()
        await is_sent.wait()

    async def _send(self, batch: Sequence[Stored]) -> None:
        for event in batch:
            if event.type in SENT:
                fields = msgspec.json.decode(event.payload, type=dict[str, object])
                properties = {name: fields[name] for name in SENT[event.type]}
                self._posthog.capture(event.type, properties=properties, timestamp=event.at)
