from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.editorial.likeness import THRESHOLD, Print, likeness, look_alikes, normalise

DAY = datetime(2026, 12, 10, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Story:
    id: int
    title: str
    lead: str = ""
    starts_at: datetime | None = None


def alike(first: Story, second: Story) -> float:
    return likeness(Print.of(first), Print.of(second))


RURAL = Story(
    1,
    "Leerhuis ondermijning buitengebied",
    "Bijeenkomst over signalen van ondermijning in het buitengebied, voor gemeenten en politie.",
)
MULES = Story(
    2,
    "Webinar: geldezels op school",
    "Leer hoe jongeren als geldezel worden geronseld en wat scholen kunnen doen.",
)
GUIDE = Story(
    3,
    "Handreiking weerbaar bestuur ligt klaar",
    "De handreiking helpt bestuurders omgaan met bedreiging en intimidatie.",
)
FIGURES = Story(
    4,
    "Regionale monitor: cijfers per gemeente",
    "De monitor laat per gemeente zien hoe het staat met ondermijning.",
)
TRAINING = Story(
    5,
    "Training signalen van mensenhandel",
    "Leer mensenhandel herkennen tijdens huisbezoeken en controles.",
)

SAME_STORY = [
    (
        RURAL,
        "Kennissessie ondermijning in het buitengebied",
        "Een middag over hoe u signalen van ondermijning in het buitengebied herkent.",
    ),
    (
        MULES,
        "Webinar geldezels in het onderwijs",
        "Hoe jongeren worden geronseld als geldezel, en wat een school kan doen.",
    ),
    (
        GUIDE,
        "Nieuwe handreiking Weerbaar Bestuur",
        "Bestuurders krijgen met deze handreiking hulp bij bedreiging en intimidatie.",
    ),
    (
        FIGURES,
        "Monitor ondermijning: uw gemeente in cijfers",
        "Bekijk per gemeente de cijfers over ondermijning in de nieuwe monitor.",
    ),
    (
        TRAINING,
        "Cursus mensenhandel herkennen",
        "Een dag over signalen van mensenhandel bij controles en huisbezoeken.",
    ),
]
ANOTHER_STORY = [
    (
        TRAINING,
        "Training signalen van drugscriminaliteit",
        "Leer drugslabs herkennen aan geur en stroomgebruik.",
    ),
    (GUIDE, "Handreiking Bibob bij vergunningen", "Zo gebruikt u de Wet Bibob bij horeca en evenementen."),
    (MULES, "Webinar cyberweerbaarheid voor gemeenten", "Bereidt u zich voor op een digitale aanval?"),
    (
        RURAL,
        "Terugblik najaarscarrousel",
        "Tweehonderd deelnemers spraken over ondermijning en weerbaarheid.",
    ),
    (
        RURAL,
        "Buitengebied: zo herkent u een drugslab",
        "Lege schuren zijn in trek. Let op een chemische geur.",
    ),
    (FIGURES, "Jaarverslag 2025: cijfers en verhalen", "Terugkijken op een jaar samenwerken in de regio."),
    (FIGURES, "Meedenken over de agenda", "Welke onderwerpen mogen volgend jaar niet ontbreken?"),
]


@pytest.mark.parametrize(("story", "title", "lead"), SAME_STORY)
def test_the_same_story_in_other_words_looks_alike(story: Story, title: str, lead: str) -> None:
    assert alike(story, Story(9, title, lead)) >= THRESHOLD


@pytest.mark.parametrize(("story", "title", "lead"), ANOTHER_STORY)
def test_another_story_does_not_look_alike(story: Story, title: str, lead: str) -> None:
    assert alike(story, Story(9, title, lead)) < THRESHOLD


def test_events_on_the_same_day_look_more_alike_than_on_different_days() -> None:
    def told(starts_at: datetime | None) -> Story:
        return Story(9, "Leerhuis signalen in het buitengebied", RURAL.lead, starts_at)

    event = Story(1, RURAL.title, RURAL.lead, DAY)
    same, unknown, other = (alike(event, told(day)) for day in (DAY, None, DAY + timedelta(days=7)))
    assert same > unknown > other


def test_capitals_accents_punctuation_and_small_words_do_not_matter() -> None:
    assert normalise("De Reünie: óók vóór u!") == "reunie"
    assert alike(Story(1, "Reünie van het team"), Story(2, "REUNIE TEAM!")) == 1.0


def test_a_title_of_small_words_only_is_still_compared() -> None:
    assert normalise("Wat nu?") == "wat nu"
    assert alike(Story(1, "Wat nu?"), Story(2, "En wij dan")) < THRESHOLD


def test_all_pairs_of_a_queue_are_found_once() -> None:
    twin = Story(7, SAME_STORY[0][1], SAME_STORY[0][2])
    found = look_alikes([twin, MULES, RURAL, GUIDE, FIGURES, TRAINING])
    assert [pair.pair for pair in found] == [(1, 7)]


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_symmetric_and_lies_between_nothing_and_all(a: str, b: str, lead: str) -> None:
    first, second = Story(1, a, lead), Story(2, b)
    assert alike(first, second) == pytest.approx(alike(second, first))
    assert 0 <= alike(first, second) <= 1
