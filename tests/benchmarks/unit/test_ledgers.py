from dataclasses import astuple

from benchmarks.compare import LETTERS, MANNER
from benchmarks.ledgers import Manner, environment
from newsletter_service.delivery.worker.rate_limits import Limits
from newsletter_service.mail_settings import limits, smtp_server
from newsletter_service.settings import Settings

LETTERS_PER_SECOND = 100_000
"""More than any server on one machine takes."""


def told(manner: Manner) -> Settings:
    return Settings.from_env(
        environment("sqlite:////tmp/instance/newsletter.sqlite3", "/tmp/instance", 2525, manner)
    )


def test_a_sender_is_told_its_server_and_its_connections() -> None:
    server = smtp_server(told(MANNER))
    assert (server.host, server.port, server.connections) == ("127.0.0.1", 2525, MANNER.connections)


def test_nothing_limits_a_sender_but_what_the_product_does_by_itself() -> None:
    assert limits(told(Manner(4))) == Limits(letters_per_connection=1000)


def test_a_limited_sender_has_every_limit_and_reaches_none() -> None:
    limited = limits(told(Manner(MANNER.connections, limited=True)))
    assert all(astuple(limited))
    assert min(limited.rate, limited.domain_rate) > LETTERS_PER_SECOND
    assert limited.domain_connections > 10 * MANNER.connections
    assert limited.letters_per_connection > LETTERS
