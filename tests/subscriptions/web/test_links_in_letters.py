"""Links as letters carry them: forwarded they give away no profile, and nothing that clings to them breaks them."""

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from newsletter_service.budgets.rules import FormLimits
from newsletter_service.delivery.models import Delivery
from newsletter_service.letters.mime.reading import text_of
from newsletter_service.subscriptions.models import Subscriber
from tests.letters_made import mail_of
from tests.subscriptions.web.conftest import ADDRESS, Pages, Stored

SetStatus = Callable[[str], None]
Status = Callable[[], str | None]
PROFILE = (ADDRESS, "Anna", "Politie", "Burgemeesters", "Jeugd", "gecontroleerd", "checked")
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
ENDS = (
    ".",
    ")",
    ">",
    ",",
    " ",
    ";",
    "]",
    '"',
    "'",
    "’",
    "\u00a0",
    ").",
    '">',
    "%2E",
    "%3E",
    "_",
    "-",
    "/",
    "./",
    ")/",
)


def words_of(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_behind_a_letters_link_tells_nothing_of_its_owner(
    client: FlaskClient, anna: Pages, language: str
) -> None:
    for address in (anna.manage_in_letter(), anna.leave()):
        page = words_of(client.get(f"{address}?taal={language}").text)
        assert "a***@politie.example" in page
        for what in PROFILE:
            assert what not in page


def test_a_letters_link_changes_no_preferences(client: FlaskClient, stored: Stored, anna: Pages) -> None:
    answer = client.post(anna.manage_in_letter(), data={"name": "Eva", "language": "en"})
    assert answer.status_code == 403
    assert "a***@politie.example" in answer.text
    with stored() as session:
        reader = session.scalars(select(Subscriber)).one()
        assert (reader.name, reader.language, len(reader.memberships)) == ("Anna", "nl", 2)


def test_a_letters_link_leads_out_of_the_newsletter(client: FlaskClient, anna: Pages, status: Status) -> None:
    page = client.get(anna.manage_in_letter()).text
    assert f'action="{anna.leave()}"' in page
    client.post(anna.leave())
    assert status() == "left"
    assert "U bent afgemeld" in client.get(anna.manage_in_letter()).text


def test_whoever_comes_back_by_a_letters_link_is_led_to_no_profile(client: FlaskClient, anna: Pages) -> None:
    client.post(anna.leave())
    page = client.post(f"{anna.leave()}/terug").text
    (onward,) = set(re.findall(r'href="(/voorkeuren/[^"]+)"', page))
    assert onward == anna.manage_in_letter()


def test_the_owner_is_mailed_a_link_of_one_day_that_opens_everything(
    client: FlaskClient, stored: Stored, anna: Pages
) -> None:
    answer = client.post(f"{anna.manage_in_letter()}/link")
    assert answer.headers["Location"] == "/link-kwijt/onderweg"
    with stored() as session:
        row = session.scalars(select(Delivery)).one()
        assert row.address == ADDRESS
        letter = mail_of(row.letter)
    (link,) = re.findall(r"https://nieuwsbrief.example(/voorkeuren/\S+)", text_of(letter))
    assert link == anna.manage()
    page = client.get(link).text
    for what in (ADDRESS, "Anna", "Politie", "Jeugd"):
        assert what in page


def test_no_more_links_are_mailed_in_a_day_than_are_asked_for_elsewhere(
    client: FlaskClient, stored: Stored, anna: Pages
) -> None:
    answers = {
        client.post(f"{anna.manage_in_letter()}/link").data for _ in range(FormLimits().mailbox_daily + 2)
    }
    assert len(answers) == 1
    with stored() as session:
        assert session.scalars(select(func.count()).select_from(Delivery)).one() == FormLimits().mailbox_daily


@pytest.mark.parametrize("end", ENDS)
def test_nothing_that_clings_to_a_link_breaks_it(client: FlaskClient, anna: Pages, end: str) -> None:
    for link in (anna.confirm(), anna.never(), anna.manage(), anna.manage_in_letter(), anna.leave()):
        for written in (end, quote(end, safe="/%"), quote(end)):
            assert client.get(link + written).status_code == 200, link + written


@pytest.mark.parametrize("end", ENDS)
def test_a_mail_program_leaves_by_a_link_with_something_clinging_to_it(
    client: FlaskClient, anna: Pages, status: Status, end: str
) -> None:
    assert client.post(anna.leave() + quote(end, safe="/%"), data=ONE_CLICK).status_code == 200
    assert status() == "left"


@pytest.mark.parametrize("path", ["//afmelden/x", "/afmelden//x", "/afmelden/x//"])
def test_no_post_is_ever_redirected(client: FlaskClient, anna: Pages, path: str) -> None:
    answer = client.post(path.replace("x", anna.leave().rpartition("/")[2]), data=ONE_CLICK)
    assert answer.status_code not in range(300, 400)
