"""Whatever the server does and however its bytes arrive: one outcome a letter, and no word against the rules."""

from collections import Counter
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter_service.delivery.rules import Verdict, classify
from newsletter_service.smtp.extensions import Extensions
from newsletter_service.smtp.messages import Outcome, OutgoingMessage
from newsletter_service.smtp.protocol import SmtpProtocol
from newsletter_service.smtp.replies import Phase
from tests.handing_in import content_of
from tests.pipelining_server import DROP, USUAL, StrictSession

ANNOUNCED = st.sampled_from(
    [
        Extensions(),
        Extensions(pipelining=True),
        Extensions(pipelining=True, size=1000),
        Extensions(pipelining=True, chunking=True),
        Extensions(pipelining=True, chunking=True, smtputf8=True, size=1000),
    ]
)
REFUSALS = [
    "450 4.2.1 later",
    "451-4.7.1 not\r\n451 4.7.1 now",
    "550 5.1.1 no",
    "552 5.2.2 full",
    "421 4.3.0 closing",
]
SENSELESS = [
    "250 OK",
    "354 go on",
    "299 well",
    "220 hello",
    "550-x\r\n250 y",
    "what?",
    "",
    "999 no",
    "2500 OK",
]
LETTERS = [
    OutgoingMessage(number, f"b+{number}@bounces.example", f"lezer{number}@gemeente.example", (content,))
    for number, content in enumerate(
        [
            b"Subject: een\r\n\r\nEen\r\n",
            b"\r\n",
            b"QUIT\r\n",
            b"x" * 900 + b"\r\n",
            b"250 OK\r\n\r\n",
            b"RSET\r\n" * 9,
        ]
    )
]


@dataclass
class Wire:
    """A protocol and a server with bytes in flight both ways; `steps` decides what moves next."""

    protocol: SmtpProtocol
    server: StrictSession
    steps: list[int]
    to_server: bytes = b""
    to_client: bytes = b""
    outcomes: list[Outcome] = field(default_factory=list)

    def run(self, letters: list[OutgoingMessage]) -> None:
        """Move bytes until the steps are used up or nothing moves, then cut the connection."""
        left = list(reversed(letters))
        for step in self.steps * 40 if self.steps is ALL_THE_WAY else self.steps:
            action, size = step % 3, 1 + step // 3
            if action == 0:
                self._start(left)
            elif action == 1:
                part, self.to_server = self.to_server[:size], self.to_server[size:]
                self.to_client += self.server.feed(part)
            else:
                part, self.to_client = self.to_client[:size], self.to_client[size:]
                self.outcomes += self.protocol.receive(part)
            self._flush()
        self.outcomes += self.protocol.lost()
        for letter in left:
            assert letter.key not in {outcome.message.key for outcome in self.outcomes}

    def _start(self, left: list[OutgoingMessage]) -> None:
        if left and self.protocol.can_start:
            at_once = self.protocol.start(left.pop())
            self.outcomes += [at_once] if at_once else []
        elif not left:
            self.protocol.quit()

    def _flush(self) -> None:
        self.to_server += b"".join(self.protocol.data_to_send())
        if self.server.closed:
            self.to_server = b""


STEPS = st.lists(st.one_of(st.integers(0, 30), st.integers(3_000, 6_000)), max_size=120)
ALL_THE_WAY = [0, 4_000, 4_001, 4_000, 4_001]


def check(wire: Wire) -> None:
    assert wire.server.violations == []
    keys = [outcome.message.key for outcome in wire.outcomes]
    assert len(keys) == len(set(keys)) == wire.protocol.started
    assert wire.protocol.in_flight == 0
    envelopes = {(letter.sender, letter.recipient): letter for letter in LETTERS}
    for received in wire.server.received:
        assert content_of(envelopes[received.sender, received.recipient]) == received.content
    assert max(Counter(got.recipient for got in wire.server.received).values(), default=1) == 1


@given(
    extensions=ANNOUNCED,
    depth=st.integers(1, 4),
    moods=st.lists(st.one_of(st.just(""), st.just(""), st.sampled_from([*REFUSALS, DROP])), max_size=30),
    steps=st.one_of(STEPS, st.just(ALL_THE_WAY)),
)
@settings(max_examples=400, deadline=None)
def test_a_server_that_refuses_at_will_and_goes_away_at_any_byte(
    extensions: Extensions, depth: int, moods: list[str], steps: list[int]
) -> None:
    answers = iter(moods)

    def answer(verb: str, recipient: str) -> str:
        mood = next(answers, "")
        return mood if mood and verb not in ("RSET", "QUIT") else USUAL.get(verb, "250 OK")

    wire = Wire(SmtpProtocol(extensions, depth), StrictSession(extensions, answer), steps)
    wire.run(LETTERS)
    check(wire)
    arrived = {received.recipient for received in wire.server.received}
    for outcome in wire.outcomes:
        verdict = classify(outcome.reply)
        if verdict is Verdict.SENT:
            assert outcome.message.recipient in arrived
        elif verdict is not Verdict.UNCERTAIN:
            assert outcome.message.recipient not in arrived
    if steps is ALL_THE_WAY and not any(mood == DROP or mood.startswith("421") for mood in moods):
        assert wire.protocol.started == len(LETTERS)
        assert all(outcome.reply.code for outcome in wire.outcomes)
        assert wire.server.closed


@given(
    extensions=ANNOUNCED,
    depth=st.integers(1, 4),
    moods=st.lists(st.one_of(st.just(""), st.sampled_from([*REFUSALS, *SENSELESS, DROP])), max_size=30),
    steps=st.one_of(STEPS, st.just(ALL_THE_WAY)),
)
@settings(max_examples=400, deadline=None)
def test_a_server_that_answers_without_sense_makes_us_say_nothing_wrong(
    extensions: Extensions, depth: int, moods: list[str], steps: list[int]
) -> None:
    answers = iter(moods)
    wire = Wire(
        SmtpProtocol(extensions, depth),
        StrictSession(extensions, lambda verb, recipient: next(answers, "") or USUAL.get(verb, "250 OK")),
        steps,
    )
    wire.run(LETTERS)
    check(wire)


@given(extensions=ANNOUNCED, depth=st.integers(1, 4), noise=st.lists(st.binary(max_size=40), max_size=40))
@settings(max_examples=200, deadline=None)
def test_no_bytes_whatsoever_break_the_dialogue(
    extensions: Extensions, depth: int, noise: list[bytes]
) -> None:
    protocol, outcomes, left = SmtpProtocol(extensions, depth), list[Outcome](), list(LETTERS)
    for data in noise:
        while left and protocol.can_start:
            protocol.start(left.pop())
        outcomes += protocol.receive(data)
        protocol.data_to_send()
    outcomes += protocol.lost()
    assert len({outcome.message.key for outcome in outcomes}) == len(outcomes) == protocol.started
    assert all(outcome.reply.phase in (Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.DOT) for outcome in outcomes)
