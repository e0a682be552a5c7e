"""What is checked of every kind of letter is checked of them all."""

import ast
from pathlib import Path

REPO = Path(__file__).parents[3]


def notices() -> set[str]:
    """The public functions of every emails.py that make a notice."""
    return {
        node.name
        for file in (REPO / "newsletter_service").rglob("emails.py")
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef)
        and isinstance(node.returns, ast.Name)
        and node.returns.id == "Notice"
        and not node.name.startswith("_")
    }


def test_every_notice_is_among_the_letters_that_are_checked() -> None:
    kinds = ast.parse((REPO / "tests" / "every_letter" / "kinds.py").read_text("utf-8"))
    checked = {node.attr for node in ast.walk(kinds) if isinstance(node, ast.Attribute)}
    assert len(notices()) > 8
    assert notices() - checked == set()
