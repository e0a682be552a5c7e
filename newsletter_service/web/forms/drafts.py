"""Drafts that the browser keeps of what was typed: see static/forms.js."""

from flask import flash

SAVED = "saved"


def forget_draft(name: str) -> None:
    """Let the next page say that what the form of that name holds is saved: its drafts have done their work."""
    flash(name, SAVED)
