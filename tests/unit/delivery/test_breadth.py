from newsletter_service.delivery.breadth import Breadth


def looked(breadth: Breadth, began: float, waited: float) -> int:
    """What is enough after half a second of which so much went by waiting for the server."""
    for tenth in range(5):
        at = began + tenth / 10
        breadth.waited(at, at + waited / 5)
    breadth.waited(began + 0.5, began + 0.5)
    return breadth.enough


def test_a_few_connections_are_enough_for_a_server_that_is_not_waited_for() -> None:
    assert looked(Breadth(8, 64), 100.0, 0.05) == 8


def test_a_server_that_is_waited_for_gets_letters_over_all_of_them() -> None:
    assert looked(Breadth(8, 64), 100.0, 0.4) == 64


def test_in_between_it_stays_as_it_was() -> None:
    breadth = Breadth(8, 64)
    assert looked(breadth, 100.0, 0.2) == 8
    looked(breadth, 100.5, 0.45)
    assert looked(breadth, 101.0, 0.2) == 64
    assert looked(breadth, 101.5, 0.05) == 8


def test_there_are_never_more_than_there_are_connections() -> None:
    assert Breadth(8, 4).enough == 4
