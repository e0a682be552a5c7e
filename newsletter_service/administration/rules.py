"""Which parts of the newsletter administrators change, and how those of a list are put in order. Pure decisions."""

from collections.abc import Sequence
from enum import StrEnum


class Part(StrEnum):
    """A list that administrators keep, by its name in addresses."""

    ORGANISATIONS = "organisaties"
    SEGMENTS = "doelgroepen"
    TOPICS = "themas"


class Act(StrEnum):
    """What is done with one of a list, by its name in addresses."""

    UP = "hoger"
    DOWN = "lager"
    RETIRE = "niet-meer"
    RESTORE = "weer"
    REMOVE = "weg"


def moved(ids: Sequence[int], one: int, act: Act) -> list[int]:
    """The order with `one` a place higher or lower; at the end of the list it stays where it is."""
    order, place = list(ids), ids.index(one)
    other = place + (-1 if act is Act.UP else 1)
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
    return order
