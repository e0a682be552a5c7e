from dataclasses import replace
from datetime import UTC, datetime

import pytest

from newsletter_service.editions.corrections.emails import (
    OfferedFacts,
    correction_hindered,
    correction_offered,
)
from newsletter_service.editions.emails import (
    ComposedFacts,
    HeldFacts,
    Listed,
    edition_composed,
    edition_held,
)
from newsletter_service.editions.rules import Hindrance, HoldReason, ReleaseRule
from newsletter_service.keys.secret_keys import SecretKeys
from newsletter_service.letters.dates import moment_in_words
from newsletter_service.links.tokens import Tokens
from newsletter_service.links.urls import Links

LINKS = Links("https://nieuwsbrief.example", Tokens(SecretKeys("a-secret-that-only-tests-know-0123456789")))
SENDS = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
ZONE = "Europe/Amsterdam"
FACTS = ComposedFacts(
    12, SENDS, ZONE, ReleaseRule.AUTOMATIC, 1284, (Listed(3, "Open dag"), Listed(5, "Monitor"))
)


def test_a_moment_is_said_as_people_say_it() -> None:
    assert moment_in_words(SENDS, ZONE, "nl") == "donderdag 26 november om 09.00 uur"
    assert moment_in_words(SENDS, ZONE, "en") == "Thursday 26 November at 09:00"


def test_staff_read_when_to_whom_and_what() -> None:
    notice = edition_composed(FACTS, LINKS, "nl")
    (plan,) = notice.paragraphs
    assert "donderdag 26 november om 09.00 uur naar 1284 lezers" in plan
    (contents,) = notice.lists
    assert contents.heading == "In deze editie"
    assert contents.items == (
        ("Open dag", "https://nieuwsbrief.example/redactie/kopij/3"),
        ("Monitor", "https://nieuwsbrief.example/redactie/kopij/5"),
    )
    assert notice.action is not None
    assert notice.action.url == "https://nieuwsbrief.example/redactie/edities/12"


def test_one_reader_is_one_reader() -> None:
    assert "naar 1 lezer." in edition_composed(replace(FACTS, readers=1), LINKS, "nl").paragraphs[0]


def test_under_the_rule_for_both_staff_read_that_agreement_is_needed() -> None:
    assert "akkoord" in edition_composed(replace(FACTS, rule=ReleaseRule.BOTH), LINKS, "nl").paragraphs[0]


def test_staff_are_warned_of_what_will_be_too_late_and_of_what_looks_alike() -> None:
    warned = replace(FACTS, too_late=(Listed(7, "Gala"),), alike=(Listed(8, "Webinar"),))
    _inside, too_late, alike = edition_composed(warned, LINKS, "nl").lists
    assert too_late.heading == "Hiervoor was geen plaats, en de volgende editie komt te laat"
    assert too_late.items == (("Gala", "https://nieuwsbrief.example/redactie/kopij/7"),)
    assert alike.items == (("Webinar", "https://nieuwsbrief.example/redactie/kopij/8"),)


def test_an_edition_without_copy_says_so() -> None:
    notice = edition_composed(replace(FACTS, inside=()), LINKS, "nl")
    assert "geen kopij" in notice.paragraphs[0]
    assert notice.lists == ()


@pytest.mark.parametrize("reason", [why for why in HoldReason if why is not HoldReason.CANCELLING])
def test_every_reason_to_hold_has_its_words(reason: HoldReason) -> None:
    notice = edition_held(HeldFacts(12, SENDS, ZONE, reason), LINKS, "nl")
    assert notice.subject == "Editie 12 wordt vastgehouden"
    assert "%(" not in notice.paragraphs[0]


def test_what_the_mail_server_said_is_passed_on() -> None:
    held = HeldFacts(12, SENDS, ZONE, HoldReason.PAUSED, "550 5.7.1 geweigerd")
    assert edition_held(held, LINKS, "nl").paragraphs[-1] == "De mailserver antwoordde: 550 5.7.1 geweigerd"


def test_an_edition_held_for_want_of_agreement_names_whose() -> None:
    held = HeldFacts(12, SENDS, ZONE, HoldReason.UNSIGNED, missing=("NOORD", "ZUID"))
    assert edition_held(held, LINKS, "nl").paragraphs[1] == "Nog niet akkoord: NOORD en ZUID."


def test_a_head_reads_what_a_correction_says_and_when_it_goes() -> None:
    facts = OfferedFacts(12, ZONE, "Hanneke Noord", "Correctie: de tijd", "Om **15.00 uur**.", SENDS)
    notice = correction_offered(facts, LINKS, "nl")
    (plan,) = notice.paragraphs
    assert plan.startswith("Hanneke Noord wil deze correctie versturen.")
    assert "Dat gebeurt donderdag 26 november om 09.00 uur, tenzij iemand de correctie vasthoudt." in plan
    assert notice.lists[0].items == (("Correctie: de tijd", ""), ("Om 15.00 uur.", ""))
    assert notice.action is not None
    assert notice.action.url == "https://nieuwsbrief.example/redactie/edities/12/correctie"
    waits = correction_offered(replace(facts, due_at=None), LINKS, "nl").paragraphs[0]
    assert "Dat gebeurt pas als elke organisatie akkoord is." in waits


@pytest.mark.parametrize("why", Hindrance)
def test_every_reason_to_hold_a_correction_has_its_words(why: Hindrance) -> None:
    notice = correction_hindered(12, why, LINKS, "nl")
    assert notice.subject == "De correctie op editie 12 wordt vastgehouden"
    assert notice.paragraphs[0]
