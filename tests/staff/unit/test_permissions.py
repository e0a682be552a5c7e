import pytest

from newsletter_service.staff.rules import (
    Actor,
    Role,
    may_edit_edition,
    may_edit_item,
    may_sign_off,
)

NORTH, SOUTH = 1, 2
HEAD = Actor({Role.HEAD}, NORTH)
COMMUNICATOR = Actor({Role.COMMUNICATOR}, None)
ADMINISTRATOR = Actor({Role.ADMINISTRATOR}, None)
ALL_ROLES = Actor(set(Role), NORTH)
ROLE_WITHOUT_ORGANISATION = Actor({Role.HEAD}, None)
MEMBER_WITHOUT_ROLE = Actor(set(), NORTH)

#        who                        item N  item S edition sign N sign S
TABLE = [
    (HEAD, True, False, True, True, False),
    (COMMUNICATOR, True, True, True, False, False),
    (ADMINISTRATOR, False, False, False, False, False),
    (ALL_ROLES, True, True, True, True, False),
    (ROLE_WITHOUT_ORGANISATION, False, False, True, False, False),
    (MEMBER_WITHOUT_ROLE, False, False, False, False, False),
]


@pytest.mark.parametrize(("actor", "north", "south", "edition", "sign_north", "sign_south"), TABLE)
def test_every_role_may_do_its_own_work_and_no_more(
    actor: Actor, north: bool, south: bool, edition: bool, sign_north: bool, sign_south: bool
) -> None:
    assert (may_edit_item(actor, NORTH), may_edit_item(actor, SOUTH)) == (north, south)
    assert may_edit_edition(actor) == edition
    assert (may_sign_off(actor, NORTH), may_sign_off(actor, SOUTH)) == (sign_north, sign_south)
