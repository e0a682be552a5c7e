from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy.orm import Session

from newsletter_service.staff.rules import Role
from tests.factories import make_newsletter, make_organisation
from tests.staff_browser import make_staff


@pytest.fixture
def email(stored: Callable[[], AbstractContextManager[Session]]) -> str:
    """The address of a head, whose organisation and newsletter there are."""
    with stored() as session:
        make_newsletter(session)
        make_organisation(session)
        return make_staff(session, Role.HEAD, organisation="noord", name="Hanneke Noord").email
