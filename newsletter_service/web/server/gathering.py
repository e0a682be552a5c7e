"""A request on its way in: whether all of it is here, until when the rest may take, and what is refused immediately."""

import re
import socket
from errno import EPIPE
from http import HTTPStatus
from io import BytesIO
from typing import Any

LARGEST_HEAD = 32 * 1024
LARGEST_BODY = 12 * 1024 * 1024
SMALL = 64 * 1024
HEAD_SECONDS = 10.0
BODY_SECONDS = 10.0
SLOWEST_BYTES_A_SECOND = 50_000
SEND_SECONDS = 10.0
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

_END_OF_HEAD = b"\r\n\r\n"
_LENGTHS = re.compile(rb"\r\ncontent-length:[ \t]*([^\r]*)", re.IGNORECASE)
_LENGTH = re.compile(rb"\d{1,18}")
_IN_CHUNKS = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
_WAITS_FOR_LEAVE = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)


class Refused(Exception):
    """No more is wanted of this request; `status` is what its client is told."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class Gathering:
    """What came of one request so far; `until` is when its time is up, in steady seconds from `now`."""

    def __init__(self, now: float) -> None:
        self.until = now + HEAD_SECONDS
        self.asks_to_go_on = False
        self._data = bytearray()
        self._size: int | None = None

    @property
    def silent(self) -> bool:
        """Whether nothing was said yet."""
        return not self._data

    @property
    def complete(self) -> bool:
        """Whether the whole request is here."""
        return self._size is not None and len(self._data) >= self._size

    @property
    def request(self) -> bytes:
        """The bytes of a complete request."""
        return bytes(self._data[: self._size])

    @property
    def surplus(self) -> bool:
        """Whether more came than the one request."""
        return self._size is not None and len(self._data) > self._size

    @property
    def beyond_small(self) -> int:
        """How many bytes there are beyond what any request may have."""
        return max(0, len(self._data) - SMALL)

    def take(self, said: bytes) -> None:
        """Take in what the client said; Refused if no more of it is wanted."""
        if not said:
            raise ConnectionResetError
        searched = max(0, len(self._data) - len(_END_OF_HEAD))
        self._data += said
        self.asks_to_go_on = False
        if self._size is None:
            end = self._data.find(_END_OF_HEAD, searched)
            self._read_head(end)

    def _read_head(self, end: int) -> None:
        if max(end, len(self._data) if end < 0 else 0) > LARGEST_HEAD:
            raise Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if end < 0:
            return
        head = bytes(self._data[: end + len(_END_OF_HEAD)])
        if _IN_CHUNKS.search(head):
            raise Refused(HTTPStatus.LENGTH_REQUIRED)
        body = _announced(head)
        self._size = len(head) + body
        self.until += BODY_SECONDS * bool(body) + body / SLOWEST_BYTES_A_SECOND
        self.asks_to_go_on = bool(_WAITS_FOR_LEAVE.search(head)) and not self.complete


def _announced(head: bytes) -> int:
    """How long the body will be. What is not certain is refused: another's guess would be another request."""
    lengths = [length.rstrip(b" \t") for length in _LENGTHS.findall(head)] or [b"0"]
    if len(lengths) > 1 or not _LENGTH.fullmatch(lengths[0]):
        raise Refused(HTTPStatus.BAD_REQUEST)
    if int(lengths[0]) > LARGEST_BODY:
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return int(lengths[0])


def refusal(status: HTTPStatus) -> bytes:
    """The whole answer to a request that was not even read."""
    return (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\nContent-Length: 0\r\n"
        f"{'Retry-After: 5' if status is HTTPStatus.SERVICE_UNAVAILABLE else 'Cache-Control: no-store'}\r\n\r\n"
    ).encode()


class Gathered:
    """A socket of which the request was read already: `recv` gives that, and then its end.

    `more` says whether the client had gone on to a next request.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._request = BytesIO()
        self.more = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def feed(self, request: bytes, *, more: bool) -> None:
        """Have `recv` give `request`."""
        self._request, self.more = BytesIO(request), more

    def receive(self, size: int) -> bytes:
        """What the client says now; BlockingIOError if nothing."""
        return self._sock.recv(size)

    def recv(self, size: int, _flags: int = 0) -> bytes:
        """The next bytes of the request, b"" after its last."""
        return self._request.read(size)

    def setblocking(self, blocking: bool) -> None:
        """Wait for a client that does not read, but not without end."""
        self._sock.settimeout(SEND_SECONDS if blocking else 0.0)

    def sendall(self, data: bytes) -> None:
        """Send all of it; BrokenPipeError if that takes the client too long."""
        try:
            self._sock.sendall(data)
        except TimeoutError as error:
            raise _gone() from error

    def sendfile(self, *args: Any, **options: Any) -> int:
        """As socket.sendfile; BrokenPipeError if that takes the client too long."""
        try:
            return self._sock.sendfile(*args, **options)
        except TimeoutError as error:
            raise _gone() from error


def _gone() -> BrokenPipeError:
    return BrokenPipeError(EPIPE, "the client does not read")
