"""Texts that readers can hold us to: in versions, and kept as they were shown."""
