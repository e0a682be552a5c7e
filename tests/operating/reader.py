"""A reader of the service on that machine, with a browser of the plainest kind: pages, their forms, and a mailbox."""

import re
import shlex
from dataclasses import dataclass
from email import message_from_string
from email.policy import default
from html.parser import HTMLParser

from tests.operating.machine import Machine, until

SITE = "https://nieuwsbrief.example"
_CURL = "curl --silent --show-error --insecure --resolve nieuwsbrief.example:443:127.0.0.1"


@dataclass(frozen=True)
class Reader:
    """Who has an address, and sees what the one mailbox of the machine holds."""

    machine: Machine
    address: str

    def signs_up(self) -> None:
        """Fills in the form, presses the button until the service takes it, and confirms by the letter's link."""
        before = len(self.letters())
        typed = {"address": self.address, "language": "nl"}
        shown = [self._page("/aanmelden")]
        until(lambda: self._taken(shown, typed))
        until(lambda: len(self.letters()) > before)
        (link,) = re.findall(rf"{SITE}(/bevestigen/\S+)", self.letters()[-1])
        assert self._press(self._page(link), {}, link)[0] == 200

    def letters(self) -> list[str]:
        """What the letters to it say in plain text, in the order in which they came, read by IMAP."""
        ask = "curl --silent --user bounces:$(cat /etc/newsletter/bounces-password) imap://127.0.0.1/INBOX"
        found: list[str] = []
        number = 1
        while letter := self.machine.run(f"{ask}';MAILINDEX={number}' || true"):
            read = message_from_string(letter, policy=default)
            body = read.get_body(("plain",))
            if self.address in str(read["To"]) and body is not None:
                found.append(body.get_content())
            number += 1
        return found

    def opens(self, link: str) -> int:
        """The status of the page that a link of a letter leads to."""
        return int(self._ask(link.removeprefix(SITE), "--output /dev/null")[0])

    def _taken(self, pages: list[str], typed: dict[str, str]) -> bool:
        """Whether the form was taken in; what is shown instead is pressed next time."""
        status, page = self._press(pages.pop(), typed, "/aanmelden")
        pages.append(page)
        return status == 200

    def _press(self, page: str, typed: dict[str, str], at: str) -> tuple[int, str]:
        fields = {**hidden_fields(page, at), **typed}
        told = " ".join(f"--data-urlencode {shlex.quote(f'{name}={one}')}" for name, one in fields.items())
        return self._ask(at, told or "--data ''")

    def _page(self, path: str) -> str:
        status, page = self._ask(path)
        assert status == 200, (path, status)
        return page

    def _ask(self, path: str, options: str = "") -> tuple[int, str]:
        said = self.machine.run(
            f"{_CURL} --write-out '\\n%{{http_code}}' {options} {shlex.quote(SITE + path)}"
        )
        page, _, status = said.rpartition("\n")
        return int(status), page


def hidden_fields(page: str, action: str) -> dict[str, str]:
    """What the form that goes to `action` sends along unseen."""
    reading = _Forms()
    reading.feed(page)
    return reading.hidden.get(action, {})


class _Forms(HTMLParser):
    """The hidden fields of each form, by where it goes."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: dict[str, dict[str, str]] = {}
        self._action = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "form":
            self._action = told.get("action") or ""
        elif tag == "input" and told.get("type") == "hidden":
            self.hidden.setdefault(self._action, {})[told.get("name") or ""] = told.get("value") or ""
