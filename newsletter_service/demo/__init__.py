"""Invented content and a mail catcher for `make run`; never part of a production run."""
