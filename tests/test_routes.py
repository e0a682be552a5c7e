"""Every route is listed here as public or guarded, and none changes state on GET or HEAD."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter_service.db import Base
from newsletter_service.links.urls import PERSONAL_PAGES
from tests.factories import make_newsletter

PUBLIC = {
    "/",
    "/contact",
    "/toegankelijkheid",
    "/aanmelden",
    "/aanmelden/mailbox",
    "/bevestigen/<token>",
    "/bevestigen/<token>/opnieuw",
    "/niet-ik/<token>",
    "/voorkeuren/<token>",
    "/voorkeuren/<token>/bewijs",
    "/voorkeuren/<token>/link",
    "/voorkeuren/<token>/adres",
    "/voorkeuren/<token>/adres/intrekken",
    "/nieuw-adres/<token>",
    "/weer-mailen",
    "/weer-mailen/gevraagd",
    "/toestaan/<token>",
    "/oud-adres/<token>",
    "/oud-adres/<token>/weigeren",
    "/voorkeuren/<token>/pauze",
    "/voorkeuren/<token>/pauze/stop",
    "/afmelden/<token>",
    "/afmelden/<token>/terug",
    "/functie/<token>",
    "/akkoord/<token>",
    "/link-kwijt",
    "/link-kwijt/onderweg",
    "/mijn-gegevens/<token>",
    "/mijn-gegevens/<token>/json",
    "/mijn-gegevens/<token>/wissen",
    "/privacy",
    "/archief/",
    "/archief/<int:number>",
    "/archief/<int:number>/<anchor>",
    "/archief/<int:number>/<anchor>.ics",
    "/archief/agenda",
    "/archief/agenda.ics",
    "/afbeelding/<digest>",
    "/opzetten",
    "/redactie/inloggen",
    "/redactie/uitloggen",
    "/redactie/wachtwoord-vergeten",
    "/redactie/wachtwoord-vergeten/onderweg",
    "/redactie/inloggen/tweede-stap",
    "/redactie/inloggen/organisatie",
    "/redactie/inloggen/organisatie/terug",
    "/redactie/inloggen/organisatie/uitgelogd",
    "/redactie/agenda/<token>",
    "/redactie/inloggen/organisatie/afgemeld",
    "/redactie/uitnodiging/<token>",
    "/redactie/nieuw-wachtwoord/<token>",
    "/healthz",
    "/healthz/pages",
    "/metrics",
    "/stijl/<name>.css",
    "/huisstijl.css",
    "/merk.svg",
    "/merk.png",
    "/merk-in-brief.png",
    "/merk-in-donkere-brief.png",
    "/deel.png",
    "/robots.txt",
    "/.well-known/security.txt",
    "/static/<path:filename>",
}


def filled(rule: str) -> str:
    """An address that fits `rule`, for things that do not exist."""
    for part, value in {
        "<token>": "x",
        "<int:number>": "9999",
        "<act>": "pauze",
        "<int:item_id>": "9999",
        "<int:period_id>": "9999",
        "<int:other_id>": "9998",
        "<anchor>": "bericht-9999",
        "<digest>": "0" * 64,
        "<path:filename>": "no.css",
        "<name>": "no",
    }.items():
        rule = rule.replace(part, value)
    assert "<" not in rule, f"say in this test what goes into {rule}"
    return rule


def rules_of(app: Flask) -> list[tuple[str, set[str]]]:
    return [(rule.rule, (rule.methods or set()) - {"OPTIONS"}) for rule in app.url_map.iter_rules()]


def test_every_route_is_public_by_name_or_lies_under_redactie(app: Flask) -> None:
    unlisted = {rule for rule, _ in rules_of(app) if rule not in PUBLIC and not rule.startswith("/redactie")}
    assert unlisted == set()


def test_every_page_of_one_reader_is_known_as_such(app: Flask) -> None:
    """Else a link to it, pasted into a letter, would go out to everybody."""
    pages = {rule.split("/")[1] for rule, _ in rules_of(app) if "<token>" in rule}
    assert pages - {"redactie"} <= set(PERSONAL_PAGES)


def test_no_route_under_redactie_lets_anybody_in_without_signing_in(app: Flask, client: FlaskClient) -> None:
    guarded = [(r, m) for r, m in rules_of(app) if r.startswith("/redactie") and r not in PUBLIC]
    assert len(guarded) > 10
    app.config["WTF_CSRF_ENABLED"] = False
    for rule, methods in guarded:
        for method in methods:
            answer = client.open(filled(rule), method=method)
            assert answer.status_code == 302, f"{method} {rule}: {answer.status_code}"
            assert "/redactie/inloggen" in answer.headers["Location"], rule


def snapshot(session: Session) -> dict[str, list[tuple[object, ...]]]:
    return {
        table.name: [tuple(row) for row in session.execute(select(table))]
        for table in Base.metadata.sorted_tables
    }


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_get_and_head_change_no_row_anywhere(
    app: Flask, client: FlaskClient, stored: Callable[[], AbstractContextManager[Session]], method: str
) -> None:
    with stored() as session:
        make_newsletter(session)
        before = snapshot(session)
    for rule, methods in rules_of(app):
        if method in methods:
            assert client.open(filled(rule), method=method).status_code < 500, rule
    with stored() as session:
        assert snapshot(session) == before
