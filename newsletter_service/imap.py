"""An IMAP mailbox that is read by one program: unread messages come out, and are flagged once they are dealt with."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

ImapSecurity = Literal["tls", "starttls", "none"]
_TIMEOUT = SocketTimeout(connect=10, read=60)
_SIDE_FOLDER = "unreadable"


@dataclass(frozen=True)
class ImapServer:
    """Where a mailbox is, and who reads it; what `security` asks for is required, and certificates are checked."""

    host: str
    port: int
    security: ImapSecurity
    username: str
    password: str = field(repr=False)
    folder: str = "INBOX"


class ImapError(Exception):
    """The server cannot be reached, refuses, or went away; what was not flagged comes again."""


class ImapLoginFailed(ImapError):
    """The server does not take the user name or the password."""


class ImapMailbox:
    """A folder of a mailbox that is open."""

    def __init__(self, client: IMAPClient, folder: str) -> None:
        self._client, self._folder = client, folder

    def unread(self, most: int) -> list[int]:
        """Returns the UIDs of messages without the flag Seen, oldest first."""
        with _errors():
            return sorted(self._client.search("UNSEEN"))[:most]

    def fetch(self, uids: list[int], most_bytes: int) -> dict[int, bytes]:
        """Returns the beginning of messages by UID, and leaves their flags; some may have gone meanwhile."""
        with _errors():
            found = self._client.fetch(uids, [f"BODY.PEEK[]<0.{most_bytes}>"])
        return {uid: found[uid].get(b"BODY[]<0>") or b"" for uid in uids if uid in found}

    def mark_read(self, uids: list[int]) -> None:
        """Flag messages so that they do not come again."""
        with _errors():
            if uids:
                self._client.add_flags(uids, [rb"\Seen"], silent=True)

    def set_aside(self, uids: list[int]) -> None:
        """Move messages to a folder below this one, which is made if it is not there, for a person to look at."""
        with _errors():
            if not uids:
                return
            ((_, delimiter, _),) = self._client.list_folders("", self._folder)
            folder = f"{self._folder}{(delimiter or b'/').decode()}{_SIDE_FOLDER}"
            if not self._client.folder_exists(folder):
                self._client.create_folder(folder)
            self._client.copy(uids, folder)
            self._client.delete_messages(uids, silent=True)
            self._client.expunge(uids)


@contextmanager
def opened(server: ImapServer) -> Iterator[ImapMailbox]:
    """Keep the mailbox open while the block runs; raises ImapError."""
    with _errors():
        client = IMAPClient(server.host, server.port, ssl=server.security == "tls", timeout=_TIMEOUT)
    try:
        with _errors():
            if server.security == "starttls":
                client.starttls()
            client.login(server.username, server.password)
            client.select_folder(server.folder)
        yield ImapMailbox(client, server.folder)
    finally:
        _close(client)


def _close(client: IMAPClient) -> None:
    try:
        client.logout()
    except (IMAPClientError, OSError):  # it went away, which was said already where it mattered
        with suppress(OSError):
            client.shutdown()


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except (IMAPClientError, OSError) as error:
        kind = ImapLoginFailed if isinstance(error, LoginError) else ImapError
        raise kind(" ".join(str(error).split()) or type(error).__name__) from error
