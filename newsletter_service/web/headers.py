"""Security and caching headers of every response."""

import re

from flask import Flask, Response, make_response, request

from newsletter_service.web.areas import is_staff_page

SCHEME_QUERY = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)")
# No preload and no subdomains: other sites of the same organisation are not ours to decide about.
HSTS = "max-age=63072000"
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
VERSIONED = frozenset(
    {"web.static", "web.style_sheet", "web.huisstijl", "web.merk", "web.merk_op_telefoon", "web.deel"}
)
PAGE_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-src": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
MAIL_POLICY = {
    "default-src": "'none'",
    "style-src": "'unsafe-inline'",
    "img-src": "'self' data:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'self'",
    "sandbox": "allow-popups allow-popups-to-escape-sandbox",
}


def init_headers(app: Flask, https: bool) -> None:
    """Give every response of `app` its headers; `https` adds HSTS."""

    @app.after_request
    def _add_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", policy(PAGE_POLICY))
        headers.setdefault("X-Content-Type-Options", "nosniff")
        # Addresses hold the readers' tokens: they go to nobody else.
        headers.setdefault("Referrer-Policy", "no-referrer")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", PERMISSIONS)
        if https:
            headers.setdefault("Strict-Transport-Security", HSTS)
        if "token" in (request.view_args or {}):
            headers.setdefault("X-Robots-Tag", "noindex")
        return _cached(response)


def policy(directives: dict[str, str]) -> str:
    """A Content-Security-Policy header's value."""
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def mail_preview_response(html: str, scheme: str | None = None) -> Response:
    """The HTML of a mail, for staff to look at in a frame on our own pages.

    Mail clients want style in the document itself, which the policy of our pages forbids: this one response
    allows it, and in return runs in a sandbox without scripts, forms or an origin, in our own frames only.

    `scheme` (light or dark) settles what the mail asks about the reader's colour scheme; None leaves that
    to the browser. Links open beside the page.
    """
    response = make_response(settled(html, scheme).replace("<head>", '<head><base target="_blank">', 1))
    response.headers["Content-Security-Policy"] = policy(MAIL_POLICY)
    return response


def settled(text: str, scheme: str | None) -> str:
    """Answer a page's or sheet's media queries for the scheme: a frame has that of the browser around it."""
    if scheme is None:
        return text
    return SCHEME_QUERY.sub(lambda asked: "(min-width: 0)" if asked[1] == scheme else "(max-width: 0)", text)


def framed(response: Response) -> Response:
    """Let one of our own pages show `response` in a frame."""
    response.headers["Content-Security-Policy"] = policy({**PAGE_POLICY, "frame-ancestors": "'self'"})
    return response


def _cached(response: Response) -> Response:
    """Static files with their hash in the address never change; what no view decided about is not stored."""
    if request.endpoint in VERSIONED and response.status_code == 200:
        hashed = "v" in request.args
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
    elif is_staff_page() or "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response
