"""Readers of a list that proves no consent, asked by mail whether they want the newsletter."""
