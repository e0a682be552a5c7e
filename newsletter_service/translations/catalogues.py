"""Reads the texts out of code and templates, and the catalogues from and to their files."""

from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from newsletter_service.languages import Language

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
METHODS = [
    ("newsletter_service/**.py", "python"),
    ("scheduled_jobs/**.py", "python"),
    ("templates/**.html", "jinja2"),
    ("templates/**.mjml", "jinja2"),
    ("templates/**.txt", "jinja2"),
    ("templates/**.xml", "jinja2"),
]
JINJA = {"extensions": "jinja2.ext.i18n", "silent": "false", "trimmed": "true", "encoding": "utf-8"}
_ANY_TIME = datetime(2026, 11, 26, tzinfo=UTC)
"""What the files say as the time of making: the real one would differ each time."""
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None}


def texts_in_source() -> Catalog:
    """All texts for people that code and templates hold, each with the files that hold it."""
    catalogue = Catalog(domain="messages", project="newsletter-service", charset="utf-8")
    options = {pattern: JINJA for pattern, method in METHODS if method == "jinja2"}
    for folder in ("newsletter_service", "scheduled_jobs", "templates"):
        methods = [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in METHODS]
        mapped = {pattern.removeprefix(f"{folder}/"): values for pattern, values in options.items()}
        for name, _line, text, comments, context in extract_from_dir(
            ROOT / folder, methods, mapped, keywords=KEYWORDS, comment_tags=("L10N:",)
        ):
            catalogue.add(text, locations=[(f"{folder}/{name}", 0)], auto_comments=comments, context=context)
    return catalogue


def path_of(language: Language) -> Path:
    """Where the catalogue of `language` lies."""
    return HERE / language / "LC_MESSAGES" / "messages.po"


def read(language: Language) -> Catalog:
    """The catalogue of `language`; an empty one if there is no file yet."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, domain="messages", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="messages")


def write(language: Language, catalogue: Catalog) -> None:
    """Store `catalogue` sorted and without times, so that a change shows only what changed."""
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.creation_date = _ANY_TIME
    catalogue.fuzzy = False  # a fuzzy catalogue is not compiled
    catalogue.header_comment = f"# The texts of the newsletter service: {language}."
    with path.open("wb") as file:
        write_po(file, catalogue, sort_output=True, width=100, ignore_obsolete=True, include_lineno=False)


def untranslated(catalogue: Catalog) -> list[str]:
    """The texts in `catalogue` that have no translation, or one that nobody has checked."""
    return [
        str(message.id)
        for message in catalogue
        if message.id and (not _complete(message.string) or message.fuzzy)
    ]


def _complete(translation: str | tuple[str, ...] | list[str] | None) -> bool:
    return (
        all(translation) and bool(translation)
        if isinstance(translation, (tuple, list))
        else bool(translation)
    )
