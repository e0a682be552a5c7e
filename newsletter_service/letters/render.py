"""Turns contents into prepared letters with the templates under templates/email/."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class LetterRenderer:
    """Renders editions and notices; `templates_dir` is templates/email, `translations_dir` holds the catalogues."""

    templates_dir: Path
    translations_dir: Path
