"""SPF as RFC 7208 has it, on records that lie in a dictionary."""

from collections.abc import Mapping

import pytest

from newsletter_service.doctor.dns.answers import Answer, NoAnswer, State
from newsletter_service.doctor.dns.spf import Spf, SpfFault, read_spf


class Written:
    """Answers from a dictionary by name and type."""

    def __init__(self, records: Mapping[tuple[str, str], tuple[str, ...]]) -> None:
        self._records = records

    def ask(self, name: str, kind: str) -> Answer:
        """What is written there; a name that says "silent" does not answer."""
        if "silent" in name:
            return Answer(State.FAILED)
        values = self._records.get((name, kind), ())
        return Answer(State.FOUND if values else State.NONE, values)


def spf(text: str, **more: tuple[str, ...]) -> Spf:
    """The record of a.example that says `text`; of others, such as b_TXT, too."""
    others = {
        (f"{name.partition('_')[0]}.example", name.partition("_")[2]): values for name, values in more.items()
    }
    return read_spf(Written({("a.example", "TXT"): (text,), **others}), "a.example")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("v=spf1 ip4:192.0.2.0/24 -all", "pass"),
        ("V=SPF1 IP4:192.0.2.0/24 -ALL", "pass"),
        ("v=spf1 -ip4:192.0.2.1 ip4:192.0.2.0/24 -all", "fail"),
        ("v=spf1 a -all", "pass"),
        ("v=spf1 a/24 ~all", "pass"),
        ("v=spf1 a:b.example ~all", "softfail"),
        ("v=spf1 mx -all", "pass"),
        ("v=spf1 mx//64 ?all", "pass"),
        ("v=spf1 include:b.example -all", "pass"),
        ("v=spf1 ?include:b.example -all", "neutral"),
        ("v=spf1 include:c.example ~all", "softfail"),
        ("v=spf1 redirect=b.example", "pass"),
        ("v=spf1 redirect=c.example", "fail"),
        ("v=spf1 exp=why.example ip6:2001:db8::/32", "none"),
        ("v=spf1 exists:%{i}.list.example -all", "fail"),
        ("v=spf1", "none"),
    ],
)
def test_what_a_record_says_of_an_address(text: str, says: str) -> None:
    record = spf(
        text,
        a_A=("192.0.2.1",),
        b_A=("198.51.100.1",),
        a_MX=("10 a.example",),
        b_TXT=("v=spf1 ip4:192.0.2.1 -all",),
        c_TXT=("other", "v=spf1 ip4:198.51.100.7 -all"),
    )
    assert record.fault is None
    assert record.says_of("192.0.2.1") == says


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("v=spf1 all:b.example", SpfFault.SYNTAX),
        ("v=spf1 include: -all", SpfFault.SYNTAX),
        ("v=spf1 ip4 -all", SpfFault.SYNTAX),
        ("v=spf1 ip4:2001:db8::1 -all", SpfFault.SYNTAX),
        ("v=spf1 a/33 -all", SpfFault.SYNTAX),
        ("v=spf1 mx: -all", SpfFault.SYNTAX),
        ("v=spf1 -all,", SpfFault.SYNTAX),
        ("v=spf1 include:nobody.example -all", SpfFault.INCLUDE),
        ("v=spf1 redirect=nobody.example", SpfFault.INCLUDE),
        ("v=spf1 include:b.example -all", SpfFault.LOOP),
        ("v=spf1 include:c.example -all", SpfFault.SYNTAX),
        ("v=spf10 -all", SpfFault.MISSING),
    ],
)
def test_what_is_wrong_with_a_record(text: str, fault: SpfFault) -> None:
    record = spf(text, b_TXT=("v=spf1 include:a.example -all",), c_TXT=("v=spf1 what -all",))
    assert record.fault is fault


def test_ten_lookups_are_enough_and_eleven_too_many_wherever_they_stand() -> None:
    five = "v=spf1 " + " ".join(["a:b.example"] * 5) + " -all"
    assert (
        spf(f"{five[:-5]} include:c.example -all", b_A=("192.0.2.1",), c_TXT=(five[:-17] + "-all",)).lookups
        == 10
    )
    over = spf(f"{five[:-5]} include:c.example -all", b_A=("192.0.2.1",), c_TXT=(five,))
    assert (over.fault, over.blamed) == (SpfFault.LOOKUPS, "11")


def test_records_that_branch_without_end_are_left_after_a_while() -> None:
    both = "v=spf1 include:{0}.example include:{0}.example"
    branching = {f"n{number}_TXT": (both.format(f"n{number + 1}"),) for number in range(30)}
    branching["n30_TXT"] = ("v=spf1 -all",)
    record = spf("v=spf1 include:n0.example -all", **branching)
    assert record.fault is SpfFault.LOOKUPS
    assert record.lookups < 50


def test_a_name_that_does_not_answer_is_no_name_that_is_not_there() -> None:
    with pytest.raises(NoAnswer, match=r"silent\.example"):
        spf("v=spf1 include:silent.example -all")
