"""A list of readers handed in on its pages, as a member of staff does it without a script."""

import re
from io import BytesIO

from tests.staff_browser import StaffBrowser

LISTS = "/redactie/lezers/lijsten"
ANSWERS = {
    "words": "Vakje 'Ja, stuur mij de nieuwsbrief' op het aanmeldformulier",
    "place": "https://oud.gemeente.example/nieuwsbrief",
}


def hand_in(who: StaffBrowser, text: str | bytes, name: str = "lezers.csv") -> str:
    """Hand in a file; the address of the list's page."""
    data = text.encode() if isinstance(text, str) else text
    answer = who.post(LISTS, file=(BytesIO(data), name))
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def guessed(who: StaffBrowser, page: str) -> dict[str, str]:
    """What the page takes each column for."""
    html = who.get(page).text
    selects = re.findall(r'<select name="(kolom-\d+)".*?</select>', html, re.DOTALL)
    bodies = re.findall(r'<select name="kolom-\d+".*?</select>', html, re.DOTALL)
    chosen = [re.search(r'value="(\w*)" selected', body) for body in bodies]
    return {name: found[1] if found else "" for name, found in zip(selects, chosen, strict=True)}


def answer(who: StaffBrowser, page: str, **more: object) -> None:
    """Say where consent came from, and leave the columns as they were guessed unless told otherwise."""
    sent = who.post(f"{page}/antwoorden", **{**guessed(who, page), **ANSWERS, **more})
    assert sent.status_code == 303, sent.text
