"""Corrections: a short letter to exactly those who got an edition, or one of its items."""
