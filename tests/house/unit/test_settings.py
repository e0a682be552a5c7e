import dataclasses
from pathlib import Path

import pytest

from newsletter_service.backups.rules import NightlyBackup
from newsletter_service.backups.sealing import BadSeal, recipient
from newsletter_service.imap import ImapServer
from newsletter_service.settings import DEMO_SECRET, Settings, SettingsError

GOOD = {
    "SECRET_KEY": "0123456789abcdef0123456789abcdef",
    "BASE_URL": "https://nieuwsbrief.example/",
    "MAIL_FROM": "redactie@nieuwsbrief.example",
}


def problems(**changes: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({**GOOD, **changes})
    return caught.value.problems


def test_three_settings_are_enough_for_a_working_service() -> None:
    settings = Settings.from_env(GOOD)
    assert settings.base_url == "https://nieuwsbrief.example"
    assert settings.reply_to == "redactie@nieuwsbrief.example"
    assert settings.bounce_domain == "nieuwsbrief.example"
    assert settings.database_url.startswith("sqlite:///")
    assert not settings.demo


def test_sending_is_courteous_as_far_as_it_is_told_and_gives_nothing_away() -> None:
    settings = Settings.from_env(GOOD)
    assert (settings.smtp_rate, settings.smtp_domain_rate, settings.smtp_domain_connections) == (0, 0, 0)
    assert (settings.smtp_letters_per_connection, settings.smtp_on_uncertain) == (1000, "resend")
    assert (settings.metrics_token, settings.log_format) == ("", "text")
    told = GOOD | {"SMTP_DOMAIN_RATE": "2.5", "SMTP_DOMAIN_CONNECTIONS": "2", "SMTP_ON_UNCERTAIN": "hold"}
    told |= {"SMTP_LETTERS_PER_CONNECTION": "0", "METRICS_TOKEN": "0123456789abcdef", "LOG_FORMAT": "json"}
    settings = Settings.from_env(told)
    assert (settings.smtp_domain_rate, settings.smtp_domain_connections) == (2.5, 2)
    assert (settings.smtp_letters_per_connection, settings.smtp_on_uncertain) == (0, "hold")
    assert (settings.metrics_token, settings.log_format) == ("0123456789abcdef", "json")


def test_former_keys_come_with_blanks_or_commas_between() -> None:
    first, second, third = ("a" * 32, "b" * 32, "c" * 32)
    settings = Settings.from_env({**GOOD, "SECRET_KEY_FALLBACKS": f"{first}, {second} {third}"})
    assert settings.keys.every == (GOOD["SECRET_KEY"], first, second, third)
    assert settings.keys.oldest == third
    assert first not in repr(settings.keys)


def test_every_missing_setting_is_named_in_a_line_of_its_own() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({})
    assert [line.split()[0] for line in caught.value.problems] == ["SECRET_KEY", "BASE_URL", "MAIL_FROM"]


def test_settings_cannot_be_changed_while_running() -> None:
    settings = Settings.from_env(GOOD)
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.smtp_port = 26  # type: ignore[misc]  # wrong on purpose


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("SECRET_KEY", "short", "too short"),
        ("SECRET_KEY", DEMO_SECRET, "demonstration"),
        ("SECRET_KEY_FALLBACKS", f"{'a' * 32},short", "too short"),
        ("SUPPRESSION_KEY", "short", "too short"),
        ("BASE_URL", "nieuwsbrief.example", "full address"),
        ("BASE_URL", "ftp://nieuwsbrief.example", "full address"),
        ("BASE_URL", "https://nieuwsbrief.example/?a=b", "full address"),
        ("BASE_URL", "https://[nieuwsbrief.example", "full address"),
        ("BASE_URL", "https://nieuwsbrief.example:web", "full address"),
        ("MAIL_FROM", "Redactie <redactie@nieuwsbrief.example>", "bare mail address"),
        ("MAIL_FROM", "redactie", "bare mail address"),
        ("REPLY_TO", "a@b.example, c@d.example", "bare mail address"),
        ("SMTP_SECURITY", "ssl", "starttls"),
        ("SMTP_PORT", "smtp", "a number from 1 to 65535"),
        ("SMTP_PORT", "0", "a number from 1 to 65535"),
        ("SMTP_CONNECTIONS", "-1", "a number"),
        ("SMTP_RATE", "nan", "a number"),
        ("SMTP_DOMAIN_RATE", "-1", "a number"),
        ("SMTP_DOMAIN_CONNECTIONS", "many", "a number from 0 to 1000"),
        ("SMTP_LETTERS_PER_CONNECTION", "-5", "a number"),
        ("SMTP_ON_UNCERTAIN", "forget", "give resend or hold"),
        ("METRICS_TOKEN", "short", "at least 16 characters"),
        ("LOG_FORMAT", "xml", "give text or json"),
    ],
)
def test_a_value_that_cannot_work_is_named_with_what_would(name: str, value: str, complaint: str) -> None:
    (line,) = problems(**{name: value})
    assert line.startswith(name)
    assert complaint in line


def test_a_postgresql_address_of_any_spelling_goes_through_psycopg_3() -> None:
    for spelling in (
        "postgres://u@db.example/n",
        "postgresql://u@db.example/n",
        "postgresql+psycopg://u@db.example/n",
    ):
        url = Settings.from_env({**GOOD, "DATABASE_URL": spelling}).database_url
        assert url == "postgresql+psycopg://u@db.example/n"


@pytest.mark.parametrize(
    "url",
    [
        "mysql://anna:geheim@db.example/n",
        "postgresql+asyncpg://anna:geheim@db.example/n",
        "postgresql://anna:geheim@db.example:poort/n",
        "postgresql://anna:geheim@[::1]:poort/n",
        "oracle://geheim",
        "geheim",
        "sqlite://",
        "sqlite:///",
    ],
)
def test_a_database_that_cannot_be_is_refused_in_one_line_that_gives_nothing_away(url: str) -> None:
    (line,) = problems(DATABASE_URL=url)
    assert line.startswith("DATABASE_URL ")
    assert "geheim" not in line


def test_where_a_database_is_may_be_said_in_many_ways() -> None:
    for typed, meant in (
        ("sqlite:////srv/brief.db", "sqlite:////srv/brief.db"),
        ("sqlite:///brief.db", "sqlite:////srv/data/brief.db"),
        ("", "sqlite:////srv/data/newsletter.sqlite3"),
        ("postgresql://", "postgresql+psycopg://"),
        ("postgresql://a:b:c/d@[::1]:5432/n?x=y:z", "postgresql+psycopg://a:b:c/d@[::1]:5432/n?x=y:z"),
        ("postgresql:///n?host=/var/run/x:y", "postgresql+psycopg:///n?host=/var/run/x:y"),
    ):
        env = {**GOOD, "INSTANCE_DIR": "/srv/data", "DATABASE_URL": typed}
        assert Settings.from_env(env).database_url == meant


def test_the_demo_needs_no_settings_but_stays_on_this_machine() -> None:
    demo = Settings.from_env({"DEMO": "1"})
    assert demo.demo
    assert demo.base_url == "http://127.0.0.1:8000"
    assert demo.smtp_port == 1025
    (line,) = problems(DEMO="1")
    assert line.startswith("DEMO")


IMAP = {
    "BOUNCE_IMAP_HOST": "imap.nieuwsbrief.example",
    "BOUNCE_IMAP_USERNAME": "bounces",
    "BOUNCE_IMAP_PASSWORD": "een lang wachtwoord",
}


def test_the_mailbox_for_bounces_is_read_over_tls_unless_told_otherwise() -> None:
    assert Settings.from_env(GOOD).bounce_mailbox is None
    mailbox = Settings.from_env({**GOOD, **IMAP}).bounce_mailbox
    assert mailbox == ImapServer(
        "imap.nieuwsbrief.example", 993, "tls", "bounces", "een lang wachtwoord", "INBOX"
    )
    assert "wachtwoord" not in repr(mailbox)
    starttls = Settings.from_env({**GOOD, **IMAP, "BOUNCE_IMAP_SECURITY": "starttls"}).bounce_mailbox
    assert starttls is not None
    assert starttls.port == 143


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"BOUNCE_IMAP_USERNAME": ""}, "BOUNCE_IMAP_USERNAME is not set: give the account"),
        ({"BOUNCE_IMAP_PASSWORD": ""}, "BOUNCE_IMAP_PASSWORD is not set: give the password"),
        ({"BOUNCE_IMAP_SECURITY": "ssl"}, "BOUNCE_IMAP_SECURITY is 'ssl': give tls, starttls or none."),
        ({"BOUNCE_IMAP_SECURITY": "none"}, "BOUNCE_IMAP_SECURITY none is for a server on this machine"),
        ({"BOUNCE_IMAP_PORT": "imap"}, "BOUNCE_IMAP_PORT is 'imap': give a number from 1 to 65535."),
        ({"BOUNCE_IMAP_HOST": "", "BOUNCE_IMAP_USERNAME": ""}, "BOUNCE_IMAP_PASSWORD needs BOUNCE_IMAP_HOST"),
        ({"DEMO": "1"}, "DEMO reads no mailbox elsewhere"),
    ],
    ids=str,
)
def test_a_mistake_about_the_mailbox_for_bounces_is_one_line(changes: dict[str, str], complaint: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({**GOOD, **IMAP, **changes})
    assert [problem for problem in caught.value.problems if "IMAP" in problem] == [
        next(problem for problem in caught.value.problems if problem.startswith(complaint))
    ]


RECIPIENT = f"age1{'q' * 58}"
NIGHTS = {"BACKUP_DIR": "/srv/backups", "BACKUP_RECIPIENTS": RECIPIENT}


def test_backups_of_each_night_are_encrypted_unless_it_is_said_that_they_are_not_to_be() -> None:
    assert Settings.from_env(GOOD).nightly_backup is None
    plan = Settings.from_env(
        {**GOOD, **NIGHTS, "BACKUP_DAYS": "30", "BACKUP_KEYS": "together"}
    ).nightly_backup
    assert plan == NightlyBackup(Path("/srv/backups"), (RECIPIENT,), 30, "together")
    plan = Settings.from_env({**GOOD, **NIGHTS, "BACKUP_RECIPIENTS": "unencrypted"}).nightly_backup
    assert plan == NightlyBackup(Path("/srv/backups"), (), 14, "none")


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        (
            {"BACKUP_RECIPIENTS": ""},
            "BACKUP_RECIPIENTS is not set: give recipients of age (age1…), or `unencrypted`.",
        ),
        (
            {"BACKUP_RECIPIENTS": RECIPIENT[:-1]},
            f"BACKUP_RECIPIENTS names '{RECIPIENT[:-1]}': give recipients of age",
        ),
        ({"BACKUP_DAYS": "0"}, "BACKUP_DAYS is '0': give a number from 1 to 3650."),
        ({"BACKUP_KEYS": "apart"}, "BACKUP_KEYS is 'apart': give none or together."),
        ({"BACKUP_DIR": ""}, "BACKUP_RECIPIENTS needs BACKUP_DIR: give that folder too."),
    ],
)
def test_a_plan_for_backups_that_cannot_work_is_said_at_the_start(
    changed: dict[str, str], complaint: str
) -> None:
    (line,) = problems(**NIGHTS | changed)
    assert line.startswith(complaint)


def test_a_secret_key_of_age_in_the_place_of_its_recipient_is_not_said_aloud() -> None:
    secret = f"AGE-SECRET-KEY-1{'Q' * 58}"
    (line,) = problems(**NIGHTS | {"BACKUP_RECIPIENTS": secret})
    assert line.startswith("BACKUP_RECIPIENTS names something else: give recipients of age")
    with pytest.raises(BadSeal) as refused:
        recipient(secret)
    assert "SECRET" not in str(refused.value)
