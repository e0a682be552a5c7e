"""What can be wrong with a letter."""

from newsletter_service.errors import NewsletterError


class LetterError(NewsletterError):
    """This letter must not go out as it is; `message` says why, in a word that views can turn into a sentence."""
