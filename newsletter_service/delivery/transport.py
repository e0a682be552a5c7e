"""Hands finished letters to an SMTP server."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class SmtpServer:
    """Where letters are handed in; `rate` is messages a second over all connections, 0 for no limit."""

    host: str
    port: int
    security: Literal["none", "starttls", "tls"]
    username: str
    password: str
    connections: int
    rate: float
