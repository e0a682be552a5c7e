"""Subscribers brought from elsewhere as spreadsheets, and taken along again."""
