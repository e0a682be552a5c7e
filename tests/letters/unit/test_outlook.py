import pytest

from newsletter_service.letters.mime.reading import html_of
from tests.every_letter.checks import own_faults
from tests.every_letter.kinds import Kind, every_kind
from tests.every_letter.outlook import faults


@pytest.mark.parametrize("kind", every_kind(), ids=lambda kind: str(kind.name))
def test_no_letter_leans_on_what_outlook_for_windows_lacks(kind: Kind) -> None:
    assert list(own_faults(kind)) == []
    for_outlook = "<!--[if mso]><style>h1, h2, h3, p, li { mso-line-height-rule: exactly; } "
    assert f"{for_outlook}td, h1, h2, h3, p, li {{ font-family: 'Segoe UI'," in html_of(kind.message)


@pytest.mark.parametrize(
    "html",
    [
        '<p style="margin:0;padding-top:10px">a</p>',
        '<ul style="padding:0 0 0 24px"><li>a</li></ul>',
        '<span style="display:inline-block;padding:1px 9px">VAR</span>',
        '<table style="padding:4px"><tr><td>a</td></tr></table>',
        '<div style="display:flex">a</div>',
        '<span style="margin-left:4px">a</span>',
        '<p style="margin:-4px 0 0">a</p>',
        '<p style="font-size:1.2rem">a</p>',
        '<div style="background-image:url(x)">a</div>',
        '<img alt="a" src="x" />',
    ],
)
def test_what_outlook_lacks_is_found(html: str) -> None:
    assert faults(html) != []


@pytest.mark.parametrize(
    "html",
    [
        '<td style="padding:4px"><p style="margin:10px 0 0">a</p></td>',
        '<p style="padding:0">a</p>',
        '<td style="mso-padding-alt:14px 24px"><a style="display:inline-block;padding:14px 24px">a</a></td>',
        '<td style="border-radius:6px;letter-spacing:.02em">a</td>',
    ],
)
def test_what_outlook_knows_or_what_only_decorates_is_no_fault(html: str) -> None:
    assert faults(html) == []
