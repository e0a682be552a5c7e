"""The settings of a test as processes of their own get them."""

import os

from newsletter_service.settings import Settings


def environment_of(settings: Settings, **more: str) -> dict[str, str]:
    """The environment variables for `settings`, and `more` of them, which may say otherwise."""
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "SUPPRESSION_KEY": settings.suppression_key,
        "BASE_URL": settings.base_url,
        "MAIL_FROM": settings.mail_from,
        "SMTP_PORT": str(settings.smtp_port),
        "INSTANCE_DIR": str(settings.instance_dir),
        **more,
    }
