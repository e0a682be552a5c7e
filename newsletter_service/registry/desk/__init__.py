"""The readers' screen for staff."""
