"""README's example for the proxy in front leaves every reader's key out of the log."""

import re
from pathlib import Path

from flask import Flask

README = Path(__file__).parents[3] / "README.md"


def logged(uri: str) -> str:
    """What README's map for nginx makes of the address of a request."""
    written = re.search(r'"~(\^/\(\?<page>[^"]+)" /\$page/-\$rest;', README.read_text("utf-8"))
    assert written is not None
    found = re.search(re.sub(r"\(\?<(\w+)>", r"(?P<\1>", written[1]), uri)
    return f"/{found['page']}/-{found['rest'] or ''}" if found else uri


def test_no_address_that_holds_a_key_is_logged_with_it(app: Flask) -> None:
    keyed = [rule.rule for rule in app.url_map.iter_rules() if "<token>" in rule.rule]
    assert len(keyed) > 4
    for rule in keyed:
        assert "geheim" not in logged(rule.replace("<token>", "geheim.en-lang")), rule
        assert logged(rule.replace("<token>", "x")) != rule


def test_other_addresses_are_logged_as_they_are() -> None:
    assert [logged(uri) for uri in ("/", "/archief/3", "/redactie/edities/1/voorbeeld")] == [
        "/",
        "/archief/3",
        "/redactie/edities/1/voorbeeld",
    ]
