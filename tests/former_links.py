"""Links as letters of before there were keys carried them: a number and a generation, sealed."""

from base64 import urlsafe_b64encode
from datetime import datetime
from hashlib import blake2b

PAGES = {
    "voorkeuren": ("subscribed", 0),
    "afmelden": ("subscribed", 24),
    "bevestigen": ("subscribing", 0),
    "niet-ik": ("subscribing", 24),
}


def former_link(secret_key: str, page: str, number: int, generation: int, expires: datetime | None) -> str:
    """The address, without the host, of a reader's `page`."""
    words = f"{number}-{generation}" + (f"-{int(expires.timestamp())}" if expires else "")
    person, start = PAGES[page]
    key = blake2b(secret_key.encode()).digest()
    sealed = blake2b(words.encode(), digest_size=36, key=key, person=person.encode()).digest()
    return f"/{page}/{words}-{urlsafe_b64encode(sealed).decode()[start : start + 24]}"
