"""Brings both catalogues up to date with the texts in code and templates: `make catalogues`."""

import sys

from newsletter_service.languages import LANGUAGES
from newsletter_service.translations.catalogues import read, texts_in_source, untranslated, write


def main() -> int:
    """Write both catalogues; say what still needs an English text."""
    for language in LANGUAGES:
        catalogue = read(language)
        source = texts_in_source()  # each time: a catalogue takes over the very messages and fills them in
        catalogue.update(source, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        if language == "nl":
            for message in catalogue:
                if message.id:
                    message.string = message.id
        write(language, catalogue)
    missing = untranslated(read("en"))
    for text in missing:
        print(f"no English yet: {text}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
