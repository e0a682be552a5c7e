"""Use cases of budgets: look, hold, use, give back."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from newsletter_service.budgets.models import BudgetUse
from newsletter_service.budgets.rules import Budget
from newsletter_service.db import add_missing

_KEY_LETTERS = 32


@dataclass(frozen=True)
class Purse:
    """The budget of one source; `key` names nobody."""

    key: str
    budget: Budget


def purse(what: str, whose: str, budget: Budget, secret_key: str) -> Purse:
    """The purse of somebody, an address or a network, for something; only a keyed hash of both is kept."""
    sealed = hmac.digest(secret_key.encode(), f"budget {what} {whose}".encode(), "sha256")
    return Purse(sealed.hex()[:_KEY_LETTERS], budget)


def wait(session: Session, purses: Sequence[Purse], now: datetime) -> timedelta:
    """How long the next use of all of these has to wait; reads only."""
    rows = session.scalars(select(BudgetUse).where(BudgetUse.key.in_([one.key for one in purses])))
    used = {row.key: row.used_until for row in rows}
    return max(one.budget.wait(used.get(one.key), now) for one in purses)


@dataclass(frozen=True)
class Held:
    """Purses that nobody else uses until the transaction ends."""

    rows: Mapping[str, BudgetUse]
    now: datetime

    def wait(self, *purses: Purse, patient: bool = True) -> timedelta:
        """How long the next use of all of these has to wait; who is not `patient` leaves the reserve."""
        return max(
            one.budget.wait(self.rows[one.key].used_until, self.now, patient=patient) for one in purses
        )

    def use(self, *purses: Purse, times: int = 1) -> None:
        """Use each of these so many times; not at all is as much work for the database."""
        for one in purses:
            row = self.rows[one.key]
            row.used_until = one.budget.used(row.used_until, self.now, times)
            flag_modified(row, "used_until")

    def give_back(self, *purses: Purse) -> None:
        """Take one use of each of these back."""
        for one in purses:
            self.rows[one.key].used_until -= one.budget.each


def hold(session: Session, purses: Sequence[Purse], now: datetime) -> Held:
    """Hold purses, made where there are none; always in one order, so that nobody waits for each other."""
    keys = sorted(one.key for one in purses)
    add_missing(session, BudgetUse, [{"key": key, "used_until": now} for key in keys])
    rows = select(BudgetUse).where(BudgetUse.key.in_(keys)).order_by(BudgetUse.key)
    held = rows.with_for_update().execution_options(populate_existing=True)
    return Held({row.key: row for row in session.scalars(held)}, now)


def charge(session: Session, purses: Sequence[Purse], now: datetime) -> timedelta:
    """Count one use of each of `purses`; or answer for how long that has to wait, and count nothing."""
    held = hold(session, purses, now)
    waits = held.wait(*purses)
    if not waits:
        held.use(*purses)
    return waits


def give_back(session: Session, purses: Sequence[Purse], now: datetime) -> None:
    """Take back one use of each of `purses`."""
    hold(session, purses, now).give_back(*purses)


def purge(session: Session, now: datetime) -> None:
    """Forget uses that no longer count."""
    session.execute(delete(BudgetUse).where(BudgetUse.used_until <= now))
