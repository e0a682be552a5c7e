"""Pages that are the same for everybody may be kept by anybody, and asked about again before they are shown."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, make_response, request


def same_for_all(view: Callable[..., Any]) -> Callable[..., Response]:
    """Let what `view` answers to GET and HEAD be kept under its ETag; a client that still has it gets 304.

    It is asked about every time: a correction shows immediately.
    """

    @wraps(view)
    def answered(**values: Any) -> Response:
        response = make_response(view(**values))
        if request.method not in ("GET", "HEAD") or response.status_code != 200:
            return response
        response.headers["Cache-Control"] = "public, no-cache"
        response.add_etag()
        response.make_conditional(request)
        return response

    return answered
