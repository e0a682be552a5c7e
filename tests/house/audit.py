"""Asks the registry, by pip-audit, for known vulnerabilities of what is locked; says so where it does not answer."""

import json
import subprocess
import sys
from pathlib import Path

COMMAND = (
    *("-r", "requirements-dev.lock", "--disable-pip", "--require-hashes"),
    *("--format", "json", "--progress-spinner", "off", "--timeout", "5"),
)


def vulnerable(report: str) -> list[str]:
    """Return a line for each known vulnerability in a report of pip-audit."""
    return [
        f"{one['name']} {one['version']}: {known['id']}, mended in {', '.join(known['fix_versions']) or 'no version'}"
        for one in json.loads(report)["dependencies"]
        for known in one.get("vulns", ())
    ]


def summary(report: str) -> str:
    """Return how many packages were audited, in one line; an empty report is no answer at all."""
    packages = json.loads(report)["dependencies"] if report else []
    audited = sum("vulns" in one for one in packages)
    if not audited:
        return "Nothing was audited: the registry knows no vulnerabilities of packages, or does not answer."
    return f"Audited for known vulnerabilities: {audited} of {len(packages)} packages."


if __name__ == "__main__":
    auditor = [str(Path(sys.executable).with_name("pip-audit")), *COMMAND]
    answer = subprocess.run(auditor, capture_output=True, text=True, check=False).stdout
    found = vulnerable(answer) if answer else []
    print("\n".join([*found, summary(answer)]))
    sys.exit(bool(found))
