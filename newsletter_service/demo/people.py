"""Invented readers: a region of 23 municipalities, with names as they occur in the Netherlands."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import count, cycle, islice, product
from unicodedata import combining, normalize

from newsletter_service.languages import Language

SHARED_DOMAIN = "maasdelta.example"
POLICE_DOMAIN = "politie-maasdelta.example"
PROSECUTION_DOMAIN = "om-maasdelta.example"
ABOLISHED_DOMAIN = "gemeente-oud-kogge.example"
READERS = 400
ON_SHARED_DOMAIN = 240
ON_ABOLISHED_DOMAIN = 2

MUNICIPALITIES = (
    "Aardenhoek", "Bovenmeer", "Dijkerwaard", "Esdoornveld", "Fluitenberg", "Geerlo", "Hoogmade aan de Vliet",
    "IJsselwoude", "Kreekrijk", "Lekoever", "Maasdrecht", "Noordervaart", "Oudewater-Zuid", "Polderkerk",
    "Rietbroek", "Schieveen", "Spuimonde", "Terheijde", "Uiterwaarden", "Vlietstede", "Westmade", "Zandrak",
    "Zuiderkogge",
)  # fmt: skip
FIRST_NAMES = (
    "Annemarie", "Bram", "Chloé", "Daniël", "Esra", "Femke", "Gijs", "Hülya", "Iris", "Jörgen", "Karim",
    "Liesbeth", "Mo", "Noëlle", "Olaf", "Priya", "Quinten", "Renée", "Sjoerd", "Thirza", "Umar", "Valérie",
    "Wouter", "Xander", "Yara", "Zoë", "Anne-Fleur", "Jan-Willem", "Marie-José",
)  # fmt: skip
LAST_NAMES = (
    "de Vries", "van den Berg", "van der Heijden", "Bakker", "Jansen", "ter Horst", "in 't Veld", "Çelik",
    "El Amrani", "van 't Hof", "de Groot-Kuipers", "Smit", "Brûlée", "op den Kamp", "Meijer", "Nguyễn",
    "van Dijk-de Bruin", "Şahin", "Mulder", "Peeters", "uit den Boogaard", "Kovács", "Visser",
)  # fmt: skip
TOPIC_SETS: tuple[tuple[str, ...], ...] = (
    (),
    ("ondermijning", "weerbaar-bestuur"),
    (),
    ("jeugd", "zorg-en-veiligheid"),
    ("buitengebied", "ondermijning"),
    (),
    ("digitaal", "cijfers"),
    ("haven", "ondermijning"),
)


class ComesBack(StrEnum):
    """Why a letter comes back."""

    UNKNOWN = "unknown"
    FULL = "full"
    COMPLAINT = "complaint"


COMES_BACK = {61: ComesBack.UNKNOWN, 187: ComesBack.FULL, 302: ComesBack.COMPLAINT}


@dataclass(frozen=True)
class Person:
    """One invented reader; `vouched`: a communicator checked the segment by hand; `comes_back`: why letters do."""

    name: str
    organisation: str
    address: str
    segments: tuple[str, ...]
    topics: tuple[str, ...]
    language: Language
    vouched: bool
    comes_back: ComesBack | None


def people() -> list[Person]:
    """The same 400 readers every time; 240 of them behind one mail domain, two behind one that is no more."""
    names = islice(_names(), READERS)
    topics = cycle(TOPIC_SETS)
    return [_person(number, name, next(topics)) for number, name in enumerate(names)]


def _names() -> "islice[str]":
    pairs = (f"{first} {last}" for first, last in product(FIRST_NAMES, LAST_NAMES))
    every = list(pairs)
    step = 71  # coprime to the number of pairs: neighbours in the list differ in both names
    return islice((every[(index * step) % len(every)] for index in count()), len(every))


def _person(number: int, name: str, topics: tuple[str, ...]) -> Person:
    segment, domain = _place(number)
    nameless = number % 9 == 4
    return Person(
        name="" if nameless else name,
        organisation="" if number % 6 == 5 else _organisation(number, segment, domain),
        address=f"{_local_part(name)}@{domain}",
        segments=(segment, "ovv") if number % 16 == 11 and segment != "ovv" else (segment,),
        topics=topics,
        language="en" if number % 40 == 17 else "nl",
        vouched=segment == "burgemeesters" or number % 7 == 3,
        comes_back=COMES_BACK.get(number),
    )


def _place(number: int) -> tuple[str, str]:
    """A segment and a domain: 23 mayors first, then offices of which the shared domain has the most."""
    if number < len(MUNICIPALITIES):
        return "burgemeesters", f"gemeente-{_slug(MUNICIPALITIES[number])}.example"
    if number < len(MUNICIPALITIES) + ON_SHARED_DOMAIN:
        return ("beleidsadviseurs", "ovv", "politie", "beleidsadviseurs")[number % 4], SHARED_DOMAIN
    if number >= READERS - ON_ABOLISHED_DOMAIN:
        return "beleidsadviseurs", ABOLISHED_DOMAIN
    rest = number % 5
    if rest < 2:
        return "politie", POLICE_DOMAIN
    if rest == 2:
        return "om", PROSECUTION_DOMAIN
    return "ovv", f"gemeente-{_slug(MUNICIPALITIES[number % len(MUNICIPALITIES)])}.example"


def _organisation(number: int, segment: str, domain: str) -> str:
    """Where somebody says to work: several municipalities share a mail domain."""
    if domain == ABOLISHED_DOMAIN:
        return "Gemeente Oud-Kogge"
    offices = {"politie": "Politie Maasdelta", "om": "Openbaar Ministerie Maasdelta"}
    return offices.get(segment, f"Gemeente {MUNICIPALITIES[number % len(MUNICIPALITIES)]}")


def _local_part(name: str) -> str:
    return _slug(name).replace("-", ".")


def _slug(text: str) -> str:
    plain = "".join(c for c in normalize("NFKD", text.lower()) if not combining(c))
    return "-".join(
        "".join(c if c.isalnum() and c.isascii() else " " for c in plain.replace("'", "")).split()
    )
