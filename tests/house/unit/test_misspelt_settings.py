import pytest

from newsletter_service.environment import Misspelt, misspelt
from newsletter_service.settings import known_names

KNOWN = known_names()


def test_all_settings_of_the_service_are_known() -> None:
    assert {"SECRET_KEY", "SMTP_HOST", "BOUNCE_IMAP_PASSWORD", "DKIM_SELECTOR", "DEMO"} <= KNOWN
    assert misspelt(KNOWN, KNOWN) == []


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("SMTP_HOTS", "SMTP_HOST"),
        ("SMPT_HOST", "SMTP_HOST"),
        ("SMTPHOST", "SMTP_HOST"),
        ("smtp_host", "SMTP_HOST"),
        ("SECRET-KEY", "SECRET_KEY"),
        ("MAIL_FORM", "MAIL_FROM"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("BASEURL", "BASE_URL"),
        ("BOUNCE_IMAP_PASWORD", "BOUNCE_IMAP_PASSWORD"),
        ("SMTP_SERVER_NAME", ""),
        ("BOUNCE_ADDRESS", ""),
    ],
)
def test_a_name_that_is_near_to_one_of_ours_or_begins_like_one_is_named(given: str, meant: str) -> None:
    assert misspelt([given], KNOWN) == [Misspelt(given, meant)]


def test_names_of_others_are_left_alone() -> None:
    others = [
        "PATH",
        "HOME",
        "LANG",
        "LOGNAME",
        "MAIL",
        "PYTHONPATH",
        "HOSTNAME",
        "TERM",
        "USER",
        "DEBUG",
        "SHELL",
    ]
    others += [
        "FLASK_APP",
        "INVOCATION_ID",
        "JOURNAL_STREAM",
        "LISTEN_FDS",
        "WEB_CONCURRENCY",
        "TZ",
        "BASH_ENV",
    ]
    assert misspelt(others, KNOWN) == []
