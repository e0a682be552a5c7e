"""What staff say of a list, as it is kept between the page and the work."""

from datetime import date
from typing import Any

from newsletter_service.subscriptions.importing.rules import Answers, Proof, Vouched


def as_kept(answers: Answers) -> dict[str, Any]:
    """Answers as JSON values."""
    proof, vouched = answers.proof, answers.vouched
    return {
        "words": proof.words,
        "place": proof.place,
        "on": proof.on.isoformat() if proof.on else None,
        "verified": sorted(vouched.segments),
        "verified_by": vouched.source,
        "asks": answers.asks,
    }


def from_kept(kept: dict[str, Any]) -> Answers:
    """The same answers again."""
    on = date.fromisoformat(kept["on"]) if kept["on"] else None
    return Answers(
        Proof(kept["words"], kept["place"], on),
        Vouched(frozenset(kept["verified"]), kept["verified_by"]),
        kept.get("asks", False),
    )
