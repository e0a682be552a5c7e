"""How long what is kept about readers is kept: jobs and use cases go by it, and the privacy statement says it."""

from datetime import timedelta

UNCONFIRMED = timedelta(days=7)
"""A sign-up that nobody confirms."""
NOTICES = timedelta(days=7)
"""Mails about a subscription that were sent."""
BOUNCE_HEADERS = timedelta(days=30)
"""The headers of messages that came back."""
BOUNCES = timedelta(days=400)
"""That a letter came back, and why."""
LISTS = timedelta(days=1)
"""The file of a list of readers that staff handed in and did not take in."""
LIST_REPORTS = timedelta(days=30)
"""What became of the lines of such a list, by their numbers."""
BUDGETS = timedelta(days=7)
"""How often forms asked for mail to somebody, or from a network: hashes, at most so long after the last time."""
