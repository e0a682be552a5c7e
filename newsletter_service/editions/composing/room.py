"""How much room there is for an item in the letters of those who may see it: pure counting.

The limit of an edition is what one reader gets in full. An item goes along while at least half of its readers have
room for it, or where it fills letters: at least a tenth of its readers would get less than half of what they could.
For the others it is then a line at the end of the letter. Both can only become less as an edition fills: what found
no room once finds none later, so that the order of asking does not matter.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

_HALF = 2
_ENOUGH_THIN = 10


@dataclass(frozen=True)
class Group:
    """The number of readers who may see exactly these of the candidates (by their ids)."""

    visible: frozenset[int]
    readers: int


class Room:
    """The letters as they fill, one kind of reader by one."""

    def __init__(self, groups: Iterable[Group], limit: int) -> None:
        self.limit = limit
        self._taken = 0
        self._filled: dict[Group, int] = dict.fromkeys(groups, 0)
        self._of: defaultdict[int, list[Group]] = defaultdict(list)
        self._readers, self._full, self._past_thin = Counter[int](), Counter[int](), Counter[int]()
        for group in self._filled:
            for item in group.visible:
                self._of[item].append(group)
                self._readers[item] += group.readers

    @property
    def most_of_thin(self) -> int:
        """How many items the fullest of all thin letters holds."""
        return (self.limit - 1) // _HALF

    def readers(self, item: int) -> int:
        """The number of readers who may see it."""
        return self._readers[item]

    def full(self, item: int) -> int:
        """The number of those whose letter is full."""
        return self._full[item]

    def thin(self, item: int) -> int:
        """The number of those who would get less than half of what they could."""
        return self._readers[item] - self._past_thin[item]

    def fits(self, item: int) -> bool:
        """Whether at least half of its readers have room; what nobody may see needs a place in the edition."""
        if not self._readers[item]:
            return self._taken < self.limit
        return _HALF * self._full[item] <= self._readers[item]

    def fills(self, item: int) -> bool:
        """Whether enough letters would be thin without it."""
        return 0 < self._readers[item] <= _ENOUGH_THIN * self.thin(item)

    def take(self, item: int) -> None:
        """Put it into the letters of all who may see it."""
        self._taken += 1
        for group in self._of[item]:
            self._filled[group] += 1
            if self._filled[group] == self.limit:
                self._count(self._full, group)
            if self._filled[group] == self.most_of_thin + 1:
                self._count(self._past_thin, group)

    @staticmethod
    def _count(what: Counter[int], group: Group) -> None:
        for item in group.visible:
            what[item] += group.readers


def groups_of(visible: Iterable[tuple[Collection[int], int]]) -> tuple[Group, ...]:
    """Readers (what they may see, and how many they are) put together who may see the same."""
    counted: Counter[frozenset[int]] = Counter()
    for items, readers in visible:
        counted[frozenset(items)] += readers
    return tuple(Group(items, counted[items]) for items in sorted(counted, key=sorted) if items)
