import tomllib
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.setup.codes import readable_code, typed_code
from newsletter_service.setup.plans import differing, facts
from newsletter_service.setup.rules import BadPlan, read_plan
from newsletter_service.setup.wording import fault_words
from tests.set_up import EXAMPLE

DATA = tomllib.loads(EXAMPLE.read_text("utf-8"))


def changed(place: str, value: object) -> dict[str, Any]:
    """The example with another value at a place such as `segments.0.name.nl`; None takes it away."""
    data = deepcopy(DATA)
    *way, last = (int(part) if part.isdigit() else part for part in place.split("."))
    inner: Any = data
    for part in way:
        inner = inner[part]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return data


def faults(data: dict[str, Any]) -> dict[str, str]:
    """What is wrong, by place, in words."""
    with pytest.raises(BadPlan) as refused:
        read_plan(data)
    found: dict[str, str] = {}
    for one in refused.value.faults:
        found[one.place] = f"{found.get(one.place, '')} {fault_words(one, 'nl')}"
    return found


def test_the_example_is_a_plan_and_says_all_that_can_be_said() -> None:
    plan = read_plan(DATA)
    assert [one.slug for one in plan.organisations] == ["noord", "zuid"]
    assert [one.slug for one in plan.segments] == ["politie", "ovv"]
    assert [(one.name, one.subdomains) for one in plan.segments[0].domains] == [
        ("politie-zuid.example", False),
        ("politie-noord.example", True),
    ]
    assert plan.administrator.communicator


@pytest.mark.parametrize(
    ("place", "value", "fault", "says"),
    [
        ("newsletter.name", None, "newsletter.name", "Dit ontbreekt"),
        ("newsletter.name", "x" * 81, "newsletter.name", "81 tekens lang. Gebruik er hooguit 80"),
        ("newsletter.name", 5, "newsletter.name", "Hier hoort tekst"),
        (
            "newsletter.nam",
            "Veilig",
            "newsletter.nam",
            "Dit kennen we niet. Hier kan staan: name, postal_address",
        ),
        ("newsletter.tagline", "Nieuws", "newsletter.tagline", "Hier horen regels met een naam"),
        ("organisations", [], "organisations", "Dit ontbreekt"),
        ("organisations", {}, "organisations", "Hier hoort een lijst"),
        ("organisations.1.short_name", "NOORD", "organisations[2]", "“noord” staat er twee keer"),
        (
            "organisations.0.colours.light.ink",
            "blauw",
            "organisations[1].colours.light.ink",
            "Dit is geen kleur",
        ),
        ("organisations.0.colours.dark", None, "organisations[1].colours.dark", "Dit ontbreekt"),
        (
            "organisations.0.colours.light.ink",
            "#8fa9bb",
            "organisations[1].colours.light",
            "de naam op het eigen vlak heeft een contrast van 2,1. Nodig is 4,5",
        ),
        ("segments.0.name.en", None, "segments[1].name.en", "Dit ontbreekt"),
        ("segments.0.domains.0", "gmail.com", "segments[1].domains[1]", "kan iedereen een adres krijgen"),
        ("segments.0.domains.0", "co.uk", "segments[1].domains[1]", "een eigen naam nemen"),
        ("segments.0.domains.0", "politie-noord.example", "segments[1].domains[2]", "staat er twee keer"),
        ("segments.1.slug", "O V V", "segments[2].slug", "alleen kleine letters"),
        ("calendar.weekday", "thursday", "calendar.weekday", "Kies een van deze woorden: maandag, dinsdag"),
        ("calendar.send_time", "9 uur", "calendar.send_time", "Vul een tijd in"),
        ("calendar.closing_days", 15, "calendar.closing_days", "Vul een getal in van 0 tot 14"),
        ("calendar.closing_days", True, "calendar.closing_days", "Vul een getal in van 0 tot 14"),
        ("calendar.zone", "Europe/Rotterdam", "calendar.zone", "Deze tijdzone kennen we niet"),
        ("calendar.first_day", "10 december", "calendar.first_day", "Vul een datum in"),
        ("administrator.email", "anna", "administrator.email", "geen volledig e-mailadres"),
        (
            "administrator.password",
            "geheim",
            "administrator.password",
            "Zet nooit een wachtwoord in een bestand",
        ),
        ("administrator", None, "administrator", "Dit ontbreekt"),
        ("sender", "a@b.example", "sender", "Dit kennen we niet"),
    ],
)
def test_what_is_wrong_is_named_with_its_place_in_plain_words(
    place: str, value: object, fault: str, says: str
) -> None:
    found = faults(changed(place, value))
    assert says in found[fault]


def test_everything_that_is_wrong_is_named_at_once() -> None:
    data = changed("newsletter.name", "")
    data["calendar"]["closing_days"], data["calendar"]["closing_time"] = 0, "10:00"
    data["segments"][1]["name"] = {"nl": "OVV'ers"}
    assert list(faults(data)) == ["newsletter.name", "segments[2].name.en", "calendar.closing_time"]


NAMES = st.sampled_from(
    ["newsletter", "organisations", "name", "nl", "domains", "colours", "light", "send_time", "first_day"]
)
PLAIN = st.none() | st.booleans() | st.integers() | st.text() | st.dates() | st.times()


@given(st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner)))
def test_whatever_a_file_says_it_is_refused_in_words_and_never_with_a_crash(data: object) -> None:
    for shape in ({"newsletter": data}, {"organisations": data, "segments": data}, {"calendar": data}):
        assert faults(shape)


def test_a_plan_differs_from_itself_in_nothing_and_from_another_where_they_do() -> None:
    plan = read_plan(DATA)
    assert differing(plan, plan) == []
    other = read_plan(changed("segments.0.domains", ["politie-noord.example"]))
    (one,) = differing(other, plan)
    assert (one.place, one.planned) == ("segments.politie.domains", "politie-noord.example")
    assert one.stands == "*.politie-noord.example, politie-zuid.example"
    fewer = differing(read_plan(changed("topics", [])), plan)
    assert fewer[0].place == "topics"
    assert {one.planned for one in fewer} == {""}
    assert set(facts(plan)) > {
        "newsletter.tagline.nl",
        "organisations",
        "organisations.noord.colours",
        "calendar.zone",
    }


def test_weeks_are_counted_from_a_day_before_which_copy_can_still_close() -> None:
    thursdays = read_plan(DATA).calendar
    assert thursdays.counted_from(date(2026, 11, 27)) == date(2026, 12, 3)
    assert thursdays.counted_from(date(2026, 12, 1)) == date(2026, 12, 10)
    given_day = read_plan(changed("calendar.first_day", date(2027, 1, 7))).calendar
    assert given_day.counted_from(date(2026, 11, 27)) == date(2027, 1, 7)


def test_a_code_can_be_typed_as_people_type() -> None:
    code = readable_code(bytes(range(8)))
    assert [len(part) for part in code.split("-")] == [4, 4, 4]
    assert typed_code(code) == typed_code(code.lower().replace("-", " "))
    assert typed_code(code.replace("O", "0").replace("I", "1")) == typed_code(code)
