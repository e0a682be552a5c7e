"""What can be wrong with a letter."""

from newsletter_service.errors import NewsletterError


class LetterError(NewsletterError):
    """A letter that must not go out as it is; `message` says why, for the log."""
