"""A letter that came twice is laid at the right door."""

from tests.chaos.blame import Kill, Victim, blame
from tests.chaos.books import Copy, Repeat

EXCUSES = 2


def repeat(door: str, first: float, second: float) -> Repeat:
    names = ("<1@nieuwsbrief.example>", "b+1@bounces.example")
    return Repeat("lezer@gemeente.example", Copy(first, door, *names), Copy(second, "another", *names))


def killed(door: str, at: float) -> Kill:
    return Kill(Victim.SENDER, at, 100, EXCUSES, door)


def crashed(at: float, back: float) -> Kill:
    return Kill(Victim.DATABASE, at, 100, EXCUSES, back=back)


def test_a_repeat_is_charged_to_the_kill_of_the_process_that_sent_the_first_copy() -> None:
    theirs, others = killed("a", 10), killed("b", 11)
    assert blame([repeat("a", 9, 30)], [others, theirs, crashed(12, 13)]).charged == {theirs: 1}


def test_who_is_killed_after_the_second_copy_does_not_excuse_it() -> None:
    found = blame([repeat("a", 9, 30)], [killed("a", 31)])
    assert len(found.unexcused) == len(found.problems) == 1


def test_the_kill_of_another_process_excuses_nothing() -> None:
    assert blame([repeat("a", 9, 30)], [killed("b", 10)]).unexcused == [repeat("a", 9, 30)]


def test_a_crash_of_the_database_between_the_copies_excuses_letters_of_processes_that_live() -> None:
    crash = crashed(10, 12)
    assert blame([repeat("a", 9, 30), repeat("b", 11, 30)], [crash]).charged == {crash: 2}


def test_a_crash_that_was_over_before_the_first_copy_excuses_nothing() -> None:
    assert blame([repeat("a", 13, 30)], [crashed(10, 12)]).charged == {}


def test_a_kill_may_repeat_so_many_letters_and_is_told_of_for_one_more() -> None:
    kill, many = killed("a", 10), [repeat("a", 9, 30)] * EXCUSES
    assert blame(many, [kill]).problems == []
    assert len(blame([*many, many[0]], [kill]).problems) == 1


def test_kills_that_repeat_little_leave_nothing_over_for_one_that_repeats_much() -> None:
    much, little = killed("a", 10), killed("b", 10)
    assert len(blame([repeat("a", 9, 30)] * (EXCUSES + 1), [much, little]).problems) == 1
