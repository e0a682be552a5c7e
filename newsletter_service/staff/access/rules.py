"""When a session ends, and how fast somebody may guess, decided on plain values."""

from datetime import datetime, timedelta

from newsletter_service.budgets.rules import Budget

LONGEST_SESSION = timedelta(hours=12)
LONGEST_PAUSE = timedelta(hours=2)
WARN_BEFORE = timedelta(minutes=5)
KNOWN_BROWSER = timedelta(days=180)
PEAK_WITHIN = timedelta(minutes=15)
PEAK = 20
TELL_AT_MOST_EVERY = timedelta(hours=1)


def session_ends(started_at: datetime, active_at: datetime) -> datetime:
    """When a session is over if nobody does anything more: two hours after the last act, twelve after the first."""
    return min(started_at + LONGEST_SESSION, active_at + LONGEST_PAUSE)


_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows")),
    *(("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)


def browser_name(user_agent: str) -> str:
    """Returns what somebody may know their browser by, such as "Firefox, Windows"; "" for what is none we know."""
    names = (
        next((name for sign, name in signs if sign in user_agent), "") for signs in (_BROWSERS, _SYSTEMS)
    )
    return ", ".join(filter(None, names))


KNOWN = Budget(free=20, each=timedelta(seconds=30))
"""For a browser in which this very account signed in before: nobody else's guesses count here."""
PAIR = Budget(free=10, each=timedelta(minutes=1))
"""For one account from one network."""
NETWORK = Budget(free=30, each=timedelta(seconds=10))
"""For one network, whichever account."""
ACCOUNT = Budget(free=100, each=timedelta(seconds=30))
"""For one account, from wherever: only many networks together ever come here."""
