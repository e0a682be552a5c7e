"""The product is for any organisation: only the demonstration knows who it was made for."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
NAMES = re.compile(r"\bVAR\b|\bRIEC\b|Rotterdam|VeiligheidsAlliantie|Veilig Verbonden", re.ASCII)
LOOKED_AT = ("newsletter_service", "scheduled_jobs", "templates", "config.py", "wsgi.py", "gunicorn.conf.py")
MAY = (
    "newsletter_service/demo/",
    "newsletter_service/migrations/versions/",  # what was changed once in a database stays as it was changed
)


def test_no_organisation_is_named_outside_the_demonstration() -> None:
    named = [
        f"{name}: {found[0]}"
        for name, file in texts()
        if not name.startswith(MAY)
        for found in NAMES.finditer(file.read_text("utf-8"))
    ]
    assert named == []


def texts() -> list[tuple[str, Path]]:
    """The sources of what is installed, by their names."""
    kinds = {".py", ".html", ".mjml", ".txt", ".css", ".js", ".toml", ".po", ".mako", ".ini"}
    files = [one for name in LOOKED_AT for one in (ROOT / name, *(ROOT / name).rglob("*"))]
    return [(one.relative_to(ROOT).as_posix(), one) for one in files if one.suffix in kinds]
