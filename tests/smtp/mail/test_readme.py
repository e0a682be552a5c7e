"""The README of the SMTP client is a package page: what it shows runs."""

import re
from pathlib import Path

import pytest

import newsletter_service.smtp
from tests.smtp_server import RecordingServer

README = Path(newsletter_service.smtp.__file__).with_name("README.md")
PORT_IN_README = "1025"


def test_the_example_hands_in_a_message(smtp: RecordingServer, capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert PORT_IN_README in example
    exec(
        compile(example.replace(PORT_IN_README, str(smtp.port)), str(README), "exec"), {"__name__": "example"}
    )
    (received,) = smtp.received
    assert (received.sender, received.recipient) == ("bounces@us.example", "you@you.example")
    assert received.message["Subject"] == "Hello"
    assert capsys.readouterr().out.startswith("first dot 250")


def test_every_module_is_in_its_table() -> None:
    modules = {path.name for path in README.parent.glob("*.py")} - {"__init__.py"}
    assert {module for module in modules if f"`{module}`" in README.read_text("utf-8")} == modules
