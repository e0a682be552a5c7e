"""What fits into the newsletter and its organisations, and the names that things have in addresses. Pure decisions."""

import re
from collections.abc import Collection, Iterator
from enum import StrEnum
from itertools import chain, count
from unicodedata import combining, normalize

NEWSLETTER_LENGTH = 80
TAGLINE_LENGTH = 200
POSTAL_ADDRESS_LENGTH = 300
ORGANISATION_LENGTH = 120
SHORT_NAME_LENGTH = 20
ABOUT_LENGTH = 300
CLOSING_LENGTH = 200
SENDER_LENGTH = 80
REPLY_LENGTH = 255
OWN_SUBJECT_LENGTH = 120
OWN_SENTENCE_LENGTH = 400
SLUG_LENGTH = 60
COLOUR = re.compile(r"#[0-9a-f]{6}")
UNCHOSEN = "#55606a #38424c #e9ecef #9aa7b3 #d3dae0 #2b363f"
"""What an organisation looks like until it has chosen: grey."""
PALETTES = {
    "blue": "#0b5587 #06406a #e2eef6 #58a6d8 #b3daf3 #15344a",
    "orange": "#bd5f16 #733405 #fbebdb #e0914b #f6c99c #43290f",
    "green": "#1f7a4a #0f4d2c #e1f2e8 #5cb987 #b4e3c9 #123a26",
    "purple": "#7a3f98 #512267 #f1e6f6 #b384cc #e0c6ee #38204a",
    "red": "#b3303b #741620 #fae5e6 #e08088 #f5c4c8 #451a1f",
    "grey": UNCHOSEN,
}
"""Colours that can be read everywhere, for who has none of their own at hand."""


class ReaderMail(StrEnum):
    """A mail to one reader that can have words of the newsletter's own, by its name in addresses."""

    CONFIRM = "bevestigen"
    ALREADY = "al-aangemeld"
    WELCOME = "welkom"
    LINK = "link"
    ASKED = "toestemming"
    DECIDED = "besluit"
    STILL_THERE = "nog-daar"
    LAPSED = "vervallen"
    AGREE_AGAIN = "opnieuw-akkoord"


def slug_of(name: str, taken: Collection[str] = ()) -> str:
    """A name as it stands in addresses and lists: lower case, hyphens, and a number where it is `taken`."""
    plain = "".join(one for one in normalize("NFKD", name.lower()) if not combining(one))
    words = "".join(one if one.isascii() and one.isalnum() else " " for one in plain.replace("'", "")).split()
    slug = "-".join(words)[: SLUG_LENGTH - 4].strip("-") or "x"
    return next(one for one in _numbered(slug) if one not in taken)


def _numbered(slug: str) -> Iterator[str]:
    return chain([slug], (f"{slug}-{number}" for number in count(2)))
