"""Files that people take along."""

from collections.abc import Iterator

from flask import Response, stream_with_context
from werkzeug.utils import secure_filename


def csv_download(rows: Iterator[str], name: str) -> Response:
    """A file for spreadsheets that is made while it goes out, and kept nowhere on the way."""
    headers = {
        "Content-Disposition": f'attachment; filename="{secure_filename(name)}.csv"',
        "Cache-Control": "no-store",
    }
    return Response(stream_with_context(rows), mimetype="text/csv", headers=headers)
