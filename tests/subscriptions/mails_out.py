"""What lies in mailboxes: the links and letters that were sent, the newest first."""

from dataclasses import dataclass

from newsletter_service.links.tokens import Purpose


@dataclass(frozen=True)
class Link:
    """A link in a mail: what it is for, and which subscription, or wish to move, it is of."""

    token: str
    purpose: Purpose
    number: int


@dataclass(frozen=True)
class Sent:
    """A letter that went to `who`: which reader that was, and of which subscription of theirs."""

    delivery_id: int
    who: str
    reader: int
    generation: int


class MailsOut:
    """All that was sent to anybody."""

    def __init__(self) -> None:
        self.links: list[Link] = []
        self.letters: list[Sent] = []

    def keep(self, purpose: Purpose, url: str, number: int) -> None:
        """A mail holds this link."""
        self.links.insert(0, Link(url.rpartition("/")[2], purpose, number))

    def link(self, purpose: Purpose, which: int) -> Link | None:
        """The link of that kind with so many newer ones, or the oldest."""
        mine = [one for one in self.links if one.purpose is purpose]
        return mine[min(which, len(mine) - 1)] if mine else None

    def letter(self, which: int) -> Sent:
        """The letter with so many newer ones, or the oldest."""
        return self.letters[min(which, len(self.letters) - 1)]
