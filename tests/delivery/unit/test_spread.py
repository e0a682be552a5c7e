from newsletter_service.delivery.worker.spread import ConnectionSpread


def looked(spread: ConnectionSpread, began: float, waited: float) -> int:
    """What is enough after half a second of which so much went by waiting for the server."""
    for tenth in range(1, 6):
        spread.waited(waited / 5)
        spread.look(began + tenth * 0.1001)
    return spread.enough


def test_a_few_connections_are_enough_for_a_server_that_is_not_waited_for() -> None:
    assert looked(ConnectionSpread(8, 64), 100.0, 0.05) == 8


def test_a_server_that_is_waited_for_gets_letters_over_all_of_them() -> None:
    assert looked(ConnectionSpread(8, 64), 100.0, 0.4) == 64


def test_in_between_it_stays_as_it_was() -> None:
    spread = ConnectionSpread(8, 64)
    assert looked(spread, 100.0, 0.2) == 8
    looked(spread, 100.5005, 0.45)
    assert looked(spread, 101.001, 0.2) == 64
    assert looked(spread, 101.5015, 0.05) == 8


def test_it_narrows_where_nothing_is_waited_for_at_all() -> None:
    spread = ConnectionSpread(8, 64)
    looked(spread, 100.0, 0.45)
    spread.look(100.7)
    assert spread.enough == 8


def test_what_did_not_help_is_tried_again_only_after_a_second() -> None:
    spread = ConnectionSpread(8, 64)
    looked(spread, 100.0, 0.45)
    assert looked(spread, 100.5005, 0.0) == 8
    assert looked(spread, 101.001, 0.45) == 8
    assert looked(spread, 101.5015, 0.45) == 64


def test_there_are_never_more_than_there_are_connections() -> None:
    assert ConnectionSpread(8, 4).enough == 4
