"""The style sheets of pages: one for each audience, put together from one file a component (web/styles)."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from newsletter_service.errors import NotFound

STYLES = Path(__file__).resolve().parent / "styles"
SHARED = ("tokens", "ground", "strokes", "button", "form", "panel", "notice", "pill", "table", "facts")
READERS = (
    *("page", "seam", "marks", "masthead", "deep", "invite", "foot", "by", "leaf", "heads", "picture"),
    *("hero", "one-field", "cover", "bridge", "organisations", "events", "archive"),
    *("issue", "contents", "entry", "words", "item", "next", "checks", "fold"),
)
DESK = (
    *("desk", "desk-frame", "session", "page-head", "panel-head", "back", "fold", "fold-desk", "menu", "tag"),
    *("leaf", "keys", "views", "tabs", "task", "question", "sum"),
    *(
        "quiet-button",
        "form-row",
        "short-fields",
        "writing-aids",
        "clash",
        "letter-frame",
        "picker",
        "envelope",
    ),
    *("today", "queue", "writing", "editions", "edition", "steps", "rows", "statement", "domains"),
    *("deliveries", "stacked", "calendar", "catalogue", "claims", "lists", "livery-sample", "secret", "pair"),
)
SHEETS = {
    "lezers": (*SHARED, *READERS),
    "redactie": (*SHARED, *DESK),
    "postvak": ("letter-frame", "mailbox"),
}
"""Components in the order in which a later one may settle what an earlier one left open."""


@cache
def sheet(name: str) -> str:
    """The style sheet of an audience: lezers (readers), redactie (the desk), or what a demonstration adds (postvak)."""
    if name not in SHEETS:
        raise NotFound("there is no such style sheet")
    return "\n".join(f"/* {one} */\n{(STYLES / f'{one}.css').read_text('utf-8')}" for one in SHEETS[name])


@cache
def digest(name: str) -> str:
    """What changes with the style sheet and with nothing else."""
    return sha256(sheet(name).encode()).hexdigest()[:12]
