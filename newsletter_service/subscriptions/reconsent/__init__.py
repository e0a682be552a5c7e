"""Asking readers for consent again where a text changed: by mail, with a reminder, and what silence means."""
