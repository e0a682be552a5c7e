"""The text of a file that somebody hands in, whatever program saved it."""

from pathlib import Path

from newsletter_service.files.csv import Opener, UnreadableFile, text_file
from newsletter_service.subscriptions.importing.rules import MOST_BYTES
from newsletter_service.subscriptions.importing.workbooks import is_workbook, write_as_text


def table_in(file: Path, beside: Path) -> Opener:
    """Opens the table in a file; that of a workbook is written to `beside` first. UnreadableFile."""
    if file.stat().st_size > MOST_BYTES:
        raise UnreadableFile(f"the file is larger than {MOST_BYTES // 1024**2} MB")
    if not is_workbook(file):
        return text_file(file)
    if not beside.exists():
        write_as_text(file, beside)
    return text_file(beside)
