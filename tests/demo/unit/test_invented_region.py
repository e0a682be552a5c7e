from collections import Counter
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from PIL import Image

from newsletter_service.demo.items import ITEMS
from newsletter_service.demo.people import ABOLISHED_DOMAIN, MUNICIPALITIES, READERS, people
from newsletter_service.demo.pictures import PICTURES, Picture, draw
from newsletter_service.letters.markdown.html import links_in
from newsletter_service.subscriptions.addresses import parse_address
from newsletter_service.subscriptions.rules import clean_name


def test_the_readers_are_the_same_every_time() -> None:
    assert people() == people()


def test_most_readers_sit_behind_one_domain() -> None:
    domains = Counter(person.address.rpartition("@")[2] for person in people())
    assert domains.most_common(1)[0][1] == READERS * 60 // 100
    assert domains[ABOLISHED_DOMAIN] == 2


def test_every_reader_has_an_address_and_a_name_that_the_form_would_take() -> None:
    readers = people()
    assert len({person.address for person in readers}) == len(readers) == READERS
    for person in readers:
        assert parse_address(person.address).text == person.address
        assert person.address.endswith(".example")
        assert clean_name(person.name) == person.name


def test_names_are_as_varied_as_names_are() -> None:
    names = " ".join(person.name for person in people())
    assert all(part in names for part in ("-", "van der ", "ë", "'t", "Ş", "ễ"))
    assert any(not person.name for person in people())


def test_every_municipality_has_a_mayor_whom_somebody_vouched_for() -> None:
    mayors = [person for person in people() if "burgemeesters" in person.segments]
    assert len(mayors) == len(MUNICIPALITIES) == 23
    assert len({person.address.rpartition("@")[2] for person in mayors}) == 23
    assert all(person.vouched for person in mayors)


def test_both_languages_are_read() -> None:
    languages = Counter(person.language for person in people())
    assert languages["nl"] > languages["en"] > 0


def test_both_organisations_queue_all_kinds_of_items() -> None:
    assert len(ITEMS) == 28
    for organisation in ("var", "riec"):
        kinds = {item.kind for item in ITEMS if item.organisation == organisation}
        assert kinds == {"news", "event", "publication", "call"}


def test_items_differ_in_all_that_decides_who_gets_them_and_when() -> None:
    for trait in ("restricted", "joint", "not_before", "expires", "segments", "topics", "picture", "starts"):
        having = [item for item in ITEMS if getattr(item, trait)]
        assert 0 < len(having) < len(ITEMS), trait


def test_no_item_leads_to_a_site_that_exists() -> None:
    for item in ITEMS:
        addresses = [item.link, *(address for _label, address in links_in(item.body))]
        assert all(not address or urlsplit(address).netloc.endswith(".example") for address in addresses)


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES.keys())
def test_a_picture_is_drawn_the_same_every_time(picture: Picture) -> None:
    content = draw(picture)
    assert content == draw(picture)
    with Image.open(BytesIO(content)) as image:
        assert (image.format, image.size) == ("PNG", (1152, 576))
