"""Segments, topics, and the one rule of who sees which item."""
