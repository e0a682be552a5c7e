"""Where the files lie that come along with the code: beside it in a working copy, within it once it is installed."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
CHECKOUT = None if (PACKAGE / "templates").is_dir() else PACKAGE.parent
"""The working copy that this runs from; None from a wheel, whose build puts the templates into the package."""

TEMPLATES = (CHECKOUT or PACKAGE) / "templates"
TRANSLATIONS = PACKAGE / "translations"
