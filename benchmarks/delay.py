"""A link of some length: `python -m benchmarks.delay PORT TARGET MILLISECONDS` passes all on that much later.

It delays bytes and connecting, not the kernels' acknowledgements: it is a long link without loss or limits.
"""

import asyncio
import sys
from contextlib import suppress


class End(asyncio.Protocol):
    """One end of a connection through the link: what it hears, its `other` end says `delay` seconds later."""

    def __init__(self, delay: float) -> None:
        self.other: asyncio.Transport | None = None
        self.transport: asyncio.Transport | None = None
        self._delay = delay
        self._loop = asyncio.get_running_loop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Pass on, later."""
        self._loop.call_later(self._delay, self._pass_on, data)

    def connection_lost(self, _error: Exception | None) -> None:
        """Pass that on, too."""
        self._loop.call_later(self._delay, self._hang_up)

    def _pass_on(self, data: bytes) -> None:
        if self.other is not None:
            self.other.write(data)

    def _hang_up(self) -> None:
        if self.other is not None:
            self.other.close()


class Entrance(End):
    """The near end: it opens the far one, a round trip after somebody connected."""

    def __init__(self, delay: float, target: int) -> None:
        super().__init__(delay)
        self._target = target

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Connect on the other side."""
        super().connection_made(transport)
        self._opening = self._loop.create_task(self._open())

    async def _open(self) -> None:
        await asyncio.sleep(self._delay)
        _, exit_ = await self._loop.create_connection(lambda: End(self._delay), "127.0.0.1", self._target)
        self.other, exit_.other = exit_.transport, self.transport


async def serve(port: int, target: int, milliseconds: float) -> None:
    """Be the link until ended."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Entrance(milliseconds / 1000, target), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
