"""A new module cannot fall outside the contracts: it may import nothing that only named places may."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from grimp import build_graph
from importlinter import Contract, ContractCheck

from tests.house.contracts import Only, Pure, calls_itself_pure


def contract(kind: type[Contract], **options: list[str]) -> Contract:
    return kind(
        "a contract", {"root_packages": ["probed"], "include_external_packages": "true"}, dict(options)
    )


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package with a use case that takes a session and with a rule."""
    folder = tmp_path / "probed"
    (folder / "sending").mkdir(parents=True)
    for package in (folder, folder / "sending"):
        (package / "__init__.py").write_text("")
    (folder / "sending" / "service.py").write_text("from sqlalchemy.orm import Session\n")
    (folder / "sending" / "rules.py").write_text('"""When to send. Pure decisions."""\n')
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    for name in [one for one in sys.modules if one.split(".")[0] == "probed"]:
        del sys.modules[name]


def broken(found: Contract) -> list[tuple[str, ...]]:
    graph = build_graph("probed", include_external_packages=True, cache_dir=None)
    check: ContractCheck = found.check(graph, verbose=False)
    assert check.kept is not bool(check.metadata["broken"])
    listed: list[tuple[str, ...]] = check.metadata["broken"]
    return listed


def test_named_places_may_import_what_only_they_may(house: Path) -> None:
    assert broken(contract(Only, modules=["sqlalchemy"], places=["probed.*.service"])) == []


def test_a_new_module_that_is_in_no_place_is_refused(house: Path) -> None:
    (house / "sending" / "desk.py").write_text("from sqlalchemy.orm import Session\n")
    found = broken(contract(Only, modules=["sqlalchemy"], places=["probed.*.service"]))
    assert found == [("probed.sending.desk", "sqlalchemy")]


def test_a_folder_of_ours_may_be_for_named_places_only(house: Path) -> None:
    (house / "web").mkdir()
    (house / "web" / "__init__.py").write_text("")
    (house / "web" / "forms.py").write_text("import probed.web\n")
    (house / "sending" / "desk.py").write_text("from probed.web import forms\n")
    found = broken(contract(Only, modules=["probed.web"], places=[]))
    assert found == [("probed.sending.desk", "probed.web.forms")]


def test_a_place_that_needs_no_leave_loses_it(house: Path) -> None:
    found = broken(contract(Only, modules=["sqlalchemy"], places=["probed.*.service", "probed.*.rules"]))
    assert found == [("probed.*.rules", "imports none of them")]


def test_a_module_that_calls_itself_pure_is_held_to_it(house: Path) -> None:
    (house / "likeness.py").write_text(
        '"""How much two things are alike: a pure\ncomparison."""\nimport probed.way\n'
    )
    (house / "way.py").write_text("import sqlalchemy\n")
    found = broken(contract(Pure, places=[], impure=["sqlalchemy"]))
    assert found == [("probed.likeness", "probed.way", "sqlalchemy")]


def test_rules_are_pure_whether_or_not_they_say_so(house: Path) -> None:
    (house / "sending" / "rules.py").write_text("import sqlalchemy\n")
    found = broken(contract(Pure, places=["probed.*.rules"], impure=["sqlalchemy"]))
    assert found == [("probed.sending.rules", "sqlalchemy")]


def test_only_the_docstring_of_a_module_says_that_it_is_pure(house: Path) -> None:
    (house / "late.py").write_text('"""Something else."""\n\n\ndef pure() -> None:\n    """Pure."""\n')
    assert calls_itself_pure("probed.sending.rules")
    assert not calls_itself_pure("probed.late")
