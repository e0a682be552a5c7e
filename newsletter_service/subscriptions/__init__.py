"""Readers: sign-up with double opt-in, consent, preferences, leaving."""
