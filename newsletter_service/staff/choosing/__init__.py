"""Choosing a password by a link that came by mail: who is invited, and who lost theirs."""
