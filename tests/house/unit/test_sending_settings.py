"""Every setting about SMTP reaches the worker."""

from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from newsletter_service.delivery.worker.rate_limits import Limits
from newsletter_service.mail_settings import delivery_config, limits, smtp_server
from newsletter_service.settings import Settings
from newsletter_service.smtp.connection import SmtpServer

TOLD = Settings(
    secret_key="0123456789abcdef0123456789abcdef",
    base_url="https://nieuwsbrief.example",
    mail_from="redactie@nieuwsbrief.example",
    reply_to="vragen@nieuwsbrief.example",
    bounce_domain="bounces.nieuwsbrief.example",
    database_url="sqlite://",
    instance_dir=Path("/var/lib/newsletter"),
    smtp_host="mx.example",
    smtp_port=2525,
    smtp_security="starttls",
    smtp_username="nieuwsbrief",
    smtp_password="een lang wachtwoord",
    smtp_connections=7,
    smtp_rate=11.5,
    smtp_domain_rate=2.5,
    smtp_domain_connections=3,
    smtp_letters_per_connection=100,
    smtp_ca_file="/etc/ssl/eigen.pem",
)
CHANGES = {
    "smtp_host": "elders.example",
    "smtp_port": 26,
    "smtp_security": "tls",
    "smtp_username": "iemand",
    "smtp_password": "een ander",
    "smtp_connections": 8,
    "smtp_rate": 1.0,
    "smtp_domain_rate": 1.0,
    "smtp_domain_connections": 1,
    "smtp_letters_per_connection": 1,
    "smtp_ca_file": "",
}
ELSEWHERE = {"smtp_on_uncertain"}
"""It says what becomes of a letter, not how it travels."""


def test_the_server_is_the_one_that_the_settings_name() -> None:
    assert smtp_server(TOLD) == SmtpServer(
        host="mx.example",
        port=2525,
        security="starttls",
        username="nieuwsbrief",
        password="een lang wachtwoord",
        connections=7,
        helo_name="nieuwsbrief.example",
        ca_file="/etc/ssl/eigen.pem",
    )


def test_the_limits_are_those_that_the_settings_name() -> None:
    assert limits(TOLD) == Limits(
        rate=11.5, domain_rate=2.5, domain_connections=3, letters_per_connection=100
    )


def test_there_is_no_setting_about_smtp_that_this_table_does_not_know() -> None:
    named = {field.name for field in fields(Settings) if field.name.startswith("smtp_")}
    assert named == CHANGES.keys() | ELSEWHERE


@pytest.mark.parametrize("name", CHANGES)
def test_each_setting_changes_something(name: str) -> None:
    other = replace(TOLD, **{name: CHANGES[name]})  # type: ignore[arg-type]  # each change fits its field
    assert (smtp_server(other), limits(other)) != (smtp_server(TOLD), limits(TOLD))


def test_a_worker_is_told_what_becomes_of_uncertain_letters_and_where_bounces_go() -> None:
    told = delivery_config(
        replace(TOLD, smtp_on_uncertain="hold"), create_engine("sqlite://"), lambda: datetime.now(UTC)
    )
    assert told.hold_uncertain
    assert (told.mail_domain, told.bounce_domain) == ("nieuwsbrief.example", "bounces.nieuwsbrief.example")
    assert (told.server, told.limits) == (smtp_server(TOLD), limits(TOLD))
