"""What mail servers send back, as they write it: files with places for the addresses that the tests give them."""

from pathlib import Path

MESSAGES = Path(__file__).parent / "messages"
FOREIGN = "b+1-00000000000000000000@bounces.nieuwsbrief.example"
FOREIGN_ID = "<1.00000000000000000000@nieuwsbrief.example>"
NAMES = sorted(path.stem for path in MESSAGES.glob("*.eml"))


def sample(name: str, sender: str = FOREIGN, message_id: str = FOREIGN_ID) -> bytes:
    """The message of that name, about the letter with this envelope sender and Message-ID."""
    raw = (MESSAGES / f"{name}.eml").read_bytes()
    return raw.replace(b"SENDER", sender.encode()).replace(b"MESSAGE-ID", message_id.encode())
