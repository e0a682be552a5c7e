"""Signing up, and the mails that a form or an old link asks for."""
