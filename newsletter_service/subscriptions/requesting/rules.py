"""Pure decisions about asking many people by mail: at which pace, and what is left for those who sign up themselves."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from math import ceil

from newsletter_service.budgets.rules import Budget, FormLimits


def leaving_room(budget: Budget) -> Budget:
    """A budget of which two thirds of what is there at once are left to people who sign up themselves."""
    return replace(budget, reserve=2 * budget.free // 3)


@dataclass
class Pace:
    """When each of many is asked: as they follow each other, no budget of theirs holds them up.

    What grows back of the budget of all makes slots, of which each takes the first that is free from when on its
    domain's budget lets it; `ahead` are asked before them all.
    """

    limits: FormLimits
    now: datetime
    ahead: int = 0
    last: datetime | None = None
    _free_at: dict[str, datetime] = field(default_factory=dict)
    _behind: dict[int, int] = field(default_factory=dict)

    def next(self, domain: str, *, is_own: bool) -> datetime:
        """The moment for one more at a domain; one of a segment (`is_own`) has all the budget there is."""
        each = self.limits.all.each
        earliest = self.now if is_own else self._free_at.get(domain, self.now)
        at = self.now + each * self._take(max(self.ahead, ceil((earliest - self.now) / each)))
        if not is_own:
            self._free_at[domain] = at + self.limits.domain.each
        self.last = max(self.last or at, at)
        return at

    def _take(self, slot: int) -> int:
        """The first free slot from `slot` on; each slot that is taken remembers where a free one may be."""
        passed = []
        while slot in self._behind:
            passed.append(slot)
            slot = self._behind[slot]
        self._behind.update(dict.fromkeys([*passed, slot], slot + 1))
        return slot
