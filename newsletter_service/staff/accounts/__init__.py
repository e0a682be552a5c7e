"""Accounts as administrators deal with them: invited, changed, closed and opened again."""
