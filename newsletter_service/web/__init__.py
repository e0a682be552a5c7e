"""What all pages share: locale, security headers, error pages, form helpers, static files."""

from flask import Flask


def init_web(app: Flask, https: bool) -> None:
    """Add to `app` what all pages share; `https` says whether readers reach it over TLS."""
