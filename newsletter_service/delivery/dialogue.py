"""The SMTP dialogue after EHLO, without sockets or clocks: letters and the server's bytes in, bytes and outcomes out.

It keeps as many commands under way as the server allows: none beside the one that awaits its reply; with
PIPELINING (RFC 2920) a whole envelope, the next one along with the final dot; with CHUNKING (RFC 3030) whole
letters, one behind the other.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Self

from newsletter_service.delivery.replies import Answer, ReplyReader, SenselessReply
from newsletter_service.delivery.rules import Phase, Reply

_CLOSING = 421
_GO_AHEAD = 354


@dataclass(frozen=True)
class Extensions:
    """What the server announced; `size` in bytes and `mail_max` in letters a connection (RFC 9422), 0 = no limit."""

    pipelining: bool = False
    chunking: bool = False
    smtputf8: bool = False
    size: int = 0
    mail_max: int = 0

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
        )


def _number(digits: str) -> int:
    """A limit as announced; what is no number limits nothing."""
    return int(digits) if digits.isascii() and digits.isdigit() else 0


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A letter for one recipient; `message` has CRLF line ends only and no line that begins with a dot."""

    key: object
    sender: str
    recipient: str
    message: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a letter: the server's first refusal or its last word; code None if it never answered."""

    letter: Outgoing
    reply: Reply


class _Transaction:
    """A letter on its way; `phase` is what it waits for, DOT once any of its content may have gone out."""

    __slots__ = ("letter", "phase")

    def __init__(self, letter: Outgoing) -> None:
        self.letter = letter
        self.phase = Phase.MAIL


class _Command(NamedTuple):
    """Something to say, and the phase that its reply belongs to; without a transaction it is about no letter."""

    parts: tuple[bytes, ...]
    phase: Phase
    transaction: _Transaction | None = None


_RESET = _Command((b"RSET\r\n",), Phase.MAIL)
_EMPTY_MESSAGE = _Command((b".\r\n",), Phase.DOT)
_GOODBYE = _Command((b"QUIT\r\n",), Phase.MAIL)


class Dialogue:
    """One connection's dialogue: each letter that is started gets exactly one outcome.

    `depth` is how many letters may be under way at once where the server offers CHUNKING.
    """

    def __init__(self, extensions: Extensions, depth: int = 1) -> None:
        self.depth = depth
        self.started = 0
        self.replies = 0
        self.finished = False
        self._extensions = extensions
        self._reader = ReplyReader()
        self._waiting: deque[_Command] = deque()
        self._asked: deque[_Command] = deque()
        self._out: list[bytes] = []
        self._letters: dict[_Transaction, None] = {}
        self._clean = True
        self._leaving = False
        self._mute = False
        self._end = "the connection was lost"

    @property
    def wants(self) -> bool:
        """Whether another letter can be started now."""
        if self._leaving or self.finished or self._waiting:
            return False
        return len(self._letters) < self._most

    @property
    def _most(self) -> int:
        if self._extensions.chunking:
            return self.depth
        return 2 if self._extensions.pipelining else 1

    @property
    def under_way(self) -> int:
        """How many letters were started and have no outcome yet."""
        return len(self._letters)

    @property
    def waiting_for(self) -> Phase | None:
        """The phase of the oldest reply that the server owes us."""
        return self._asked[0].phase if self._asked else None

    def start(self, letter: Outgoing) -> Outcome | None:
        """Begin to hand in a letter; its outcome at once if this server can never take it."""
        refusal = self._refusal(letter)
        if refusal is not None:
            return Outcome(letter, refusal)
        transaction = _Transaction(letter)
        self.started += 1
        self._letters[transaction] = None
        self._waiting.extend(self._script(transaction))
        self._speak()
        return None

    def receive(self, data: bytes) -> list[Outcome]:
        """Take in bytes from the server; the outcomes that they bring."""
        outcomes: list[Outcome] = []
        try:
            for answer in self._reader.feed(data):
                if self.finished:
                    break
                outcome = self._hear(answer)
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
            self._leaving = True
            self._waiting.append(_GOODBYE)
            self._speak()

    def hang_up(self, reason: str) -> None:
        """Nothing can be written any more; replies that are still coming in count."""
        self._leaving = self._mute = True
        self._waiting.clear()
        self._out.clear()
        if not self.finished:
            self._end = reason

    def lost(self) -> list[Outcome]:
        """The connection has ended: the outcomes of all letters that were under way."""
        self.finished = True
        letters, self._letters = self._letters, {}
        return [Outcome(one.letter, Reply(one.phase, None, self._end)) for one in letters]

    # --- what we say ---

    def _refusal(self, letter: Outgoing) -> Reply | None:
        if not letter.recipient.isprintable():
            return Reply(Phase.RCPT, 553, "5.1.3 the address has characters that no address has")
        if not letter.recipient.isascii() and not self._extensions.smtputf8:
            return Reply(Phase.RCPT, 553, "5.6.7 the server takes no address beyond ASCII")
        if 0 < self._extensions.size < len(letter.message):
            return Reply(Phase.MAIL, 552, "5.3.4 the letter is larger than the server takes")
        return None

    def _script(self, transaction: _Transaction) -> tuple[_Command, _Command, _Command]:
        letter, announced = transaction.letter, self._extensions
        size = b" SIZE=%d" % len(letter.message) if announced.size else b""
        utf8 = b"" if letter.recipient.isascii() else b" SMTPUTF8"
        mail = b"MAIL FROM:<%b>%b%b\r\n" % (letter.sender.encode(), size, utf8)
        rcpt = b"RCPT TO:<%b>\r\n" % letter.recipient.encode()
        if announced.chunking:
            bdat = b"BDAT %d LAST\r\n" % len(letter.message)
            content = _Command((bdat, letter.message), Phase.DOT, transaction)
        else:
            content = _Command((b"DATA\r\n",), Phase.DATA, transaction)
        return (
            _Command((mail,), Phase.MAIL, transaction),
            _Command((rcpt,), Phase.RCPT, transaction),
            content,
        )

    def _speak(self) -> None:
        """Say what may be said now, RSET first where a transaction may still be open."""
        while self._waiting and self._may_speak():
            following = self._waiting[0]
            if following.phase is Phase.MAIL and following.transaction and not self._clean:
                self._say(_RESET)
                self._clean = True
            else:
                self._say(self._waiting.popleft())

    def _may_speak(self) -> bool:
        if self.finished:
            return False
        return not self._asked or (self._extensions.pipelining and self._asked[-1].phase is not Phase.DATA)

    def _say(self, command: _Command) -> None:
        if self._mute:
            return
        self._out += command.parts
        self._asked.append(command)
        if command.transaction is None:
            return
        if command.phase is Phase.DOT:
            command.transaction.phase = Phase.DOT
        elif command.phase is Phase.MAIL:
            self._clean = False

    # --- what we hear ---

    def _hear(self, answer: Answer) -> Outcome | None:
        self.replies += 1
        if not self._asked:
            self._finish(f"the server said unasked: {answer.code} {answer.text}")
            return None
        command, outcome = self._asked.popleft(), None
        if answer.code == _CLOSING:
            self._finish(f"the server closed: {answer.text}")
            outcome = self._settle(command, answer)
        elif command.transaction is None:
            self._about_no_letter(command, answer)
        elif answer.code >= 400:
            outcome = self._refused(command, answer)
        else:
            outcome = self._accepted(command, command.transaction, answer)
        self._speak()
        return outcome

    def _about_no_letter(self, command: _Command, answer: Answer) -> None:
        """Whatever becomes of an empty message, nobody gets it."""
        if command is _GOODBYE:
            self._finish("the connection was closed")
        elif command is _RESET and answer.code >= 300:
            raise SenselessReply(f"the server does not reset: {answer.code} {answer.text}")

    def _refused(self, command: _Command, answer: Answer) -> Outcome | None:
        while self._waiting and self._waiting[0].transaction is command.transaction:
            self._waiting.popleft()
        return self._settle(command, answer)

    def _accepted(self, command: _Command, transaction: _Transaction, answer: Answer) -> Outcome | None:
        wanted = answer.code == _GO_AHEAD if command.phase is Phase.DATA else answer.code < 300
        if not wanted:
            raise SenselessReply(f"no reply to {command.phase}: {answer.code} {answer.text}")
        if command.phase is Phase.DOT:
            self._clean = self._clean or not self._asked
            return self._settle(command, answer)
        if command.phase is Phase.DATA:
            self._go_ahead(transaction)
        elif transaction.phase is not Phase.DOT:
            transaction.phase = Phase.RCPT if command.phase is Phase.MAIL else Phase.DATA
        return None

    def _go_ahead(self, transaction: _Transaction) -> None:
        """Say the content; nothing in place of one that was refused, which the server ought to discard."""
        if transaction in self._letters:
            self._say(_Command((transaction.letter.message, b".\r\n"), Phase.DOT, transaction))
        elif transaction.phase is not Phase.DATA:
            self._say(_EMPTY_MESSAGE)
        else:  # its recipient was accepted, so somebody would get an empty message
            raise SenselessReply("the server goes ahead with a letter whose sender it refused")
        self._clean = True

    def _settle(self, command: _Command, answer: Answer) -> Outcome | None:
        transaction = command.transaction
        if transaction is None or transaction not in self._letters:
            return None
        del self._letters[transaction]
        return Outcome(transaction.letter, Reply(command.phase, answer.code, answer.text))

    def _finish(self, reason: str) -> None:
        self.finished = True
        self._end = reason
        self._out.clear()
