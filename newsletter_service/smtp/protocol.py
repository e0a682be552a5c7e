"""The SMTP dialogue after EHLO, without sockets or clocks: letters and the server's bytes in, bytes and outcomes out.

It keeps as many commands under way as the server allows: none beside the one that awaits its reply; with
PIPELINING (RFC 2920) a whole envelope, the next one along with the final dot; with CHUNKING (RFC 3030) whole
letters, one behind the other.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from newsletter_service.smtp.replies import ReplyReader, SenselessReply, text_of
from newsletter_service.smtp.reply import Phase, Reply

# Looked up once: in Python 3.11 `Phase.MAIL` costs as much as a call, and each letter meets dozens of them.
_MAIL, _RCPT, _DATA, _DOT = Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.DOT
_CLOSING = 421
_GO_AHEAD = 354
_END = b".\r\n"
_MANY_DIGITS = 20


@dataclass(frozen=True)
class Extensions:
    """What the server announced; 0 is no limit.

    `size` is in bytes; over one connection it takes `mail_max` letters, to `domain_max` domains (RFC 9422).
    """

    pipelining: bool = False
    chunking: bool = False
    smtputf8: bool = False
    size: int = 0
    mail_max: int = 0
    domain_max: int = 0

    @classmethod
    def announced(cls, features: Mapping[str, str]) -> Self:
        """Read the answer to EHLO as smtplib keeps it: by lower-case keyword."""
        limits = dict(limit.upper().partition("=")[::2] for limit in features.get("limits", "").split())
        return cls(
            pipelining="pipelining" in features,
            chunking="chunking" in features and "pipelining" in features,
            smtputf8="smtputf8" in features,
            size=_number(features.get("size", "")),
            mail_max=_number(limits.get("MAILMAX", "")),
            domain_max=_number(limits.get("RCPTDOMAINMAX", "")),
        )


def _number(digits: str) -> int:
    """A limit as announced; what is no number, or none that matters, limits nothing."""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < _MANY_DIGITS else 0


class Outgoing(NamedTuple):
    """A letter for one recipient; the pieces of `message` make one with CRLF line ends only, of which none begins
    with a dot.
    """

    key: object
    sender: str
    recipient: str
    message: Sequence[bytes]


class Outcome(NamedTuple):
    """What became of a letter: the server's first refusal or its last word; code None if it never answered."""

    letter: Outgoing
    reply: Reply


class _Transaction:
    """A letter on its way; `awaits` is what the server's next reply about it answers.

    `ends_at` is after how many bytes of the dialogue the server may have had all of it; infinite until it is said.
    """

    __slots__ = ("awaits", "ends_at", "letter", "recipient_accepted", "size")

    def __init__(self, letter: Outgoing) -> None:
        self.letter = letter
        self.size = sum(map(len, letter.message))
        self.awaits = _MAIL
        self.recipient_accepted = False
        self.ends_at: float = _NEVER


_NEVER = float("inf")


class _Aside:
    """A command that is about no letter; `awaits` is the phase whose time limit holds for its reply."""

    __slots__ = ("awaits", "command")

    def __init__(self, command: bytes, awaits: Phase) -> None:
        self.command = command
        self.awaits = awaits


_RESET = _Aside(b"RSET\r\n", _MAIL)
_NO_MESSAGE = _Aside(b".\r\n", _DOT)
_GOODBYE = _Aside(b"QUIT\r\n", _MAIL)


class Dialogue:
    """One connection's dialogue: each letter that is started gets exactly one outcome.

    `depth` is how many letters may be under way at once where the server offers CHUNKING, once it has accepted one: of
    a server that hangs up at each, one reader a connection is left in doubt. `said` counts the bytes that there were to
    send, `started` and `accepted` letters.
    """

    def __init__(self, extensions: Extensions, depth: int = 1) -> None:
        self.depth = depth
        self.started = 0
        self.accepted = 0
        self.replies = 0
        self.said = 0
        self.finished = False
        self._extensions = extensions
        self._after_recipient = _DOT if extensions.chunking else _DATA
        self._reader = ReplyReader()
        self._letters: dict[_Transaction, None] = {}
        self._waiting: deque[tuple[_Transaction, bytes, int]] = deque()
        self._asked: deque[_Transaction | _Aside] = deque()
        self._out: list[bytes] = []
        self._go_ahead_due = False
        self._reset_due = False
        self._goodbye_due = False
        self._leaving = False
        self._mute = False
        self._closed_on_us = False
        self._domains: set[str] = set()
        self._end = "the connection was lost"

    @property
    def wants(self) -> bool:
        """Whether another letter can be started now."""
        if self._leaving or self.finished or self._waiting:
            return False
        if self._extensions.chunking:
            return len(self._letters) < (self.depth if self.accepted else 1)
        return len(self._letters) < (2 if self._extensions.pipelining else 1)

    def takes(self, domain: str) -> bool:
        """Whether the server takes a letter to that domain over this connection."""
        most = self._extensions.domain_max
        return not most or len(self._domains) < most or domain in self._domains

    @property
    def under_way(self) -> int:
        """How many letters were started and have no outcome yet."""
        return len(self._letters)

    @property
    def waiting_for(self) -> Phase | None:
        """The phase of the oldest reply that the server owes us."""
        return self._asked[0].awaits if self._asked else None

    def start(self, letter: Outgoing) -> Outcome | None:
        """Begin to hand in a letter; its outcome at once if this server can never take it."""
        transaction = _Transaction(letter)
        refusal = self._refusal(transaction)
        if refusal is not None:
            return Outcome(letter, refusal)
        self.started += 1
        if self._extensions.domain_max:
            self._domains.add(letter.recipient.rpartition("@")[2])
        self._letters[transaction] = None
        self._plan(transaction)
        self._speak()
        return None

    def receive(self, data: bytes) -> list[Outcome]:
        """Take in bytes from the server; the outcomes that they bring."""
        outcomes: list[Outcome] = []
        try:
            for code, lines in self._reader.feed(data):
                if self.finished:
                    break
                outcome = self._hear(code, lines)
                if outcome is not None:
                    outcomes.append(outcome)
        except SenselessReply as error:
            self._finish(str(error))
        return outcomes

    def to_send(self) -> list[bytes]:
        """What is to be written now, in order; each byte is given once."""
        out, self._out = self._out, []
        return out

    def quit(self) -> None:
        """Say goodbye after what is under way; no letter is started any more."""
        if not self._leaving:
            self._leaving = self._goodbye_due = True
            self._speak()

    def hang_up(self, reason: str) -> None:
        """Nothing can be written any more; replies that are still coming in count."""
        self._leaving = self._mute = True
        self._goodbye_due = False
        self._waiting.clear()
        self._out.clear()
        if not self.finished:
            self._end = reason

    def lost(self, written: int | None = None) -> list[Outcome]:
        """The connection has ended: the outcomes of all letters that were under way, after so many bytes (or all)
        went out.

        The server may have a letter whose last byte went out, unless it said before that it takes no more.
        """
        self.finished = True
        went_out = self.said if written is None else written
        letters, self._letters = self._letters, {}
        return [Outcome(one.letter, Reply(self._lost_at(one, went_out), None, self._end)) for one in letters]

    def _lost_at(self, transaction: _Transaction, written: int) -> Phase:
        if transaction.ends_at <= written and not self._closed_on_us:
            return _DOT
        return _DATA if transaction.awaits is _DOT else transaction.awaits

    # --- what we say ---

    def _refusal(self, transaction: _Transaction) -> Reply | None:
        letter = transaction.letter
        if not letter.recipient.isprintable():
            return Reply(Phase.RCPT, 553, "5.1.3 the address has characters that no address has")
        if not letter.recipient.isascii() and not self._extensions.smtputf8:
            return Reply(Phase.RCPT, 553, "5.6.7 the server takes no address beyond ASCII")
        if 0 < self._extensions.size < transaction.size:
            return Reply(Phase.MAIL, 552, "5.3.4 the letter is larger than the server takes")
        return None

    def _plan(self, transaction: _Transaction) -> None:
        """Put down what is to be said about a letter: in one go, or command by command."""
        letter, announced = transaction.letter, self._extensions
        size = b" SIZE=%d" % transaction.size if announced.size else b""
        utf8 = b"" if letter.recipient.isascii() else b" SMTPUTF8"
        mail = b"MAIL FROM:<%b>%b%b\r\n" % (letter.sender.encode(), size, utf8)
        rcpt = b"RCPT TO:<%b>\r\n" % letter.recipient.encode()
        if announced.chunking:
            bdat = b"BDAT %d LAST\r\n" % transaction.size
            self._waiting.append((transaction, mail + rcpt + bdat, 3))
        elif announced.pipelining:
            self._waiting.append((transaction, mail + rcpt + b"DATA\r\n", 3))
        else:
            self._waiting.extend((transaction, command, 1) for command in (mail, rcpt, b"DATA\r\n"))

    def _speak(self) -> None:
        """Say what may be said now, RSET first where the server may still hold a transaction open."""
        while self._waiting and self._may_speak():
            if self._reset_due and self._waiting[0][0].awaits is _MAIL:
                self._reset_due = False
                self._say_aside(_RESET)
            else:
                self._say(*self._waiting.popleft())
        if self._goodbye_due and self._may_speak():
            self._goodbye_due = False
            self._say_aside(_GOODBYE)

    def _may_speak(self) -> bool:
        if self.finished:
            return False
        return not self._asked or (self._extensions.pipelining and not self._go_ahead_due)

    def _say(self, transaction: _Transaction, command: bytes, replies: int) -> None:
        self._out.append(command)
        self.said += len(command)
        self._asked += (transaction,) * replies
        self._reset_due = True
        if self._extensions.chunking:
            self._say_content(transaction, b"")
        else:
            self._go_ahead_due = True

    def _say_content(self, transaction: _Transaction, end: bytes) -> None:
        self._out += transaction.letter.message
        self._out.append(end)
        self.said += transaction.size + len(end)
        transaction.ends_at = self.said

    def _say_aside(self, aside: _Aside) -> None:
        self._out.append(aside.command)
        self.said += len(aside.command)
        self._asked.append(aside)

    # --- what we hear ---

    def _hear(self, code: int, lines: list[bytes]) -> Outcome | None:
        self.replies += 1
        if not self._asked:
            self._finish(f"the server said unasked: {code} {text_of(lines)}")
            return None
        about = self._asked.popleft()
        if code == _CLOSING:
            self._closed_on_us = True
            self._finish(f"the server closed: {text_of(lines)}")
        outcome = None
        if isinstance(about, _Aside):
            self._hear_about_aside(about, code, lines)
        elif code < 400:
            outcome = self._accepted(about, code, lines)
        else:
            outcome = self._refused(about, code, lines)
        if self._waiting or self._goodbye_due:
            self._speak()
        return outcome

    def _hear_about_aside(self, aside: _Aside, code: int, lines: list[bytes]) -> None:
        if aside is _GOODBYE:
            self._finish("the connection was closed")
        elif aside is _RESET and code >= 300:
            raise SenselessReply(f"the server does not reset: {code} {text_of(lines)}")

    def _accepted(self, transaction: _Transaction, code: int, lines: list[bytes]) -> Outcome | None:
        phase = transaction.awaits
        if code >= 300 if phase is not _DATA else code != _GO_AHEAD:
            raise SenselessReply(f"no reply to {phase}: {code} {text_of(lines)}")
        if phase is _DOT:
            self.accepted += 1
            self._reset_due = self._reset_due and bool(self._asked)
            return self._settle(transaction, code, lines)
        if phase is _DATA:
            self._go_ahead(transaction)
        elif phase is _MAIL:
            transaction.awaits = _RCPT
        else:
            transaction.recipient_accepted = True
            transaction.awaits = self._after_recipient
        return None

    def _refused(self, transaction: _Transaction, code: int, lines: list[bytes]) -> Outcome | None:
        outcome = self._settle(transaction, code, lines)
        while self._waiting and self._waiting[0][0] is transaction:
            self._waiting.popleft()
        if transaction.awaits is _MAIL:
            transaction.awaits = _RCPT
        elif transaction.awaits is _RCPT:
            transaction.awaits = self._after_recipient
        elif transaction.awaits is _DATA:
            self._go_ahead_due = False
        return outcome

    def _go_ahead(self, transaction: _Transaction) -> None:
        """Say the content; in place of one that was refused nothing, which nobody gets."""
        if self._mute:
            return
        self._go_ahead_due = self._reset_due = False
        if transaction in self._letters:
            transaction.awaits = _DOT
            self._say_content(transaction, _END)
            self._asked.append(transaction)
        elif not transaction.recipient_accepted:
            self._say_aside(_NO_MESSAGE)
        else:
            raise SenselessReply("the server goes ahead with a letter whose sender it refused")

    def _settle(self, transaction: _Transaction, code: int, lines: list[bytes]) -> Outcome | None:
        if transaction not in self._letters:
            return None
        del self._letters[transaction]
        return Outcome(transaction.letter, Reply(transaction.awaits, code, text_of(lines)))

    def _finish(self, reason: str) -> None:
        self.finished = True
        self._end = reason
        self._out.clear()
