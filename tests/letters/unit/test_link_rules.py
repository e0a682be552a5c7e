from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter_service.letters.links.rules import Concern, Outcome, Refusal, concerns, judge, personal_page

SITE = "https://nieuwsbrief.example"
SAFE = "https://eur02.safelinks.protection.outlook.com/?url="
PLAN = "https://www.gemeente.example/plan"


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("https://www.gemeente.example/plan", PLAN),
        (" www.gemeente.example/plan ", PLAN),
        ("<https://www.gemeente.example/plan>", PLAN),
        ("https://www.gemeente.example/pl\u200ban", PLAN),
        ("HTTPS://www.gemeente.example/?", "https://www.gemeente.example/?"),
        ("https://www.gemeente.example/mijn verslag.pdf", "https://www.gemeente.example/mijn%20verslag.pdf"),
        (
            "https://www.gemeente.example/überzicht(1).pdf",
            "https://www.gemeente.example/%C3%BCberzicht%281%29.pdf",
        ),
        ("https://www.gemeente.example/100%", "https://www.gemeente.example/100%25"),
        (
            "https://www.gemeente.example/?a[]=1&copy;=2#deel",
            "https://www.gemeente.example/?a[]=1&copy;=2#deel",
        ),
        (f"{PLAN}?si=1&t=2;x#deel=3&4", f"{PLAN}?si=1&t=2;x#deel=3&4"),
        ("https://www.gemeente.example/a;v=1/b", "https://www.gemeente.example/a;v=1/b"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("http://127.0.0.1:8000/x", "http://127.0.0.1:8000/x"),
        ("tel:+31 (0)10 123 45 67", "tel:+31101234567"),
        (
            "mailto:post@gemeente.example?subject=Een vraag",
            "mailto:post@gemeente.example?subject=Een%20vraag",
        ),
        ("post@gemeente.example", "mailto:post@gemeente.example"),
        ("Voorkeuren", "voorkeuren"),
    ],
)
def test_links_go_out_in_one_form(typed: str, url: str) -> None:
    verdict = judge(typed, SITE)
    assert (verdict.outcome, verdict.url) == (Outcome.OK, url)


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        (f"{SAFE}https%3A%2F%2Fwww.gemeente.example%2Fplan&data=05%7C02%7Cjan%40gemeente.example%7C", PLAN),
        (SAFE + quote(f"{SAFE}{quote(PLAN, safe='')}&data=1", safe="") + "&data=2", PLAN),
        (f"{SAFE}mailto%3Apost%40gemeente.example&data=1", "mailto:post@gemeente.example"),
        (f"https://gbr01.safelinks.protection.outlook.com/ap/w-5958/?url={quote(PLAN)}", PLAN),
        ("https://urldefense.proofpoint.com/v1/url?u=https://www.gemeente.example/plan&k=x", PLAN),
        ("https://urldefense.proofpoint.com/v2/url?u=https-3A__www.gemeente.example_plan&d=DwMF", PLAN),
        ("https://urldefense.com/v3/__https://www.gemeente.example/plan__;!!AbC!x-y$", PLAN),
        ("https://urldefense.com/v3/__https:/a.example/**A__;w7zDvA!!A!x$", "https://a.example/%C3%BC%C3%BC"),
        ("https://www.google.com/url?sa=t&url=https%3A%2F%2Fwww.gemeente.example%2Fplan&ved=2ah", PLAN),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.gemeente.example%2Fplan%3Ffbclid%3DIw&h=AT", PLAN),
        ("https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fwww.gemeente.example%2fplan&c=E,1", PLAN),
        (f"{PLAN}?utm_source=mail&UTM_Medium=nb&mc_eid=1a2b&id=7#kop", f"{PLAN}?id=7#kop"),
        (f"{PLAN}?id=7&amp;utm_source=mail", f"{PLAN}?id=7"),
        (f"{PLAN}?web=1&xsdata=MDV8&sdata=eA%3D&ovuser=1%2Cjan%40gemeente.example", f"{PLAN}?web=1"),
        (f"{PLAN}?matomo_campaign=nb&piwik_kwd=plan&rcm=ACoAA", PLAN),
        (f"{PLAN}?fbclid=x&gclid=y&msclkid=z&_hsenc=a&mc_cid=b", PLAN),
        (f"{PLAN}#utm_source=mail&utm_medium=nb", PLAN),
        (f"{PLAN}?id=7#kop?utm_source=mail", f"{PLAN}?id=7#kop"),
        (f"{PLAN}#/stap/2?utm_source=mail&id=7", f"{PLAN}#/stap/2?id=7"),
        (f"{PLAN}#kop&mtm_campaign=nb", f"{PLAN}#kop"),
        (f"{PLAN}?id=7;utm_source=mail;b=2", f"{PLAN}?id=7;b=2"),
        (f"{PLAN};utm_source=mail?id=7", f"{PLAN}?id=7"),
        (f"{PLAN}?utm_source=a&amp;id=7&amp;utm_medium=b&amp;c=1", f"{PLAN}?id=7&amp;c=1"),
        ("https://youtu.be/dQw4w9WgXcQ?si=AbCdEf&t=42", "https://youtu.be/dQw4w9WgXcQ?t=42"),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&feature=share&si=x", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://open.spotify.com/episode/4rO?si=x", "https://open.spotify.com/episode/4rO"),
        ("https://x.com/gemeente/status/1?s=20&t=x", "https://x.com/gemeente/status/1"),
    ],
)  # fmt: skip
def test_what_identifies_somebody_is_taken_off(typed: str, url: str) -> None:
    verdict = judge(typed, SITE)
    assert (verdict.outcome, verdict.url) == (Outcome.CLEAN, url)


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("https://www.politie.example@kwaad.example/", Refusal.USER),
        ("https://www.politie.example\\@kwaad.example/", Refusal.USER),
        (f"{SAFE}https%3A%2F%2Fpolitie.example%40kwaad.example%2F", Refusal.USER),
        (f"{SAFE}javascript%3Aalert(1)", Refusal.SCHEME),
        ("https://www.google.nl/url?q=zoekwoord", Refusal.ADDRESS),
        ("https://politie.example%40kwaad.example/", Refusal.HOST),
        ("http:kwaad.example", Refusal.HOST),
        ("https:///kwaad.example", Refusal.HOST),
        ("https://intranet/plan", Refusal.HOST),
        ("https://gemeente.example\\plan", Refusal.HOST),
        ("https://gemeente.example:99999/", Refusal.HOST),
        ("https://" + "a-" * 100_000 + ".example", Refusal.HOST),
        ("javascript:alert(1)", Refusal.SCHEME),
        ("JavaScript\t:alert(1)", Refusal.SCHEME),
        ("data:text/html;base64,PHNjcmlwdD4=", Refusal.SCHEME),
        ("file:///etc/passwd", Refusal.SCHEME),
        ("ftp://bestanden.example/", Refusal.SCHEME),
        ("tel:bel ons", Refusal.PHONE),
        ("mailto:iemand", Refusal.ADDRESS),
        ("//gemeente.example/plan", Refusal.ADDRESS),
        ("gemeente.example/plan", Refusal.ADDRESS),
        ("zie boven", Refusal.ADDRESS),
        ("", Refusal.ADDRESS),
    ],
)
def test_what_misleads_or_leads_nowhere_is_refused(typed: str, refusal: Refusal) -> None:
    assert judge(typed, SITE).refusal is refusal


@pytest.mark.parametrize("page", ["voorkeuren", "afmelden", "bevestigen", "niet-ik", "mijn-gegevens"])
@pytest.mark.parametrize(
    "typed",
    [
        "https://nieuwsbrief.example/{}/12-1-zegel",
        "http://NIEUWSBRIEF.Example:8080/{}/12-1-zegel?taal=en",
        "nieuwsbrief.example/{}/12-1-zegel",
        "https://www.nieuwsbrief.example./{}/12-1-zegel",
        "https://nieuwsbrief.example//{}//12-1-zegel",
        "https://nieuwsbrief.example/x/../{}/12-1-zegel",
        "https://nieuwsbrief.example%2F{}%2F12-1-zegel",
        "https://proxy.example/?naar=https%253A%252F%252Fnieuwsbrief.example%252F{}%252F12-1-zegel",
        "https://urldefense.com/v3/__https://nieuwsbrief.example/{}/12-1-zegel__;!!AbC!x$",
        "Kijk (https://nieuwsbrief.example/{}/12-1-zegel), zei hij.",
    ],
)
def test_links_of_one_reader_are_found_however_they_are_written(typed: str, page: str) -> None:
    assert personal_page(typed.format(page), SITE) == page


def test_links_of_one_reader_block() -> None:
    inside = "https-3A__nieuwsbrief.example_voorkeuren_12-2D1-2Dzegel"
    for typed in (
        f"{SITE}/voorkeuren/12-1-zegel",
        f"{SITE}/%76oorkeuren/12-1-zegel",
        f"{SAFE}https%3A%2F%2Fnieuwsbrief.example%2Fvoorkeuren%2F12-1-zegel&data=1",
        f"https://urldefense.proofpoint.com/v2/url?u={inside}&d=x",
    ):
        verdict = judge(typed, SITE)
        assert (verdict.outcome, verdict.page) == (Outcome.BLOCK, "voorkeuren")


@pytest.mark.parametrize(
    "typed",
    [
        f"{SITE}/aanmelden",
        f"{SITE}/archief/12",
        f"{SITE}/voorkeuren",
        "https://elders.example/voorkeuren/12-1-zegel",
        "https://andere-nieuwsbrief.example/voorkeuren/12-1-zegel",
    ],
)
def test_other_pages_do_not_block(typed: str) -> None:
    assert judge(typed, SITE).outcome is Outcome.OK


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://bit.ly/3abcd", (Concern.SHORTENED,)),
        ("https://eu-west-1.protect-eu.mimecast.com/s/abc", (Concern.SHORTENED,)),
        ("https://www.bit.ly/3abcd", (Concern.SHORTENED,)),
        (f"{SITE}/redactie/edities/12", (Concern.FOR_STAFF,)),
        ("https://www.gemeente.example/?lezer=jan%40gemeente.example", (Concern.NAMES_SOMEBODY,)),
        ("http://www.gemeente.example/", (Concern.UNENCRYPTED,)),
        ("https://teams.example/l/19%3ameeting%40thread.v2/0", ()),
        ("mailto:post@gemeente.example", ()),
        (PLAN, ()),
    ],
)
def test_people_are_told_what_is_doubtful(url: str, found: tuple[Concern, ...]) -> None:
    assert concerns(url, SITE) == found


def test_our_page_without_a_token_is_nobodys_own() -> None:
    assert personal_page(f"Kies [hier]({SITE}/voorkeuren/) wat u leest.", SITE) == ""


STARTS = st.sampled_from(["", "https://", "www.", "mailto:", f"{SAFE}https%3A%2F%2F"])
TYPING = st.text(alphabet=st.sampled_from("ab.:/?&=#%@()[]\\ ü2F*-_;!|'\"<>"), max_size=60)


@given(TYPING, STARTS)
def test_judging_again_changes_nothing(rest: str, start: str) -> None:
    verdict = judge(start + rest, SITE)
    if verdict.url:
        again = judge(verdict.url, SITE)
        assert (again.url, again.outcome) == (verdict.url, Outcome.OK)
        assert verdict.url.isascii()
        assert not set(verdict.url) & set(' "<>()\\^`{|}')
