"""Editions: when they close and go out, what is in them, and their way to the readers."""
