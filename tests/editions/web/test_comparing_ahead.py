from flask import Flask

from newsletter_service.db import db
from tests.comparing import compared_within
from tests.editions.web.conftest import Office
from tests.staff_browser import StaffBrowser


def test_the_page_has_compared_before_the_transaction_that_composes(
    app: Flask, communicator: StaffBrowser
) -> None:
    with app.app_context():
        engine = db.engine
    assert compared_within(engine, lambda: communicator.done("/redactie/edities/13/samenstellen")) == [0]


def test_putting_an_item_in_has_compared_before_its_transaction(
    app: Flask, communicator: StaffBrowser, office: Office
) -> None:
    with app.app_context():
        engine = db.engine

    def add() -> None:
        communicator.done("/redactie/edities/12/erbij", item_id=office.late)

    assert compared_within(engine, add) == [0]
