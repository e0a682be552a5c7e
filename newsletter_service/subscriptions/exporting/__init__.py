"""Readers taken along: everybody, as a table that another copy of this service can read."""
