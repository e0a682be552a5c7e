"""What is compared for the first time within the transactions that compose."""

from collections.abc import Callable

from sqlalchemy import Engine, event

from newsletter_service.editorial.likeness import pairs

_KEPT = (pairs._print, pairs._compared, pairs._alike_among)


def compared_within(engine: Engine, compose: Callable[[], object]) -> list[int]:
    """The numbers of items and pairs that `compose` looked at in transactions that wrote which items are in."""
    found: list[int] = []
    at_its_beginning = 0

    def begin(_connection: object) -> None:
        nonlocal at_its_beginning
        at_its_beginning = _compared()

    def execute(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT INTO placement"):
            found.append(_compared() - at_its_beginning)

    for kept in _KEPT:
        kept.cache_clear()
    event.listen(engine, "begin", begin)
    event.listen(engine, "before_cursor_execute", execute)
    try:
        compose()
    finally:
        event.remove(engine, "begin", begin)
        event.remove(engine, "before_cursor_execute", execute)
    return found


def _compared() -> int:
    return sum(kept.cache_info().misses for kept in _KEPT)
