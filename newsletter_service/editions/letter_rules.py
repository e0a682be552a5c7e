"""Which of the items that a reader may see stand in full in the letter, and which on a line at its end: pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Ranked:
    """An item as a letter sees it: whose it is (None: everybody's), and whether it is in full whatever its rank."""

    id: int
    organisation: int | None
    always: bool = False


def in_full(visible: Sequence[Ranked], limit: int) -> frozenset[int]:
    """Ids of the items that stand in full in a letter that holds `visible`, the best-ranked first.

    There are `limit` of them, with the organisations within one item of each other as far as what they have goes;
    those that are in full `always` come first, and all of them.
    """
    if len(visible) <= limit:
        return frozenset(item.id for item in visible)
    chosen = [item for item in visible if item.always]
    ready = [item for item in visible if not item.always]
    counts = Counter(item.organisation for item in chosen)
    while ready and len(chosen) < limit:
        item = next(one for one in ready if keeps_balance(one.organisation, _organisations(ready), counts))
        ready.remove(item)
        chosen.append(item)
        counts[item.organisation] += 1
    return frozenset(item.id for item in chosen)


def keeps_balance(
    organisation: int | None, contenders: Collection[int], counts: "Counter[int] | Counter[int | None]"
) -> bool:
    """Whether `organisation` may have the next place while `contenders` have something for it too.

    An item of everybody (None) takes nobody's place: it counts for all alike.
    """
    return organisation is None or all(counts[organisation] <= counts[other] for other in contenders)


def _organisations(ready: Iterable[Ranked]) -> set[int]:
    return {one.organisation for one in ready if one.organisation is not None}
