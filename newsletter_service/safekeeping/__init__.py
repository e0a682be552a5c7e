"""The commands that take the service somewhere safe, and back: backup and restore."""
