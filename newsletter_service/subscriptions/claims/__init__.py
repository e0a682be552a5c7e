"""The screen on which communicators check what readers say of their work."""
