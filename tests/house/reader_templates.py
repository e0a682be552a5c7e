"""The words in what readers' pages are made of: their own templates, and the macros that these take from others."""

import re
from pathlib import Path

from jinja2 import Environment, nodes

TEMPLATES = Path("templates/web")
FOLDERS = ("front", "archive", "readers", "errors")
FRAMES = ("layout.html", "base.html")
ENVIRONMENT = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])


def words_of_reader_pages() -> set[str]:
    """Return every word that a template of a reader's page writes or names, and so every class that it may have."""
    own = [
        file.relative_to(TEMPLATES).as_posix() for one in FOLDERS for file in (TEMPLATES / one).glob("*.html")
    ]
    seen: set[tuple[str, str]] = set()
    words: set[str] = set()
    for file in (*FRAMES, *own):
        words |= _words(_tree(file))
        for taken in _taken(_tree(file)):
            words |= _words_of_macro(*taken, seen)
    return words


def _words_of_macro(file: str, name: str, seen: set[tuple[str, str]]) -> set[str]:
    """Those of one macro and of the macros that it calls, each once."""
    macros = {one.name: one for one in _tree(file).find_all(nodes.Macro)}
    if (file, name) in seen or name not in macros:
        return set()
    seen.add((file, name))
    called = {one.name for one in macros[name].find_all(nodes.Name)} & macros.keys()
    return _words(macros[name]).union(*(_words_of_macro(file, one, seen) for one in called))


def _taken(tree: nodes.Template) -> list[tuple[str, str]]:
    """The macros that a template takes from others, as (file, name)."""
    return [
        (one.template.as_const(), name if isinstance(name, str) else name[0])
        for one in tree.find_all(nodes.FromImport)
        for name in one.names
    ]


def _words(tree: nodes.Node) -> set[str]:
    texts = [one.data for one in tree.find_all(nodes.TemplateData)]
    values = [one.value for one in tree.find_all(nodes.Const) if isinstance(one.value, str)]
    return set(re.findall(r"[\w-]+", " ".join([*texts, *values])))


def _tree(file: str) -> nodes.Template:
    return ENVIRONMENT.parse((TEMPLATES / file).read_text("utf-8"))
