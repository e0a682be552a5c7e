"""What may be done to an account, decided on plain values."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from newsletter_service.staff.rules import Role


class AccountState(StrEnum):
    """How an account stands: nobody ever signed in with one that is only invited."""

    INVITED = "invited"
    OPEN = "open"
    CLOSED = "closed"


def state_of(*, active: bool, can_sign_in: bool) -> AccountState:
    """Returns how an account stands."""
    if not active:
        return AccountState.CLOSED
    return AccountState.OPEN if can_sign_in else AccountState.INVITED


@dataclass(frozen=True)
class Standing:
    """What matters of an account where administrators are counted."""

    user_id: int
    state: AccountState
    roles: Collection[Role]

    @property
    def administers(self) -> bool:
        """Whether there is an administrator behind it who can sign in."""
        return self.state is AccountState.OPEN and Role.ADMINISTRATOR in self.roles


def leaves_an_administrator(before: Collection[Standing], after: Standing) -> bool:
    """Whether somebody can still administer once the account of `after` stands like that.

    Where nobody could before, nothing is lost.
    """
    others = [one for one in before if one.user_id != after.user_id]
    some_before = any(one.administers for one in before)
    return not some_before or after.administers or any(one.administers for one in others)
