"""Backups: one file with the database and, where that is wanted, the keys; made, checked and put back."""
