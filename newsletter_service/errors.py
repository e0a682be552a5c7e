"""The few kinds of errors, named by what the caller can do about them; web/errors.py turns them into pages."""


class NewsletterError(Exception):
    """Something a person can be told about in plain words; `message` is in the reader's language."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Invalid(NewsletterError):
    """The input cannot be used; show it again with the message. `field` names the input, if one is to blame."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotAllowed(NewsletterError):
    """This person may not do this; nothing was changed."""


class NotFound(NewsletterError):
    """What was asked for does not exist, or not any more."""


class Conflict(NewsletterError):
    """The thing changed in the meantime, or is in a state that does not allow this; look again, then retry."""
