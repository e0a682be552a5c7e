"""The files of one list, in the folder of the service: the upload, what was seen in it, how far the work is, a report.

They are readable by the service's account alone, hold what was uploaded only until the list is taken in or thrown
away, and of that nothing but the report is left, which names lines by their numbers.
"""

import json
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from secrets import token_urlsafe
from typing import BinaryIO

from newsletter_service.files.csv import Opener, UnreadableFile
from newsletter_service.files.private import private_folder
from newsletter_service.subscriptions.importing.files import table_in
from newsletter_service.subscriptions.importing.rules import Remark
from newsletter_service.subscriptions.importing.service import Imported
from newsletter_service.subscriptions.importing.sheets import heading_of
from newsletter_service.subscriptions.lists.rules import MOST_UPLOADED, ROWS_SHOWN

_FOLDER = "lists"
_PIECE = 1 << 20
_NEW_SECONDS = 300
_FULL_DISK = "full-disk"
_FULL_SECONDS = 60


@dataclass(frozen=True)
class Seen:
    """What was seen in a file: its headings, what each column seems to be ("" for nothing), the first rows, how many
    lines there are, and the program that wrote it if its headings tell.
    """

    titles: list[str]
    guessed: list[str]
    first: list[list[str]]
    lines: int
    program: str


class TooLarge(ValueError):
    """The upload is larger than the page takes."""


def new_folder_key() -> str:
    """A name for a folder that nobody guesses."""
    return token_urlsafe(18)


def old_folders(instance: Path) -> list[str]:
    """The keys of folders that are there for a while: a new one is filled before its list is written down."""
    folder = instance / _FOLDER
    if not folder.is_dir():
        return []
    return sorted(one.name for one in folder.iterdir() if time.time() - one.stat().st_mtime > _NEW_SECONDS)


def waits_for_room(instance: Path) -> bool:
    """Whether a list found the disk full a moment ago: what it takes a while to find is not tried all the time."""
    notes = (instance / _FOLDER).glob(f"*/{_FULL_DISK}")
    return any(time.time() - one.stat().st_mtime < _FULL_SECONDS for one in notes)


@dataclass(frozen=True)
class Folder:
    """The files of the list with this key."""

    instance: Path
    key: str

    @property
    def path(self) -> Path:
        """Where they lie."""
        return self.instance / _FOLDER / self.key

    def keep_upload(self, upload: BinaryIO) -> None:
        """Keep a file, or nothing of it: TooLarge if it is; OSError where the disk has no room for it."""
        private_folder(self.instance / _FOLDER)
        private_folder(self.path)
        try:
            with self._upload.open("wb") as file:
                while piece := upload.read(_PIECE):
                    file.write(piece)
                    if file.tell() > MOST_UPLOADED:
                        raise TooLarge
        except (TooLarge, OSError):
            self.remove()
            raise

    def table(self) -> Opener:
        """Opens the table in the upload; UnreadableFile."""
        return table_in(self._upload, self.path / "table.csv")

    def look(self) -> Seen:
        """See what is in the upload, and keep that; UnreadableFile, also where there are no addresses."""
        opener = self.table()
        heading = heading_of(opener, ROWS_SHOWN)
        if heading is None:
            raise UnreadableFile("there is no column with mail addresses")
        column_at = {place: column for column, place in heading.columns.places.items()}
        with opener() as text:
            lines = sum(1 for _line in text) - heading.line
        program = heading.columns.program
        seen = Seen(
            [*heading.titles],
            [column_at.get(place, "") for place in range(len(heading.titles))],
            [[*row] for row in heading.first],
            lines,
            program.name if program else "",
        )
        self._seen.write_text(json.dumps(asdict(seen)), "utf-8")
        return seen

    def seen(self) -> Seen:
        """What was seen in the upload; FileNotFoundError on a database that was restored elsewhere."""
        return Seen(**json.loads(self._seen.read_text("utf-8")))

    def note_progress(self, done: int, of: int) -> None:
        """Write down how far the work is, for the page."""
        beside = self.path / "progress.new"
        beside.write_text(f"{done} {of}", "utf-8")
        beside.replace(self.path / "progress")

    def progress(self) -> tuple[int, int]:
        """How far the work is, and of how much."""
        with suppress(FileNotFoundError):
            done, of = (self.path / "progress").read_text("utf-8").split()
            return int(done), max(1, int(of))
        return 0, 1

    def note_full_disk(self) -> None:
        """Take note that there is no room for the work on this list; an empty file may still fit."""
        with suppress(OSError):
            self._full_disk.touch()

    def forget_full_disk(self) -> None:
        """Let it be tried whether there is room by now."""
        self._full_disk.unlink(missing_ok=True)

    def found_full_disk(self) -> bool:
        """Whether there was no room for the work on this list when it was last tried."""
        return self._full_disk.exists()

    def write_report(self, done: Imported, remarks: Iterable[Remark]) -> None:
        """Keep what becomes of each line by its number, and what there was to remark on."""
        beside = self.path / "report.new"
        with beside.open("w", encoding="utf-8") as file:
            for fate, numbers in done.lines.items():
                file.writelines(f"{json.dumps([number, fate, '', {}])}\n" for number in numbers)
            for one in remarks:
                file.write(f"{json.dumps([one.line, '', one.problem.name, dict(one.about)])}\n")
        beside.replace(self._report)

    def report(self) -> Iterator[tuple[int, str, str, dict[str, str]]]:
        """The report's lines: number, fate ("" for a remark), the name of the problem, and what that is about."""
        if self._report.exists():
            with self._report.open(encoding="utf-8") as file:
                yield from (tuple(json.loads(line)) for line in file)

    def remove_upload(self) -> None:
        """Let go of what was uploaded, and of what was seen in it; the report stays."""
        for file in self.path.glob("*"):
            if file != self._report:
                file.unlink()

    def remove(self) -> None:
        """Let go of everything."""
        if self.path.is_dir():
            shutil.rmtree(self.path)

    @property
    def _upload(self) -> Path:
        return self.path / "upload"

    @property
    def _full_disk(self) -> Path:
        return self.path / _FULL_DISK

    @property
    def _seen(self) -> Path:
        return self.path / "seen.json"

    @property
    def _report(self) -> Path:
        return self.path / "report.jsonl"
