"""What pip-audit reports is told in full, and that nothing could be asked is no success."""

import json
from collections.abc import Mapping

from tests.house.audit import summary, vulnerable

SOUND = {"name": "sound", "version": "1.0", "vulns": []}
BROKEN = {"name": "broken", "version": "2.1", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["2.2"]}]}
UNKNOWN = {"name": "unknown", "skip_reason": "Dependency not found"}


def report(*dependencies: Mapping[str, object]) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


def test_each_known_vulnerability_is_a_line() -> None:
    assert vulnerable(report(SOUND, BROKEN, UNKNOWN)) == ["broken 2.1: PYSEC-2026-1, mended in 2.2"]


def test_it_says_how_many_packages_were_audited() -> None:
    assert summary(report(SOUND, BROKEN, UNKNOWN)) == "Audited for known vulnerabilities: 2 of 3 packages."


def test_a_registry_that_knows_nothing_or_is_away_is_no_clean_bill() -> None:
    assert summary(report(UNKNOWN)).startswith("Nothing was audited")
    assert summary("").startswith("Nothing was audited")
