"""A server that costs next to nothing and offers CHUNKING: `python -m benchmarks.sink PORT`. It keeps no letter."""

import asyncio
import sys
from contextlib import suppress

_GREETING = b"220 sink.nieuwsbrief.example ESMTP\r\n"
_EXTENSIONS = b"250-sink.nieuwsbrief.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 CHUNKING\r\n"
_DONE = b"250 2.0.0 ok\r\n"


class Session(asyncio.Protocol):
    """One client: says yes to everything, and reads past the octets of each BDAT."""

    def __init__(self) -> None:
        self._rest = b""
        self._octets = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(_GREETING)

    def data_received(self, data: bytes) -> None:
        """Answer all commands that are complete, in one go."""
        replies = []
        data = self._rest + data
        place = min(self._octets, len(data))
        self._octets -= place
        if place and not self._octets:
            replies.append(_DONE)
        while (end := data.find(b"\n", place)) >= 0:
            command = data[place:end].split()
            place = end + 1
            if command and command[0].upper() == b"BDAT":
                self._octets = max(0, int(command[1]) - (len(data) - place))
                place = min(len(data), place + int(command[1]))
                if self._octets:
                    break
            replies.append(_reply(command))
        self._rest = data[place:]
        self._transport.write(b"".join(replies))
        if replies and replies[-1].startswith(b"221"):
            self._transport.close()


def _reply(command: list[bytes]) -> bytes:
    match command[0].upper() if command else b"":
        case b"EHLO":
            return _EXTENSIONS
        case b"DATA":
            return b"502 5.5.1 use BDAT\r\n"
        case b"QUIT":
            return b"221 2.0.0 bye\r\n"
    return _DONE


async def serve(port: int) -> None:
    """Take letters until ended."""
    server = await asyncio.get_running_loop().create_server(Session, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(int(sys.argv[1])))
