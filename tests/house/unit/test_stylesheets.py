"""What a browser would pass over in silence is found in the stylesheets."""

import pytest

from tests.house.stylesheets import faults

PAGES = '<p class="lead accent-{{ number }}">'


@pytest.mark.parametrize(
    ("sheet", "fault"),
    [
        (".lead { color red }", "line 1: EOF reached before {} block for a qualified rule."),
        (".lead { color: var(--ink) }", "--ink is used and nowhere set"),
        (".lead { color: #14202b }", "line 1: color has a colour without a name"),
        (".lead { box-shadow: 0 0 1px rgb(0 0 0 / 9%) }", "line 1: box-shadow has a colour without a name"),
        ("@media print { .gone { color: red } }", ".gone is the class of nothing"),
    ],
)
def test_a_fault_is_told(sheet: str, fault: str) -> None:
    assert faults(sheet, PAGES) == [fault]


def test_a_sheet_in_order_has_no_faults() -> None:
    assert (
        faults(
            ".lead, .accent-1 { color: var(--ink, var(--own)) } .lead { --own: #f00; background: #fff }",
            PAGES,
        )
        == []
    )
