"""A mistake in an edition that went out: its correction reaches exactly those who have the edition."""

import re
from datetime import timedelta

from newsletter_service.letters.mime.reading import html_of, text_of
from tests.journeys.office import Office, editions_in, fill_both_queues, fresh
from tests.smtp_server import RecordingServer

PAGE = "/redactie/edities/1"
SUBJECT = "Correctie: de carrousel begint later"
TEXT = "De carrousel begint niet om 13.30 uur, maar om **15.00 uur**."


def seen(office: Office, path: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]*)"', office.editor.get(path).text)
    assert found is not None
    return found[1]


def correct(office: Office) -> str:
    """Write the correction, look at it, and let it go; what the page then says."""
    form, ask = f"{PAGE}/correctie", f"{PAGE}/correctie/versturen"
    office.editor.done(form, subject=SUBJECT, text=TEXT)
    assert "15.00 uur" in office.editor.text(f"{form}/voorbeeld?vorm=tekst")
    look = seen(office, ask)
    office.var.done(ask, seen=look)
    return office.riec.done(f"{form}/akkoord", seen=look)


def release(office: Office) -> None:
    fill_both_queues(office)
    office.move_to("closing")
    office.move_to("release")


def test_a_correction_reaches_exactly_those_who_have_the_edition(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    smtp.answers[readers["om"]] = "550 5.1.1 no such user"
    smtp.after_data[readers["haven"]] = "drop"
    release(office)
    (mail,) = editions_in(smtp.to(readers["ovv"]))
    leave = str(mail.message["List-Unsubscribe"]).strip(" <>")
    assert fresh(office.app).post(leave, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    smtp.answers.clear()
    smtp.after_data.clear()
    smtp.received.clear()

    assert "De correctie gaat nu de deur uit." in correct(office)
    office.tick()
    got = [mail for mail in editions_in(smtp.received) if mail.message["Subject"] == SUBJECT]
    expected = set(readers.values()) - {readers["om"], readers["ovv"]}
    assert sorted(mail.recipient for mail in got) == sorted(expected)
    page = office.editor.text(PAGE)
    assert f"Verstuurde correctie {SUBJECT}" in page
    assert re.search(r"Bedoeld 6 = Verstuurd [^=+]* 6 \+ Mislukt [^=+]* 0\b", page), page


def test_a_correction_is_a_letter_like_an_edition_in_the_readers_language(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    release(office)
    smtp.received.clear()
    correct(office)
    office.tick()
    (mail,) = editions_in(smtp.to(readers["english"]))
    assert "This corrects number 1" in " ".join(text_of(mail.content).split())
    assert "<strong" in html_of(mail.content)
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    leave = str(mail.message["List-Unsubscribe"]).strip(" <>")
    assert fresh(office.app).post(leave, data={"List-Unsubscribe": "One-Click"}).status_code == 200


def test_whoever_leaves_while_a_correction_is_held_does_not_get_it(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    release(office)
    (mail,) = editions_in(smtp.to(readers["om"]))
    smtp.received.clear()
    page = correct(office)
    assert "Houd de correctie vast" in page
    office.editor.done(f"{PAGE}/correctie/vasthouden", correctie=1)
    office.tick()
    assert editions_in(smtp.received) == []
    leave = str(mail.message["List-Unsubscribe"]).strip(" <>")
    fresh(office.app).post(leave, data={"List-Unsubscribe": "One-Click"})
    office.editor.done(f"{PAGE}/correctie/hervatten", correctie=1)
    office.tick()
    recipients = {mail.recipient for mail in editions_in(smtp.received)}
    assert recipients == set(readers.values()) - {readers["om"]}


def test_a_correction_waits_for_half_an_hour_and_stands_under_the_edition_and_in_the_archive(
    office: Office, readers: dict[str, str], smtp: RecordingServer
) -> None:
    release(office)
    first = {mail.recipient: mail.message["Message-ID"] for mail in editions_in(smtp.received)}
    smtp.received.clear()
    office.editor.done(f"{PAGE}/correctie", subject=SUBJECT, text=TEXT)
    office.var.done(f"{PAGE}/correctie/versturen", seen=seen(office, f"{PAGE}/correctie/versturen"))
    office.tick()
    assert editions_in(smtp.received) == []
    (asked,) = [mail for mail in smtp.received if "correctie op editie 1" in mail.message["Subject"]]
    assert asked.recipient == "zeki.zuid@redactie.example"
    assert "15.00 uur" in text_of(asked.content)

    office.clock.now += timedelta(minutes=30)
    office.tick()
    got = editions_in(smtp.received)
    assert {mail.recipient for mail in got} == first.keys()
    for mail in got:
        assert mail.message["In-Reply-To"] == mail.message["References"] == first[mail.recipient]
    web = re.search(r"https://\S+/archief/1#(correctie-\d+)", text_of(got[0].content))
    assert web is not None
    page = fresh(office.app).get("/archief/1").text
    assert f'id="{web[1]}"' in page
    assert "om <strong>15.00 uur</strong>" in page
