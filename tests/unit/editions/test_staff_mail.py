from dataclasses import replace
from datetime import UTC, datetime

import pytest

from newsletter_service.editions.emails import (
    ComposedFacts,
    HeldFacts,
    edition_composed,
    edition_held,
    moment_in_words,
)
from newsletter_service.editions.rules import HoldReason, ReleaseRule
from newsletter_service.links import Links
from newsletter_service.tokens import Tokens

LINKS = Links("https://nieuwsbrief.example", Tokens("a-secret-that-only-tests-know-0123456789"))
SENDS = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
ZONE = "Europe/Amsterdam"
FACTS = ComposedFacts(12, SENDS, ZONE, ReleaseRule.AUTOMATIC, 1284, ("Open dag", "Monitor"))


def test_a_moment_is_said_as_people_say_it() -> None:
    assert moment_in_words(SENDS, ZONE, "nl") == "donderdag 26 november om 09.00 uur"
    assert moment_in_words(SENDS, ZONE, "en") == "Thursday 26 November at 09:00"


def test_staff_read_when_to_whom_and_what() -> None:
    notice = edition_composed(FACTS, LINKS, "nl")
    plan, contents = notice.paragraphs
    assert "donderdag 26 november om 09.00 uur naar 1284 lezers" in plan
    assert contents == "In deze editie: Open dag; Monitor."
    assert notice.action is not None
    assert notice.action.url == "https://nieuwsbrief.example/redactie/edities/12"


def test_one_reader_is_one_reader() -> None:
    assert "naar 1 lezer." in edition_composed(replace(FACTS, readers=1), LINKS, "nl").paragraphs[0]


def test_under_the_rule_for_both_staff_read_that_agreement_is_needed() -> None:
    assert "akkoord" in edition_composed(replace(FACTS, rule=ReleaseRule.BOTH), LINKS, "nl").paragraphs[0]


def test_staff_are_warned_of_what_will_be_too_late_and_of_what_looks_alike() -> None:
    warned = edition_composed(replace(FACTS, too_late=("Gala",), alike=("Webinar",)), LINKS, "nl").paragraphs
    assert "komt te laat: Gala" in warned[2]
    assert "Webinar" in warned[3]


def test_an_edition_without_copy_says_so() -> None:
    (paragraph,) = edition_composed(replace(FACTS, inside=()), LINKS, "nl").paragraphs
    assert "geen kopij" in paragraph


@pytest.mark.parametrize("reason", HoldReason)
def test_every_reason_to_hold_has_its_words(reason: HoldReason) -> None:
    notice = edition_held(HeldFacts(12, SENDS, ZONE, reason), LINKS, "nl")
    assert notice.subject == "Editie 12 wordt vastgehouden"
    assert "%(" not in notice.paragraphs[0]


def test_what_the_mail_server_said_is_passed_on() -> None:
    held = HeldFacts(12, SENDS, ZONE, HoldReason.PAUSED, "550 5.7.1 geweigerd")
    assert edition_held(held, LINKS, "nl").paragraphs[-1] == "De mailserver antwoordde: 550 5.7.1 geweigerd"
