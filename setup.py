"""What a wheel holds besides Python, and pyproject.toml cannot say: compiled catalogues, and the templates."""

from pathlib import Path
from shutil import copytree, rmtree

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from setuptools import setup
from setuptools.command.build_py import build_py

PACKAGE = "newsletter_service"


class BuildEverything(build_py):
    """Puts into the package what lies beside it in a working copy, or is not kept there at all."""

    def run(self) -> None:
        """Build the package; an editable one finds the templates where they are edited."""
        target = Path() if self.editable_mode else Path(self.build_lib)
        if not self.editable_mode:
            rmtree(
                target, ignore_errors=True
            )  # what had another name at an earlier build does not come along
        super().run()
        for catalogue in Path(PACKAGE, "translations").glob("*/LC_MESSAGES/*.po"):
            compile_catalogue(catalogue, target / catalogue.with_suffix(".mo"))
        if not self.editable_mode:
            copytree("templates", target / PACKAGE / "templates")


def compile_catalogue(source: Path, target: Path) -> None:
    """Write the .mo file that is read at run time."""
    with source.open("rb") as texts, target.open("wb") as compiled:
        write_mo(compiled, read_po(texts))


setup(cmdclass={"build_py": BuildEverything})
