"""Pauses: no editions until a day that the reader chose."""
