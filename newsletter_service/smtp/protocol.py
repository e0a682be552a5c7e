"""The SMTP client protocol after EHLO, without sockets or clocks: messages and bytes in, bytes and outcomes out.

It keeps as many commands in flight as the server allows: without extensions one; with PIPELINING (RFC 2920) a whole
envelope, the next one along with the final dot; with CHUNKING (RFC 3030) whole messages, one behind the other.
"""

from collections import deque

from newsletter_service.smtp.extensions import Extensions
from newsletter_service.smtp.messages import Outcome, OutgoingMessage
from newsletter_service.smtp.replies import Phase, Reply, ReplyReader, SenselessReply, text_of

# Looked up once: in Python 3.11 `Phase.MAIL` costs as much as a call, and each message meets dozens of them.
_MAIL, _RCPT, _DATA, _DOT = Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.DOT
_CLOSING = 421
_GO_AHEAD = 354
_END = b".\r\n"


class _Transaction:
    """A message on its way; `awaits` is the phase of the server's next reply about it.

    `ends_at` is the number of bytes after which the server may have all of it; infinite until its content is queued.
    """

    __slots__ = ("awaits", "ends_at", "message", "recipient_accepted", "size")

    def __init__(self, message: OutgoingMessage) -> None:
        self.message = message
        self.size = sum(map(len, message.content))
        self.awaits = _MAIL
        self.recipient_accepted = False
        self.ends_at: float = _NEVER


_NEVER = float("inf")


class _Command:
    """A command outside any transaction; `awaits` is the phase whose time limit holds for its reply."""

    __slots__ = ("awaits", "line")

    def __init__(self, line: bytes, awaits: Phase) -> None:
        self.line = line
        self.awaits = awaits


_RESET = _Command(b"RSET\r\n", _MAIL)
_EMPTY = _Command(b".\r\n", _DOT)
_QUIT = _Command(b"QUIT\r\n", _MAIL)


class SmtpProtocol:
    """One connection's side of the protocol: each message that is started gets exactly one outcome.

    `depth` is how many messages may be in flight where the server offers CHUNKING, once it has accepted one: a server
    that hangs up at each then leaves the outcome of one message unknown, not of `depth`. `queued_bytes` counts all
    bytes given out to be sent, `started` and `accepted` count messages.
    """

    def __init__(self, extensions: Extensions, depth: int = 1) -> None:
        self.depth = depth
        self.started = 0
        self.accepted = 0
        self.replies = 0
        self.queued_bytes = 0
        self.finished = False
        self._extensions = extensions
        self._after_recipient = _DOT if extensions.chunking else _DATA
        self._reader = ReplyReader()
        self._unanswered: dict[_Transaction, None] = {}
        self._queue: deque[tuple[_Transaction, bytes, int]] = deque()
        self._expected: deque[_Transaction | _Command] = deque()
        self._outbox: list[bytes] = []
        self._go_ahead_due = False
        self._reset_due = False
        self._quit_due = False
        self._closing = False
        self._write_failed = False
        self._server_closed = False
        self._domains: set[str] = set()
        self._end = "the connection was lost"

    @property
    def can_start(self) -> bool:
        """Whether another message can be started now."""
        if self._closing or self.finished or self._queue:
            return False
        if self._extensions.chunking:
            return len(self._unanswered) < (self.depth if self.accepted else 1)
        return len(self._unanswered) < (2 if self._extensions.pipelining else 1)

    def accepts_domain(self, domain: str) -> bool:
        """Whether the server takes a message to `domain` over this connection."""
        most = self._extensions.domain_max
        return not most or len(self._domains) < most or domain in self._domains

    @property
    def in_flight(self) -> int:
        """The number of messages that were started and have no outcome yet."""
        return len(self._unanswered)

    @property
    def awaited_phase(self) -> Phase | None:
        """The phase of the next reply that the server owes us; None while it owes none."""
        return self._expected[0].awaits if self._expected else None

    def start(self, message: OutgoingMessage) -> Outcome | None:
        """Begins to send a message; returns its outcome right away if this server can never take it."""
        transaction = _Transaction(message)
        refusal = self._refusal(transaction)
        if refusal is not None:
            return Outcome(message, refusal)
        self.started += 1
        if self._extensions.domain_max:
            self._domains.add(message.recipient.rpartition("@")[2])
        self._unanswered[transaction] = None
        self._enqueue(transaction)
        self._advance()
        return None

    def receive(self, data: bytes) -> list[Outcome]:
        """Takes in bytes from the server and returns the outcomes that they complete."""
        outcomes: list[Outcome] = []
        try:
            for code, lines in self._reader.feed(data):
                if self.finished:
                    break
                outcome = self._handle(code, lines)
                if outcome is not None:
                    outcomes.append(outcome)
        except SenselessReply as error:
            self._finish(str(error))
        return outcomes

    def data_to_send(self) -> list[bytes]:
        """Returns what is to be written now, in order; each byte is given out once."""
        out, self._outbox = self._outbox, []
        return out

    def quit(self) -> None:
        """Sends QUIT after what is in flight; no other message can be started."""
        if not self._closing:
            self._closing = self._quit_due = True
            self._advance()

    def stop_sending(self, reason: str) -> None:
        """Notes that nothing can be written any more; replies that still come in count."""
        self._closing = self._write_failed = True
        self._quit_due = False
        self._queue.clear()
        self._outbox.clear()
        if not self.finished:
            self._end = reason

    def lost(self, written: int | None = None) -> list[Outcome]:
        """Ends the connection and returns the outcomes of all messages in flight, of which `written` bytes went out.

        The server may have a message whose last byte went out, unless it said before that it was closing.
        """
        self.finished = True
        sent = self.queued_bytes if written is None else written
        lost, self._unanswered = self._unanswered, {}
        return [
            Outcome(one.message, Reply(self._phase_when_lost(one, sent), None, self._end)) for one in lost
        ]

    def _phase_when_lost(self, transaction: _Transaction, written: int) -> Phase:
        if transaction.ends_at <= written and not self._server_closed:
            return _DOT
        return _DATA if transaction.awaits is _DOT else transaction.awaits

    # --- what is sent ---

    def _refusal(self, transaction: _Transaction) -> Reply | None:
        recipient = transaction.message.recipient
        if not recipient.isprintable():
            return Reply(Phase.RCPT, 553, "5.1.3 the address has characters that no address has")
        if not recipient.isascii() and not self._extensions.smtputf8:
            return Reply(Phase.RCPT, 553, "5.6.7 the server takes no address beyond ASCII")
        if 0 < self._extensions.size < transaction.size:
            return Reply(Phase.MAIL, 552, "5.3.4 the message is larger than the server takes")
        return None

    def _enqueue(self, transaction: _Transaction) -> None:
        """Queues the commands of a message: in one go, or one by one."""
        message, announced = transaction.message, self._extensions
        size = b" SIZE=%d" % transaction.size if announced.size else b""
        utf8 = b"" if message.recipient.isascii() else b" SMTPUTF8"
        mail = b"MAIL FROM:<%b>%b%b\r\n" % (message.sender.encode(), size, utf8)
        rcpt = b"RCPT TO:<%b>\r\n" % message.recipient.encode()
        if announced.chunking:
            bdat = b"BDAT %d LAST\r\n" % transaction.size
            self._queue.append((transaction, mail + rcpt + bdat, 3))
        elif announced.pipelining:
            self._queue.append((transaction, mail + rcpt + b"DATA\r\n", 3))
        else:
            self._queue.extend((transaction, command, 1) for command in (mail, rcpt, b"DATA\r\n"))

    def _advance(self) -> None:
        """Gives out what may be sent now, RSET first where the server may still hold a transaction open."""
        while self._queue and self._may_send():
            if self._reset_due and self._queue[0][0].awaits is _MAIL:
                self._reset_due = False
                self._queue_command(_RESET)
            else:
                self._queue_part(*self._queue.popleft())
        if self._quit_due and self._may_send():
            self._quit_due = False
            self._queue_command(_QUIT)

    def _may_send(self) -> bool:
        if self.finished:
            return False
        return not self._expected or (self._extensions.pipelining and not self._go_ahead_due)

    def _queue_part(self, transaction: _Transaction, command: bytes, replies: int) -> None:
        self._outbox.append(command)
        self.queued_bytes += len(command)
        self._expected += (transaction,) * replies
        self._reset_due = True
        if self._extensions.chunking:
            self._queue_content(transaction, b"")
        else:
            self._go_ahead_due = True

    def _queue_content(self, transaction: _Transaction, end: bytes) -> None:
        self._outbox += transaction.message.content
        self._outbox.append(end)
        self.queued_bytes += transaction.size + len(end)
        transaction.ends_at = self.queued_bytes

    def _queue_command(self, command: _Command) -> None:
        self._outbox.append(command.line)
        self.queued_bytes += len(command.line)
        self._expected.append(command)

    # --- what is received ---

    def _handle(self, code: int, lines: list[bytes]) -> Outcome | None:
        self.replies += 1
        if not self._expected:
            self._finish(f"an unexpected reply: {code} {text_of(lines)}")
            return None
        about = self._expected.popleft()
        if code == _CLOSING:
            self._server_closed = True
            self._finish(f"the server closed: {text_of(lines)}")
        outcome = None
        if isinstance(about, _Command):
            self._command_answered(about, code, lines)
        elif code < 400:
            outcome = self._accepted(about, code, lines)
        else:
            outcome = self._refused(about, code, lines)
        if self._queue or self._quit_due:
            self._advance()
        return outcome

    def _command_answered(self, command: _Command, code: int, lines: list[bytes]) -> None:
        if command is _QUIT:
            self._finish("the connection was closed")
        elif command is _RESET and code >= 300:
            raise SenselessReply(f"the server does not reset: {code} {text_of(lines)}")

    def _accepted(self, transaction: _Transaction, code: int, lines: list[bytes]) -> Outcome | None:
        phase = transaction.awaits
        if code >= 300 if phase is not _DATA else code != _GO_AHEAD:
            raise SenselessReply(f"no reply to {phase}: {code} {text_of(lines)}")
        if phase is _DOT:
            self.accepted += 1
            self._reset_due = self._reset_due and bool(self._expected)
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
        while self._queue and self._queue[0][0] is transaction:
            self._queue.popleft()
        if transaction.awaits is _MAIL:
            transaction.awaits = _RCPT
        elif transaction.awaits is _RCPT:
            transaction.awaits = self._after_recipient
        elif transaction.awaits is _DATA:
            self._go_ahead_due = False
        return outcome

    def _go_ahead(self, transaction: _Transaction) -> None:
        """Sends the content; for a message that was refused an empty one, which nobody gets."""
        if self._write_failed:
            return
        self._go_ahead_due = self._reset_due = False
        if transaction in self._unanswered:
            transaction.awaits = _DOT
            self._queue_content(transaction, _END)
            self._expected.append(transaction)
        elif not transaction.recipient_accepted:
            self._queue_command(_EMPTY)
        else:
            raise SenselessReply("the server goes ahead with a message whose sender it refused")

    def _settle(self, transaction: _Transaction, code: int, lines: list[bytes]) -> Outcome | None:
        if transaction not in self._unanswered:
            return None
        del self._unanswered[transaction]
        return Outcome(transaction.message, Reply(transaction.awaits, code, text_of(lines)))

    def _finish(self, reason: str) -> None:
        self.finished = True
        self._end = reason
        self._outbox.clear()
